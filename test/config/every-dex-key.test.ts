import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ConfigError, parseConfig } from '../../src/config/index.ts';

type Values = Readonly<Record<string, unknown>>;

const minimal: Values = { issuer: 'https://id.example.com/dex', web: { http: '127.0.0.1:5556' } };
const HASH = '$2a$10$WutfJlkVrOgHAtgsqQDJuunJWpKh3cJatHWTujmyVUnnaTAb7t24q';
const app = { id: 'app', secret: 's', redirectURIs: ['https://app.example/cb'] };

/** What is said of a configuration: nothing when it is taken. */
function faultsOf(values: Values): readonly string[] {
  try {
    parseConfig(stringify({ ...minimal, ...values }), 'dex.yaml', {
      dataDir: '/data',
      env: { ID: 'app', SECRET: 's' },
    });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
}

/** Every key of a Dex configuration (cmd/dex/config.go, config.yaml.dist), a section at a time: as it is taken. */
const taken: Readonly<Record<string, Values>> = {
  'storage, in memory': { storage: { type: 'memory' } },
  'storage, SQLite': { storage: { type: 'sqlite3', config: { file: '/var/dex/dex.db' } } },
  'storage, etcd': {
    storage: { type: 'etcd', config: { endpoints: ['http://etcd:2379'], namespace: 'dex/' } },
  },
  web: {
    web: {
      http: '0.0.0.0:5556',
      tlsMinVersion: '1.2',
      tlsMaxVersion: '1.3',
      allowedOrigins: ['*'],
      allowedHeaders: ['x-custom'],
      headers: {
        'Content-Security-Policy': "default-src 'self'",
        'X-Frame-Options': 'DENY',
        'X-Content-Type-Options': 'nosniff',
        'X-XSS-Protection': '1; mode=block',
        'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
      },
      clientRemoteIP: { header: 'X-Forwarded-For', trustedProxies: ['10.0.0.0/8'] },
    },
  },
  telemetry: { telemetry: { http: '0.0.0.0:5558', enableProfiling: false } },
  oauth2: {
    oauth2: {
      grantTypes: [
        'authorization_code',
        'refresh_token',
        'password',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:device_code',
        'urn:ietf:params:oauth:grant-type:token-exchange',
      ],
      responseTypes: ['code'],
      skipApprovalScreen: true,
      alwaysShowLoginScreen: true,
      passwordConnector: 'local',
      pkce: { enforce: true, codeChallengeMethodsSupported: ['S256'] },
    },
  },
  expiry: {
    expiry: {
      idTokens: '24h',
      authRequests: '24h',
      deviceRequests: '5m',
      signingKeys: '6h',
      refreshTokens: {
        disableRotation: true,
        reuseInterval: '3s',
        validIfNotUsedFor: '2160h',
        absoluteLifetime: '3960h',
      },
    },
  },
  signer: { signer: { type: 'local', config: { keysRotationPeriod: '6h', algorithm: 'ES256' } } },
  logger: { logger: { level: 'debug', format: 'json', excludeFields: ['email'] } },
  frontend: {
    frontend: {
      dir: '',
      theme: 'dark',
      issuer: 'Example',
      logoURL: 'https://logo.example/x.png',
      extra: { tos: 'x' },
    },
  },
  staticClients: {
    staticClients: [
      {
        ...app,
        name: 'App',
        logoURL: 'https://logo.example/x.png',
        public: false,
        postLogoutRedirectURIs: ['https://app.example/bye'],
        backchannelLogoutURI: 'https://app.example/logout',
        trustedPeers: ['second'],
        allowedConnectors: ['local'],
        mfaChain: [],
        refreshTokenLifetime: 'session',
        clientCredentialsClaims: { groups: ['machines'] },
      },
      { idEnv: 'SECRET', secretEnv: 'SECRET', redirectURIs: ['https://second.example/cb'] },
    ],
  },
  staticPasswords: {
    enablePasswordDB: true,
    staticPasswords: [
      {
        email: 'ada@example.com',
        hash: HASH,
        username: 'ada',
        name: 'Ada',
        preferredUsername: 'ada',
        emailVerified: true,
        userID: '1',
        groups: ['team'],
      },
    ],
  },
  connectors: {
    connectors: [
      {
        type: 'oidc',
        id: 'corp',
        name: 'Corporation',
        config: {
          issuer: 'https://corp.example',
          clientID: 'sallyport',
          clientSecret: '$SECRET',
          redirectURI: 'https://id.example.com/dex/callback',
          scopes: ['profile', 'email', 'offline_access'],
          basicAuthUnsupported: true,
          hostedDomains: [],
          insecureSkipVerify: false,
          insecureSkipEmailVerified: true,
          insecureEnableGroups: true,
          allowedGroups: ['staff'],
          overrideClaimMapping: true,
          getUserInfo: true,
          userIDKey: 'oid',
          userNameKey: 'nickname',
          claimMapping: { preferred_username: 'login', email: 'mail', groups: 'roles' },
          promptType: 'login',
          acrValues: ['mfa'],
          pkceChallenge: 'S256',
          providerDiscoveryOverrides: {
            tokenURL: 'https://corp.example/t',
            authURL: 'https://corp.example/a',
            jwksURL: 'https://corp.example/k',
          },
          claimModifications: {
            newGroupFromClaims: [{ claims: ['org'], delimiter: '-', clearDelimiter: true, prefix: 'corp' }],
            filterGroupClaims: { groupsFilter: '^a' },
            modifyGroupNames: { prefix: 'corp:', suffix: '' },
          },
        },
      },
    ],
  },
  sessions: {
    sessions: {
      cookieName: 'dex_session',
      absoluteLifetime: '24h',
      validIfNotUsedFor: '1h',
      rememberMeCheckedByDefault: false,
      ssoSharedWithDefault: 'all',
    },
  },
  mfa: {
    mfa: {
      authenticators: [
        { id: 'totp', type: 'TOTP', config: { issuer: 'Example' }, connectorTypes: ['local'] },
        {
          id: 'key',
          type: 'WebAuthn',
          config: {
            rpDisplayName: 'Example',
            rpID: 'id.example.com',
            rpOrigins: ['https://id.example.com'],
            attestationPreference: 'none',
            userVerification: 'preferred',
            authenticatorAttachment: 'platform',
          },
        },
      ],
      defaultMFAChain: ['totp'],
    },
  },
};

/** And as it is refused: what is said, a line each. */
const refused: readonly (readonly [section: string, values: Values, lines: readonly RegExp[]])[] = [
  ...['postgres', 'mysql', 'kubernetes'].map(
    (type) =>
      [
        `storage, ${type}`,
        { storage: { type, config: { host: 'db', port: 5432, ssl: { mode: 'disable' }, inCluster: true } } },
        [/^storage\.type: expected type sqlite3, .*: sqlite3 is for one process, etcd for several$/],
      ] as const,
  ),
  [
    'grpc',
    { grpc: { addr: ':5557', tlsCert: 'c', tlsKey: 'k', tlsClientCA: 'a', reflection: true } },
    [/^grpc: .*: use the REST admin API; remove the key$/],
  ],
  [
    'signer, Vault',
    { signer: { type: 'vault', config: { addr: 'https://vault', token: 't', keyName: 'dex' } } },
    [/^signer\.type: .*use type local, and storage\.encryption/],
  ],
  [
    'oauth2, implicit',
    { oauth2: { grantTypes: ['implicit'], responseTypes: ['code', 'id_token'] } },
    [
      /^oauth2\.grantTypes\[0\]: .*implicit is not served: authorization_code stands in for it$/,
      /^oauth2\.responseTypes\[1\]: only code is served/,
    ],
  ],
  [
    'oauth2, plain PKCE',
    { oauth2: { pkce: { codeChallengeMethodsSupported: ['S256', 'plain'] } } },
    [/^oauth2\.pkce\.codeChallengeMethodsSupported\[1\]: only S256 is served: clients .* send S256$/],
  ],
  [
    'expiry, for ever',
    { expiry: { refreshTokens: { validIfNotUsedFor: '0s', absoluteLifetime: '0' } } },
    [
      /validIfNotUsedFor: everything ends here: give a duration such as 8760h, or remove the key/,
      /absoluteLifetime: everything ends here/,
    ],
  ],
  [
    'telemetry, profiling',
    { telemetry: { enableProfiling: true } },
    [/there is no profiling endpoint; set false or remove the key$/],
  ],
  ['frontend, pages', { frontend: { dir: 'web' } }, [/use issuer, logoURL and theme, and remove the key$/]],
  [
    'staticClients, sharing',
    { staticClients: [{ ...app, ssoSharedWith: ['b'] }] },
    [/ssoSharedWith: .*one sign-in serves all clients; remove the key$/],
  ],
  [
    'sessions',
    { sessions: { cookieEncryptionKey: 'k', ssoSharedWithDefault: 'none' } },
    [/cookieEncryptionKey: .*remove the key$/, /ssoSharedWithDefault: .*set all or remove the key$/],
  ],
  [
    'connectors, and passwords by one of them',
    {
      connectors: [{ type: 'ldap', id: 'ldap', name: 'L', grantTypes: ['password'], config: { host: 'h' } }],
      oauth2: { passwordConnector: 'ldap' },
    },
    [
      /^connectors\[0\]\.type: .*list the accounts in staticPasswords, and remove this entry$/,
      /^oauth2\.passwordConnector: there is no such connector; the only one is local$/,
    ],
  ],
];

describe('every key of a Dex file', () => {
  it.each(Object.entries(taken))('%s is taken', (_section, values) => {
    expect(faultsOf(values)).toEqual([]);
  });

  it.each(refused)('%s is refused with what to do, and nothing else', (_section, values, lines) => {
    expect(faultsOf(values)).toEqual(lines.map((line) => expect.stringMatching(line)));
  });
});
