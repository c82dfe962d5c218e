// A real OpenID provider on a free port of this machine. Whoever comes is who the test says: POST /who. It makes itself another
// key: POST /rotate. Who signs out at it (/session/end) is told to LOGOUT_URI.
//
//   node server.mjs REDIRECT_URI LOGOUT_URI     prints {"issuer", "client_id", "client_secret"} once it listens
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [redirect, logout] = process.argv.slice(2);
const client = { client_id: 'holdfast', client_secret: 'a-secret-of-the-test-0123456789' };
let who = { sub: 'nobody' };
let provider;
let issuer;

const read = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString());
};

const server = createServer(async (request, response) => {
  if (request.url === '/who') {
    who = await read(request);
    return response.end('{}');
  }
  if (request.url === '/rotate') {
    provider = made();
    return response.end('{}');
  }
  if (request.url.startsWith('/interaction/')) {
    const { params } = await provider.interactionDetails(request, response);
    const grant = new provider.Grant({ accountId: who.sub, clientId: params.client_id });
    grant.addOIDCScope('openid email');
    const login = { accountId: who.sub, acr: who.acr, amr: who.amr };
    return provider.interactionFinished(request, response, { login, consent: { grantId: await grant.save() } });
  }
  return provider.callback()(request, response);
});

// With a key of its own, and what was remembered before: that lies beside the providers.
const made = () => {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  return new Provider(issuer, {
    clients: [{
      ...client,
      redirect_uris: [redirect],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      backchannel_logout_uri: logout,
      backchannel_logout_session_required: true,
    }],
    claims: { openid: ['sub', 'acr', 'amr'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['a key of the test'] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    // It calls no address of this machine by itself, and the test is on this machine.
    fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...who, sub }) }),
    jwks: { keys: [{ ...key, kid: randomUUID(), use: 'sig', alg: 'RS256' }] },
    pkce: { required: () => true },
  });
};

server.listen(0, '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  provider = made();
  console.log(JSON.stringify({ issuer, ...client }));
});
