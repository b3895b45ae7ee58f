import { account, client, HASH, hashFile, type ServedKey, secretFile } from './values.ts';

/** Of clients, connectors and accounts. Source: Dex cmd/dex/config.go. */
export const servedClientKeys: readonly ServedKey[] = [
  ['staticClients[].id', client({}), (c) => c.clients[0]?.id, 'app'],
  ['staticClients[].idEnv', client({ id: undefined, idEnv: 'ID' }), (c) => c.clients[0]?.id, 'of-env'],
  ['staticClients[].secret', client({}), (c) => c.clients[0]?.secret, 's'],
  [
    'staticClients[].secretEnv',
    client({ secret: undefined, secretEnv: 'SECRET' }),
    (c) => c.clients[0]?.secret,
    's3cret',
  ],
  [
    'staticClients[].secretFile',
    client({ secret: undefined, secretFile }),
    (c) => c.clients[0]?.secret,
    'of-the-file',
  ],
  ['staticClients[].name', client({ name: 'App' }), (c) => c.clients[0]?.name, 'App'],
  [
    'staticClients[].logoURL',
    client({ logoURL: 'https://a/l' }),
    (c) => c.clients[0]?.logoURL,
    'https://a/l',
  ],
  ['staticClients[].public', client({ secret: undefined, public: true }), (c) => c.clients[0]?.public, true],
  ['staticClients[].redirectURIs', client({}), (c) => c.clients[0]?.redirectURIs, ['https://app.example/cb']],
  [
    'staticClients[].postLogoutRedirectURIs',
    client({ postLogoutRedirectURIs: ['https://app.example/'] }),
    (c) => c.clients[0]?.postLogoutRedirectURIs,
    ['https://app.example/'],
  ],
  ['staticClients[].allowedConnectors', client({ allowedConnectors: ['local'] }), () => 1, 1],
  [
    'staticClients[].refreshTokenLifetime',
    client({ refreshTokenLifetime: 'session' }),
    (c) => c.clients[0]?.refreshTokenLifetime,
    'session',
  ],
  [
    'staticClients[].trustedPeers',
    client({ trustedPeers: ['cli'] }),
    (c) => c.clients[0]?.trustedPeers,
    ['cli'],
  ],
  [
    'connectors[]',
    {
      connectors: [
        {
          type: 'oidc',
          id: 'corp',
          name: 'C',
          config: { issuer: 'https://c.example', clientID: 'a', clientSecret: '$SECRET' },
        },
      ],
    },
    (c) => [
      c.connectors[0]?.config.clientSecret,
      c.connectors[0]?.config.redirectURI.endsWith('/callback/corp'),
    ],
    ['s3cret', true],
  ],
  ['connectors, none', { connectors: [] }, () => 1, 1],
  ['enablePasswordDB', { enablePasswordDB: true }, (c) => c.passwords, []],
  [
    'staticPasswords[].email, userID',
    account({}),
    (c) => [c.passwords[0]?.email, c.passwords[0]?.userID],
    ['a@example.com', '1'],
  ],
  ['staticPasswords[].hash', account({}), (c) => c.passwords[0]?.hash, HASH],
  [
    'staticPasswords[].hash in base64',
    account({ hash: Buffer.from(HASH).toString('base64') }),
    (c) => c.passwords[0]?.hash,
    HASH,
  ],
  [
    'staticPasswords[].hashFromEnv',
    account({ hash: undefined, hashFromEnv: 'HASH' }),
    (c) => c.passwords[0]?.hash,
    HASH,
  ],
  ['staticPasswords[].hashFile', account({ hash: undefined, hashFile }), (c) => c.passwords[0]?.hash, HASH],
  ['staticPasswords[].username', account({ username: 'u' }), (c) => c.passwords[0]?.username, 'u'],
  ['staticPasswords[].name', account({ name: 'N' }), (c) => c.passwords[0]?.name, 'N'],
  [
    'staticPasswords[].preferredUsername',
    account({ preferredUsername: 'p' }),
    (c) => c.passwords[0]?.preferredUsername,
    'p',
  ],
  [
    'staticPasswords[].emailVerified',
    account({ emailVerified: false }),
    (c) => c.passwords[0]?.emailVerified,
    false,
  ],
  [
    'staticPasswords[].groups',
    account({ groups: ['team-a/admins'] }),
    (c) => c.passwords[0]?.groups,
    ['team-a/admins'],
  ],
];
