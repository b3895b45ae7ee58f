// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the form of Go and shells, not of JavaScript
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Config, ConfigError, parseConfig } from '../../src/config/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'sallyport-keys-'));
afterAll(() => rm(directory, { recursive: true }));
const HASH = '$2a$10$WutfJlkVrOgHAtgsqQDJuunJWpKh3cJatHWTujmyVUnnaTAb7t24q';
const hashFile = join(directory, 'hash');
const secretFile = join(directory, 'secret');
const emptyFile = join(directory, 'empty');
writeFileSync(hashFile, `${HASH}\n`);
writeFileSync(secretFile, 'of-the-file\n');
writeFileSync(emptyFile, '\n');

const env = { ID: 'of-env', SECRET: 's3cret', HASH, BAD: 'no hash', DIR: '/var/dex' };
const deps = { dataDir: '/data', env };

type Values = Readonly<Record<string, unknown>>;

const minimal: Values = { issuer: 'https://id.example.com/dex', web: { http: '127.0.0.1:5556' } };
const web = (more: Values): Values => ({ web: { http: '127.0.0.1:5556', ...more } });
const client = (more: Values): Values => ({
  staticClients: [{ id: 'app', secret: 's', redirectURIs: ['https://app.example/cb'], ...more }],
});
const account = (more: Values): Values => ({
  enablePasswordDB: true,
  staticPasswords: [{ email: 'a@example.com', hash: HASH, userID: '1', ...more }],
});

const etcd = (config: Values): Values => ({ storage: { type: 'etcd', config } });

function load(values: Values): Config {
  return parseConfig(stringify({ ...minimal, ...values }), 'dex.yaml', deps);
}

