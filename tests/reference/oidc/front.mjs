// Microsoft's shared authority in front of one directory: its discovery document names an issuer with a blank,
// `../{tenantid}/v2.0`, that only a token's own `tid` fills in. Everything else is the directory's.

const AUTHORITY = '/organizations/v2.0';
const DOCUMENT = `${AUTHORITY}/.well-known/openid-configuration`;
const KEYS = '/organizations/discovery/v2.0/keys';

const read = async (url) => (await fetch(url)).json();

export const authority = (origin) => origin + AUTHORITY;

// What the front answers at `path`; undefined if that is the directory's own affair.
export async function front(origin, directory, path) {
  const blank = `${origin}/{tenantid}/v2.0`;
  if (path === DOCUMENT) {
    const document = await read(`${directory}/.well-known/openid-configuration`);
    return { ...document, issuer: blank, jwks_uri: origin + KEYS };
  }
  if (path === KEYS) {
    const { jwks_uri } = await read(`${directory}/.well-known/openid-configuration`);
    const { keys } = await read(jwks_uri);
    return { keys: keys.map((key) => ({ ...key, issuer: blank })) };
  }
}
