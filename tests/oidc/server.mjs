// A real OpenID provider on a free port of this machine. Whoever comes is who the test says: POST /who.
//
//   node server.mjs REDIRECT_URI     prints {"issuer", "client_id", "client_secret"} once it listens
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [redirect] = process.argv.slice(2);
const client = { client_id: 'holdfast', client_secret: 'a-secret-of-the-test-0123456789' };
let who = { sub: 'nobody' };
let provider;

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
  if (request.url.startsWith('/interaction/')) {
    const { params } = await provider.interactionDetails(request, response);
    const grant = new provider.Grant({ accountId: who.sub, clientId: params.client_id });
    grant.addOIDCScope('openid email');
    const login = { accountId: who.sub, acr: who.acr, amr: who.amr };
    return provider.interactionFinished(request, response, { login, consent: { grantId: await grant.save() } });
  }
  return provider.callback()(request, response);
});

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(issuer, {
    clients: [{ ...client, redirect_uris: [redirect], response_types: ['code'], grant_types: ['authorization_code'] }],
    claims: { openid: ['sub', 'acr', 'amr'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['a key of the test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...who, sub }) }),
    pkce: { required: () => true },
  });
  console.log(JSON.stringify({ issuer, ...client }));
});