/** Each of Dex's keys (cmd/dex/config.go) that does what Dex's does: a value, and what comes of it. */
const does: readonly (readonly [
  key: string,
  values: Values,
  seen: (config: Config) => unknown,
  is: unknown,
])[] = [
  ['issuer', {}, (c) => c.issuer, 'https://id.example.com/dex'],
  ['storage.type', { storage: { type: 'memory' } }, (c) => c.storage, { type: 'memory' }],
  [
    'storage.config.file',
    { storage: { type: 'sqlite3', config: { file: '/x.db' } } },
    (c) => c.storage,
    { type: 'sqlite3', file: '/x.db', synchronous: 'full' },
  ],
  [
    'storage.config, expanded',
    { storage: { type: 'sqlite3', config: { file: '${DIR}/$ID.db' } } },
    (c) => c.storage,
    { type: 'sqlite3', file: '/var/dex/of-env.db', synchronous: 'full' },
  ],
  [
    'storage.type etcd, endpoints, namespace',
    { storage: { type: 'etcd', config: { endpoints: ['http://a:2379', 'b:2379'], namespace: 'dex/' } } },
    (c) => c.storage,
    { type: 'etcd', endpoints: ['http://a:2379', 'http://b:2379'], namespace: 'dex/' },
  ],
  [
    'storage.config.username, password',
    {
      storage: { type: 'etcd', config: { endpoints: ['[::1]:2379'], username: 'dex', password: '$SECRET' } },
    },
    (c) => c.storage,
    {
      type: 'etcd',
      endpoints: ['http://[::1]:2379'],
      namespace: 'sallyport/',
      credentials: { name: 'dex', password: 's3cret' },
    },
  ],
  [
    'storage.config.ssl',
    {
      storage: {
        type: 'etcd',
        config: {
          endpoints: ['a:2379'],
          ssl: { serverName: 'etcd', caFile: secretFile, certFile: secretFile, keyFile: secretFile },
        },
      },
    },
    (c) => c.storage,
    {
      type: 'etcd',
      endpoints: ['https://a:2379'],
      namespace: 'sallyport/',
      tls: { serverName: 'etcd', ca: 'of-the-file', cert: 'of-the-file', key: 'of-the-file' },
    },
  ],
  ['web.http', {}, (c) => c.web.http, { host: '127.0.0.1', port: 5556 }],
  [
    'web.https, tlsCert, tlsKey',
    { web: { https: '0.0.0.0:5554', tlsCert: 'c', tlsKey: 'k' } },
    (c) => c.web,
    { https: { host: '0.0.0.0', port: 5554 }, tlsCert: 'c', tlsKey: 'k' },
  ],
  ['web.tlsMinVersion', web({ tlsMinVersion: '1.3' }), (c) => c.web.tlsMinVersion, 'TLSv1.3'],
  ['web.tlsMinVersion, bare', web({ tlsMinVersion: 1.2 }), (c) => c.web.tlsMinVersion, 'TLSv1.2'],
  ['web.tlsMaxVersion', web({ tlsMaxVersion: '1.2' }), (c) => c.web.tlsMaxVersion, 'TLSv1.2'],
  [
    'web.allowedOrigins',
    web({ allowedOrigins: ['https://a.example', '*'] }),
    (c) => c.web.allowedOrigins.length,
    2,
  ],
  [
    'web.allowedHeaders',
    web({ allowedHeaders: ['x-requested-with'] }),
    (c) => c.web.allowedHeaders?.length,
    1,
  ],
  [
    'web.headers.Content-Security-Policy',
    web({ headers: { 'Content-Security-Policy': "default-src 'self'" } }),
    (c) => c.web.headers?.['Content-Security-Policy'],
    "default-src 'self'",
  ],
  ['web.headers.X-Frame-Options', web({ headers: { 'X-Frame-Options': 'DENY' } }), () => 1, 1],
  [
    'web.headers.X-Content-Type-Options',
    web({ headers: { 'X-Content-Type-Options': 'nosniff' } }),
    () => 1,
    1,
  ],
  [
    'web.headers.X-XSS-Protection',
    web({ headers: { 'X-XSS-Protection': '1; mode=block' } }),
    (c) => c.web.headers?.['X-XSS-Protection'],
    '1; mode=block',
  ],
  [
    'web.headers.Strict-Transport-Security',
    web({ headers: { 'Strict-Transport-Security': 'max-age=1' } }),
    (c) => c.web.headers?.['Strict-Transport-Security'],
    'max-age=1',
  ],
  [
    'web.clientRemoteIP',
    web({ clientRemoteIP: { header: 'X-Forwarded-For', trustedProxies: ['10.0.0.0/8'] } }),
    (c) => c.web.clientRemoteIP?.trustedProxies,
    ['10.0.0.0/8'],
  ],
  ['telemetry.http', { telemetry: { http: '127.0.0.1:5558' } }, (c) => c.telemetry.http?.port, 5558],
  ['telemetry.enableProfiling, off', { telemetry: { enableProfiling: false } }, () => 1, 1],
  ['oauth2.responseTypes', { oauth2: { responseTypes: ['code'] } }, () => 1, 1],
  [
    'oauth2.skipApprovalScreen',
    { oauth2: { skipApprovalScreen: true } },
    (c) => c.oauth2.skipApprovalScreen,
    true,
  ],
  ['oauth2.alwaysShowLoginScreen', { oauth2: { alwaysShowLoginScreen: true } }, () => 1, 1],
  ['oauth2.pkce.enforce', { oauth2: { pkce: { enforce: true } } }, (c) => c.oauth2.pkce?.enforce, true],
  [
    'oauth2.pkce.enforce, off',
    { oauth2: { pkce: { enforce: false } } },
    (c) => c.oauth2.pkce?.enforce,
    false,
  ],
  [
    'oauth2.pkce.codeChallengeMethodsSupported',
    { oauth2: { pkce: { codeChallengeMethodsSupported: ['S256'] } } },
    () => 1,
    1,
  ],
  ['expiry.idTokens', { expiry: { idTokens: '1h' } }, (c) => c.expiry.idTokens, 3_600_000],
  ['expiry.authRequests', { expiry: { authRequests: '5m' } }, (c) => c.expiry.authRequests, 300_000],
  ['expiry.deviceRequests', { expiry: { deviceRequests: '5m' } }, () => 1, 1],
  [
    'oauth2.passwordConnector',
    { oauth2: { passwordConnector: 'local' } },
    (c) => c.oauth2.grantTypes.includes('password') && c.oauth2.grantTypes.includes('authorization_code'),
    true,
  ],
  [
    'oauth2.passwordConnector, and all grant types listed',
    { oauth2: { passwordConnector: 'local', grantTypes: ['authorization_code'] } },
    (c) => c.oauth2.grantTypes,
    ['authorization_code'],
  ],
  [
    'expiry.refreshTokens.disableRotation',
    { expiry: { refreshTokens: { disableRotation: true } } },
    (c) => c.expiry.refreshTokens?.disableRotation,
    true,
  ],
  [
    'expiry.refreshTokens.validIfNotUsedFor',
    { expiry: { refreshTokens: { validIfNotUsedFor: '2160h' } } },
    (c) => c.expiry.refreshTokens?.validIfNotUsedFor,
    7_776_000_000,
  ],
  [
    'expiry.refreshTokens.absoluteLifetime',
    { expiry: { refreshTokens: { absoluteLifetime: '3960h' } } },
    (c) => c.expiry.refreshTokens?.absoluteLifetime,
    14_256_000_000,
  ],
  [
    'logger.level, format',
    { logger: { level: 'debug', format: 'json' } },
    (c) => [c.logger.level, c.logger.format],
    ['debug', 'json'],
  ],
  [
    'logger.excludeFields',
    { logger: { excludeFields: ['email'] } },
    (c) => c.logger.excludeFields,
    ['email'],
  ],
  ['frontend.dir, empty', { frontend: { dir: '' } }, () => 1, 1],
  ['frontend.theme', { frontend: { theme: 'light' } }, (c) => c.frontend.theme, 'light'],
  [
    'frontend.accentColor',
    { frontend: { accentColor: '#AA0000' } },
    (c) => c.frontend.accentColor,
    '#AA0000',
  ],
  [
    'frontend.supportURL',
    { frontend: { supportURL: 'mailto:help@example.com' } },
    (c) => c.frontend.supportURL,
    'mailto:help@example.com',
  ],
  [
    'frontend.notice',
    { frontend: { notice: { en: 'Hello', sv: 'Hej' } } },
    (c) => c.frontend.notice,
    { en: 'Hello', sv: 'Hej' },
  ],
  ['frontend.issuer', { frontend: { issuer: 'dex' } }, (c) => c.frontend.issuer, 'dex'],
  [
    'frontend.logoURL',
    { frontend: { logoURL: 'https://a/l.png' } },
    (c) => c.frontend.logoURL,
    'https://a/l.png',
  ],
  [
    "frontend.logoURL, Dex's own",
    { frontend: { logoURL: 'theme/logo.png' } },
    (c) => c.frontend.logoURL,
    undefined,
  ],
  [
    'frontend.extra',
    { frontend: { extra: { tos: 'https://a/tos' } } },
    (c) => c.frontend.extra,
    { tos: 'https://a/tos' },
  ],
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

/** Each that does not, or not with that value: the line says what to do. */
const refused: readonly (readonly [key: string, values: Values, line: RegExp])[] = [
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
    /there is no such connector; the only one is local/,
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
    'ldap github gitlab google microsoft oidc oauth saml samlExperimental authproxy bitbucket-cloud openshift',
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

describe("Dex's keys", () => {
  it.each(does)('%s does what it does in Dex', (_key, values, seen, is) => {
    const found = seen(load(values));
    if (typeof is === 'object' && is !== null) expect(found).toMatchObject(is);
    else expect(found).toBe(is);
  });

  it.each(refused)('%s is refused with the remedy', (_key, values, line) => {
    const attempt = () => load(values);
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(line);
    expect(attempt).toThrow(/^dex\.yaml:\d+:\d+: /);
  });

  it('has one line for each connector that is not served', () => {
    const connectors = [
      { type: 'ldap', id: 'ldap', name: 'LDAP' },
      { type: 'github', id: 'github', name: 'GitHub' },
    ];
    try {
      load({ connectors });
      expect.unreachable();
    } catch (error) {
      expect((error as ConfigError).faults.map(({ path }) => path)).toEqual([
        'connectors[0].type',
        'connectors[1].type',
      ]);
    }
  });

  it('expands nothing outside of storage and connectors, and nothing at all with DEX_EXPAND_ENV=false', () => {
    expect(load({ frontend: { issuer: '$ID' } }).frontend.issuer).toBe('$ID');
    const storage = { type: 'sqlite3', config: { file: '/$ID.db' } };
    const off = parseConfig(stringify({ ...minimal, storage }), 'dex.yaml', {
      ...deps,
      env: { ...env, DEX_EXPAND_ENV: 'false' },
    });
    expect(off.storage).toMatchObject({ type: 'sqlite3', file: '/$ID.db' });
  });
});
