import { account, client, emptyFile, etcd, hashFile, secretFile, type Values, web } from './values.ts';

/** Each that does not, or not with that value: the line says what to do. */
export const refusedKeys: readonly (readonly [key: string, values: Values, line: RegExp])[] = [
  ...['postgres', 'mysql', 'kubernetes'].map(
    (type) =>
      [`storage.type ${type}`, { storage: { type, config: {} } }, /storage\.type: .*sqlite3, etcd/] as const,
  ),
  ['storage.config of etcd, none', etcd({}), /storage\.config\.endpoints/],
  ['storage.config.endpoints, none', etcd({ endpoints: [] }), /endpoints: expected at least one client URL/],
  [
    'storage.config.endpoints, a path',
    etcd({ endpoints: ['http://a:1/x'] }),
    /endpoints\[0\]: expected the client URL/,
  ],
  [
    'storage.config.username alone',
    etcd({ endpoints: ['a:1'], username: 'u' }),
    /username: expected username and password together/,
  ],
  [
    'storage.config.ssl.certFile alone',
    etcd({ endpoints: ['a:1'], ssl: { certFile: 'c' } }),
    /ssl: expected certFile and keyFile together/,
  ],
  [
    'storage.config.ssl over http',
    etcd({ endpoints: ['http://a:1'], ssl: { caFile: secretFile } }),
    /ssl: ssl is for https endpoints/,
  ],
  [
    'storage.config.ssl.caFile, missing',
    etcd({ endpoints: ['a:1'], ssl: { caFile: '/nowhere' } }),
    /storage\.config\.ssl\.caFile: \/nowhere: no such file/,
  ],
  ['web, no address', { web: {} }, /: web: expected http or https \(host:port\)/],
  ['web.https alone', { web: { https: ':1' } }, /: web: https needs tlsCert and tlsKey/],
  ['web.tlsMinVersion 1.1', web({ tlsMinVersion: '1.1' }), /: web\.tlsMinVersion: expected 1\.2 or 1\.3/],
  [
    'web.tls versions, crossed',
    web({ tlsMinVersion: 1.3, tlsMaxVersion: 1.2 }),
    /tlsMinVersion is newer than tlsMaxVersion/,
  ],
  [
    'web.allowedOrigins with a slash',
    web({ allowedOrigins: ['https://a.example/'] }),
    /: web\.allowedOrigins\[0\]: expected an origin such as/,
  ],
  [
    'web.headers, one more',
    web({ headers: { 'X-Powered-By': 'x' } }),
    /: web\.headers\.X-Powered-By: unknown key/,
  ],
  [
    'web.headers, a second line',
    web({ headers: { 'X-XSS-Protection': '0\r\nx: y' } }),
    /: web\.headers\.X-XSS-Protection: expected a header/,
  ],
  [
    'web.headers.X-Frame-Options',
    web({ headers: { 'X-Frame-Options': 'SAMEORIGIN' } }),
    /no page may be framed; set DENY or remove the key/,
  ],
  [
    'web.clientRemoteIP.header',
    web({ clientRemoteIP: { header: 'X-Real-IP', trustedProxies: ['10.0.0.0/8'] } }),
    /only X-Forwarded-For is read/,
  ],
  [
    'telemetry.enableProfiling',
    { telemetry: { enableProfiling: true } },
    /there is no profiling endpoint; set false or remove the key/,
  ],
  [
    'grpc',
    { grpc: { addr: '127.0.0.1:5557' } },
    /: grpc: not served by this version: there is no gRPC API: use the REST admin API/,
  ],
  [
    'oauth2.responseTypes',
    { oauth2: { responseTypes: ['token'] } },
    /only code is served \(implicit and hybrid flows are unsafe/,
  ],
  [
    'oauth2.passwordConnector, another one',
    { oauth2: { passwordConnector: 'ldap' } },
    /: oauth2\.passwordConnector: there is no such connector; the only one is local/,
  ],
  [
    'oauth2.grantTypes, password without passwordConnector',
    { oauth2: { grantTypes: ['authorization_code', 'password'] } },
    /: oauth2\.grantTypes\[1\]: password needs oauth2\.passwordConnector: local/,
  ],
  ['oauth2.grantTypes, implicit', { oauth2: { grantTypes: ['implicit'] } }, /implicit is not served/],
  [
    'oauth2.pkce.codeChallengeMethodsSupported',
    { oauth2: { pkce: { codeChallengeMethodsSupported: ['plain'] } } },
    /only S256 is served/,
  ],
  ['frontend.dir', { frontend: { dir: 'web/' } }, /pages are built in; use issuer, logoURL and theme/],
  [
    'sessions.cookieName',
    { sessions: { cookieName: 'sallyport_device' } },
    /: sessions\.cookieName: another cookie has this name/,
  ],
  ['frontend.theme', { frontend: { theme: 'tectonic' } }, /expected light or dark/],
  ['frontend.accentColor', { frontend: { accentColor: 'red' } }, /expected a colour such as "#0f5f6b"/],
  ['frontend.supportURL', { frontend: { supportURL: 'help' } }, /expected an http, https or mailto URL/],
  ['frontend.extra', { frontend: { extra: { a: 1 } } }, /: frontend\.extra\.a: expected string/],
  [
    'staticClients[].allowedConnectors',
    client({ allowedConnectors: ['github'] }),
    /there is no such connector; there is only local/,
  ],
  [
    'staticClients[].refreshTokenLifetime',
    client({ refreshTokenLifetime: 'long' }),
    /expected standalone or session/,
  ],
  [
    'staticClients[].secret and secretEnv',
    client({ secretEnv: 'SECRET' }),
    /expected one of secret, secretEnv and secretFile/,
  ],
  [
    'staticClients[].secretFile, missing',
    client({ secret: undefined, secretFile: '/nowhere' }),
    /secretFile: \/nowhere: no such file/,
  ],
  [
    'staticClients[].secretFile, empty',
    client({ secret: undefined, secretFile: emptyFile }),
    /the file is empty/,
  ],
  ['staticClients[].id and idEnv', client({ idEnv: 'ID' }), /expected id or idEnv/],
  [
    'staticPasswords[].hashFromEnv',
    account({ hash: undefined, hashFromEnv: 'BAD' }),
    /environment variable BAD: expected a bcrypt hash/,
  ],
  [
    'staticPasswords[].hashFile',
    account({ hash: undefined, hashFile: secretFile }),
    /\/secret: expected a bcrypt hash/,
  ],
  [
    'staticPasswords[].hash, twice',
    account({ hashFile }),
    /expected one of hash \(bcrypt\), hashFromEnv and hashFile/,
  ],
  ['staticPasswords[].userID', account({ userID: undefined }), /staticPasswords\[0\]\.userID: missing/],
  [
    'enablePasswordDB',
    { ...account({}), enablePasswordDB: false },
    /static passwords need enablePasswordDB: true/,
  ],
  ...[
    'ldap github gitlab google microsoft oauth saml samlExperimental authproxy bitbucket-cloud openshift',
    'atlassian-crowd gitea keystone linkedin mockCallback mockPassword',
  ]
    .join(' ')
    .split(' ')
    .map(
      (type) =>
        [
          `connectors[].type ${type}`,
          { connectors: [{ type, id: 'x', name: 'X', config: { clientSecret: '$SECRET' } }] },
          /: connectors\[0\]\.type: connector "x": type \S+ is not served by this version: .*(staticPasswords|users)/,
        ] as const,
    ),
  ['connectors[].type', { connectors: [{ type: 'gihtub', id: 'x' }] }, /unknown connector type "gihtub"/],
];
