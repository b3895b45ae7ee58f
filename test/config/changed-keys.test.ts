import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changedKeys, parseConfig } from '../../src/config/index.ts';
import { servedClientKeys } from './dex-keys/served-client-keys.ts';
import { servedServerKeys } from './dex-keys/served-server-keys.ts';
import { load as loadValues, makeFiles, removeFiles, type Values } from './dex-keys/values.ts';

const HASH = '$2a$10$WutfJlkVrOgHAtgsqQDJuunJWpKh3cJatHWTujmyVUnnaTAb7t24q';
const load = (clients: string, more = '') =>
  parseConfig(
    `issuer: https://id.example.com
web: { http: 127.0.0.1:5556 }
staticClients: [${clients}]
enablePasswordDB: true
${more}`,
    'sallyport.yaml',
    { dataDir: '/data', env: {} },
  );
const app = (more = '') => `{ id: app, secret: very-secret, redirectURIs: ['https://a.example/cb']${more} }`;
const before = load(app());

describe('the keys in which two configurations differ', () => {
  it.each<[string, ReturnType<typeof load>, object]>([
    ['nothing', load(app()), { taken: [], needRestart: [] }],
    ['a client’s key', load(app(', allowedGroups: [ops]')), { taken: ['staticClients[app].allowedGroups'] }],
    ['a new client', load(`${app()}, { id: cli, public: true }`), { taken: ['staticClients[cli]'] }],
    ['a client that is gone', load(''), { taken: ['staticClients[app]'] }],
    [
      'an account',
      load(app(), `staticPasswords: [{ email: a@example.com, hash: ${HASH}, userID: u1 }]`),
      { taken: ['staticPasswords[u1]'] },
    ],
    ['a lifetime', load(app(), 'expiry: { idTokens: 1h }'), { taken: ['expiry.idTokens'], needRestart: [] }],
    [
      'the password grant',
      load(app(), 'oauth2: { passwordConnector: local }'),
      { taken: ['oauth2.grantTypes', 'oauth2.passwordConnector'], needRestart: [] },
    ],
    [
      'where clients register, and by which token',
      load(app(), 'oauth2: { dynamicClientRegistration: { open: true } }'),
      { taken: ['oauth2.dynamicClientRegistration'], needRestart: [] },
    ],
    [
      'whether people are asked for their consent',
      load(app(), 'oauth2: { skipApprovalScreen: true }'),
      { taken: [], needRestart: ['oauth2.skipApprovalScreen'] },
    ],
    ['a colour', load(app(), 'frontend: { accentColor: "#cc0044" }'), { taken: ['frontend.accentColor'] }],
    [
      'what is the signer’s, by its former name',
      load(app(), 'expiry: { signingKeys: 6h }'),
      { taken: [], needRestart: ['signer.keysRotationPeriod', 'expiry.signingKeys'] },
    ],
    [
      'a lifetime of browser sessions',
      load(app(), 'sessions: { absoluteLifetime: 1h }'),
      { taken: [], needRestart: ['sessions.absoluteLifetime'] },
    ],
    [
      'the address of a sign-out',
      load(app(", backchannelLogoutURI: 'https://a.example/out'")),
      { taken: ['staticClients[app].backchannelLogoutURI'], needRestart: [] },
    ],
  ])('for %s', (_what, after, keys) => {
    expect(changedKeys(before, after)).toMatchObject(keys);
  });

  it('are named, and no value', () => {
    const after = load(app().replace('very-secret', 'other-secret'));
    expect(changedKeys(before, after)).toEqual({ taken: ['staticClients[app].secret'], needRestart: [] });
  });
});

/** Of these the values below are the defaults, or say nothing. */
const SAYING_NOTHING = /^(?:issuer|web\.http|frontend\.logoURL, Dex's own|connectors, none)$/;

const RELOADED =
  /^(?:static(?:Clients|Passwords)\[\]\.|connectors\[|enablePasswordDB$|(?:expiry|frontend)\.|oauth2\.passwordConnector)/;

const ofDex: readonly (readonly [key: string, values: Values])[] = [
  ...[...servedServerKeys, ...servedClientKeys].map(([key, values]) => [key, values] as const),
  ['expiry.refreshTokens.reuseInterval', { expiry: { refreshTokens: { reuseInterval: '1s' } } }],
  ['signer.config', { signer: { type: 'local', config: { algorithm: 'ES256' } } }],
  ['sessions', { sessions: { rememberMeCheckedByDefault: true } }],
  ['mfa', { mfa: { authenticators: [{ id: 'app', type: 'TOTP' }], defaultMFAChain: ['app'] } }],
];

describe('every key of Dex that is changed while the product runs', () => {
  beforeAll(makeFiles);
  afterAll(removeFiles);

  it.each(ofDex)('%s is taken over, or named as waiting for the next start', (key, values) => {
    const { taken, needRestart } = changedKeys(loadValues({}), loadValues(values));
    const says = !SAYING_NOTHING.test(key);
    const isReloaded = RELOADED.test(key);
    expect([taken.length > 0, needRestart.length > 0]).toEqual([says && isReloaded, says && !isReloaded]);
  });
});
