// Lets a provider answer with another ID token than it made: header and claims changed, and signed anew with its own
// key. A change to `null` takes a field away.

import { createPrivateKey, sign } from 'node:crypto';

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decoded = (part) => JSON.parse(Buffer.from(part, 'base64url'));

function changed(fields, changes = {}) {
  const all = Object.entries({ ...fields, ...changes });
  return Object.fromEntries(all.filter(([, value]) => value !== null));
}

// The token with `changes`, signed with `key`, the private half of an RSA key as a JWK.
function retold(token, key, changes) {
  const [header, claims] = token.split('.').map((part, at) => (at < 2 ? decoded(part) : part));
  const said = `${encoded(changed(header, changes.header))}.${encoded(changed(claims, changes.claims))}`;
  const signature = sign('sha256', Buffer.from(said), createPrivateKey({ key, format: 'jwk' }));
  return `${said}.${signature.toString('base64url')}`;
}

// Changes the token within the answer that `response` is about to send, if there is one in it.
export function retelling(response, key, changes) {
  const end = response.end.bind(response);
  response.end = (body, ...rest) => {
    const answer = JSON.parse(body);
    if (!answer.id_token) return end(body, ...rest);
    const told = JSON.stringify({ ...answer, id_token: retold(answer.id_token, key, changes) });
    response.setHeader('content-length', Buffer.byteLength(told));
    return end(told, ...rest);
  };
}
