import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';

/**
 * The reference: oidc-provider by itself, with its adapter for memory and the same clients, keys, tokens and claims. Whoever
 * comes is signed in; nothing is kept, logged, counted or checked beyond what the provider does.
 */
const [port = '0', secret = '', redirectUri = ''] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

// By itself it forgets all but a thousand records. A Map has no bound, and nothing is quicker.
const storage = new Map<string, unknown>();

const { privateKey } = await generateKeyPair('RS256', { extractable: true });
const person = {
  sub: 'id-jane',
  email: 'jane@example.com',
  email_verified: true,
  name: 'Jane Doe',
  preferred_username: 'jane',
  groups: ['developers', 'oncall'],
};
const robots = 'urn:robots';

const configuration: Configuration = {
  adapter: (model) => new MemoryAdapter(model, storage),
  clients: [
    {
      client_id: 'web',
      client_secret: secret,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
    },
    {
      client_id: 'robot',
      client_secret: secret,
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    },
  ],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'bench', alg: 'RS256', use: 'sig' }] },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => person }),
  claims: {
    openid: ['sub', 'sid'],
    email: ['email', 'email_verified'],
    profile: ['name', 'preferred_username'],
    groups: ['groups'],
  },
  conformIdTokenClaims: false,
  scopes: ['openid', 'email', 'profile', 'groups', 'offline_access'],
  cookies: { keys: ['bench'] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    // What it has for tokens of a client that are JWTs.
    resourceIndicators: {
      enabled: true,
      defaultResource: ({ oidc }) => (oidc.client?.clientId === 'robot' ? robots : []),
      getResourceServerInfo: () => ({
        audience: 'robot',
        scope: 'groups',
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  extraTokenClaims: (_ctx, token) =>
    token.kind === 'ClientCredentials'
      ? { preferred_username: 'client:robot', groups: ['deployers'] }
      : undefined,
  interactions: { url: (_ctx, { uid }) => `/sign-in/${uid}` },
  async loadExistingGrant({ oidc }) {
    const { client, session, provider } = oidc;
    const grant = new provider.Grant({
      accountId: session?.accountId ?? '',
      clientId: client?.clientId ?? '',
    });
    grant.addOIDCScope('openid email profile groups offline_access');
    await grant.save();
    return grant;
  },
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  expiresWithSession: () => false,
  ttl: {
    AccessToken: 3600,
    AuthorizationCode: 60,
    ClientCredentials: 3600,
    Grant: 8e6,
    IdToken: 86_400,
    Interaction: 900,
    RefreshToken: 1e6,
    Session: 86_400,
  },
};

const provider = new Provider(issuer, configuration);
const handler = provider.callback();
createServer((request, response) => {
  if (request.url?.startsWith('/sign-in/') !== true) return void handler(request, response);
  const result = { login: { accountId: person.sub } };
  provider.interactionFinished(request, response, result).catch(() => void response.writeHead(500).end());
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('Sallyport is ready\n'));
