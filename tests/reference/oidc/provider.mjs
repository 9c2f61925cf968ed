// A real OpenID provider (oidc-provider) on 127.0.0.1 that signs in one person, described by the options, without
// asking anybody. Prints its issuer as the first line; all else goes to stderr. Ends when its stdin closes.
//
//   provider.mjs google    --redirect URL --email a@b.example --sub 1234 --name 'A B' --verified true
//   provider.mjs microsoft .. the same, --tid GUID --oid GUID, and --verified sets `xms_edov`
//
// More options: --client-id, --client-secret, --alg RS256|ES256, --port. --redirect can be given several times.
// --claims takes a JSON object of further claims, which stand in the ID token as they are; --deny an OAuth error that
// the person is sent back with instead of a code. --token changes the signed token itself (RS256 only), as
// {"header": {..}, "claims": {..}} where null takes a field away; --keys 1 publishes only the key that signs.
// Google's takes the client secret in the header, Microsoft's in the form; both want PKCE.
// Who walks it needs a cookie jar: GET authorization_endpoint, follow redirects up to the redirect URL.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import Provider from 'oidc-provider';

import { authority, front } from './front.mjs';
import { retelling } from './retold.mjs';

console.info = console.error;

const text = (value) => ({ type: 'string', default: value });
const { positionals: [kind = 'google'], values: options } = parseArgs({
  allowPositionals: true,
  options: {
    redirect: { type: 'string', multiple: true, default: ['http://127.0.0.1:8080/callback'] },
    'client-id': text('vestibule'),
    'client-secret': text('secret-of-vestibule-at-the-provider'),
    sub: text('110169484474386276334'),
    email: text('kim@example.org'),
    name: text('Kim Example'),
    verified: text('true'),
    tid: text('9e107d9d-372b-4b68-a1d8-3542a419d6aa'),
    oid: text('00000000-0000-0000-66f3-3332eca7ea81'),
    alg: text('RS256'),
    claims: text('{}'),
    deny: text(''),
    token: text(''),
    keys: text('2'),
    port: text('0'),
  },
});
if (!['google', 'microsoft'].includes(kind)) throw new Error(`no such kind of provider: ${kind}`);
const microsoft = kind === 'microsoft';

function signingKey(alg) {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(8).toString('hex'), use: 'sig', alg };
}

const more = JSON.parse(options.claims);
const changes = options.token && JSON.parse(options.token);
const signing = signingKey(options.alg);
// A key that signs nothing, as after a rotation.
const former = signingKey(options.alg === 'ES256' ? 'RS256' : 'ES256');

function person() {
  const { sub, email, name, tid, oid } = options;
  const verified = options.verified === 'true';
  const plain = microsoft ? { tid, oid, xms_edov: verified } : { email_verified: verified };
  return { sub, email, name, ...plain, ...more };
}

function configuration(mount) {
  const method = microsoft ? 'client_secret_post' : 'client_secret_basic';
  return {
    clients: [
      {
        client_id: options['client-id'],
        client_secret: options['client-secret'],
        redirect_uris: options.redirect,
        token_endpoint_auth_method: method,
        id_token_signed_response_alg: options.alg,
      },
    ],
    clientAuthMethods: [method],
    jwks: { keys: options.keys === '1' ? [signing] : [signing, former] },
    pkce: { required: () => true },
    claims: {
      openid: ['sub'],
      email: microsoft ? ['email', 'xms_edov'] : ['email', 'email_verified'],
      profile: [...(microsoft ? ['name', 'tid', 'oid'] : ['name']), ...Object.keys(more)],
    },
    conformIdTokenClaims: false,
    findAccount: (_, accountId) => ({ accountId, claims: person }),
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `${mount}/interaction/${uid}` },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    loadExistingGrant: async ({ oidc: { provider, session, client } }) => {
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  };
}

function serve(origin) {
  const mount = microsoft ? `/${options.tid}/v2.0` : '';
  const provider = new Provider(origin + mount, configuration(mount));
  provider.on('server_error', (_, error) => console.error(error));
  const handle = provider.callback();
  return async (request, response) => {
    const { pathname } = new URL(request.url, origin);
    const answer = microsoft && (await front(origin, origin + mount, pathname));
    if (answer) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    } else if (pathname.startsWith(`${mount}/interaction/`)) {
      const result = options.deny ? { error: options.deny } : { login: { accountId: options.sub } };
      await provider.interactionFinished(request, response, result);
    } else if (pathname.startsWith(`${mount}/`)) {
      request.originalUrl = request.url;
      request.url = request.url.slice(mount.length);
      if (changes && request.method === 'POST' && request.url === '/token') retelling(response, signing, changes);
      await handle(request, response);
    } else {
      response.writeHead(404).end();
    }
  };
}

const server = createServer();
server.listen(Number(options.port), '127.0.0.1', () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  const handle = serve(origin);
  server.on('request', (request, response) =>
    handle(request, response).catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    }),
  );
  console.log(microsoft ? authority(origin) : origin);
});
process.stdin.resume().on('close', () => process.exit(0)).on('end', () => process.exit(0));
