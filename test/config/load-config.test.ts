import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/index.ts';
import { deps, GATEWAY, MINIMAL } from './texts.ts';

const DEMO = resolve(import.meta.dirname, '../../config/demo.yaml');

describe('loading a configuration', () => {
  it.each([
    ['0s', 0],
    ['3s', 3000],
  ])('takes a reuse interval of %s', (text, ms) => {
    const config = parseConfig(
      `${MINIMAL}expiry: { refreshTokens: { reuseInterval: ${text} } }\n`,
      'sallyport.yaml',
      deps,
    );
    expect(config.expiry.refreshTokens?.reuseInterval).toBe(ms);
  });

  it('takes the demo', async () => {
    const config = await loadConfig(DEMO, deps);
    expect(
      config.passwords.map(({ email, preferredUsername, groups }) => [email, preferredUsername, groups]),
    ).toEqual([
      ['admin@example.com', 'admin', ['platform-admins']],
      ['jane@example.com', 'jane', ['developers']],
      ['bob@example.com', 'bob', []],
    ]);
    expect(config.storage).toEqual({
      type: 'sqlite3',
      file: '/data/sallyport.db',
      synchronous: 'full',
    });
    expect(config.gateway?.authenticationConfig).toBe(join(DEMO, '../demo/authentication.yaml'));
  });

  it('takes the keys of a Dex file', () => {
    const config = parseConfig(
      `issuer: http://127.0.0.1:5556/dex
storage: { type: sqlite3, config: { file: /var/dex/dex.db } }
web: { http: 0.0.0.0:5556 }
expiry: { idTokens: 24h, authRequests: 1h30m, refreshTokens: { validIfNotUsedFor: 2160h } }
oauth2: { skipApprovalScreen: true, responseTypes: [code] }
logger: { level: debug, format: json }
telemetry: { http: 0.0.0.0:5558, enableProfiling: false }
staticClients:
  - { id: app, redirectURIs: ['http://127.0.0.1:5555/callback'], name: App, secretEnv: CLIENT_SECRET }
enablePasswordDB: true
staticPasswords:
  - { email: a@example.com, hash: $2a$10$WutfJlkVrOgHAtgsqQDJuunJWpKh3cJatHWTujmyVUnnaTAb7t24q, username: a, userID: "1" }
`,
      'dex.yaml',
      deps,
    );
    expect(config.expiry).toEqual({
      idTokens: 86_400_000,
      authRequests: 5_400_000,
      refreshTokens: { validIfNotUsedFor: 7_776_000_000 },
    });
    expect(config.clients[0]).toMatchObject({ id: 'app', secret: 's3cret' });
    expect(config.web.http).toEqual({ host: '0.0.0.0', port: 5556 });
    expect(config.telemetry.http).toEqual({ host: '0.0.0.0', port: 5558 });
  });

  it('takes an audit webhook alone, its files beside the configuration, with what it has by default', () => {
    const text = `${MINIMAL}gateway: { https: 127.0.0.1:1, authenticationConfig: a, audit: { policyFile: p, webhook: { configFile: r.yaml } } }\n`;
    expect(parseConfig(text, '/etc/sallyport.yaml', deps).gateway?.audit).toEqual({
      policyFile: '/etc/p',
      strict: false,
      webhook: {
        configFile: '/etc/r.yaml',
        allowInsecure: false,
        batch: { maxSize: 400, maxWait: 1000 },
        queue: { maxSizeMiB: 256 },
        durability: 'batch',
      },
    });
  });

  it('takes files of the identity provider’s trail relative to its own', () => {
    const text = `${MINIMAL}audit: { log: { path: identity.log }, webhook: { configFile: r.yaml } }\n`;
    expect(parseConfig(text, '/etc/sallyport.yaml', deps).audit).toMatchObject({
      log: { path: '/etc/identity.log', maxSizeMiB: 100 },
      webhook: { configFile: '/etc/r.yaml' },
      strict: false,
    });
    const toStdout = `${MINIMAL}audit: { log: { path: '-' } }\n`;
    expect(parseConfig(toStdout, '/etc/sallyport.yaml', deps).audit?.log?.path).toBe('-');
  });

  it('takes the gateway’s files relative to its own', () => {
    const text = `${GATEWAY}  clientCA: ca.crt\n  target: { kubeconfig: k }\n  tokenReview: { audiences: [gateway] }\n`;
    expect(parseConfig(text, '/etc/sallyport/sallyport.yaml', deps).gateway).toMatchObject({
      clientCA: '/etc/sallyport/ca.crt',
      authenticationConfig: '/etc/sallyport/a.yaml',
      target: { kubeconfig: '/etc/sallyport/k' },
      tokenReview: { audiences: ['gateway'] },
    });
  });

  it('names a file that is not there', async () => {
    await expect(loadConfig('/nowhere/x.yaml', deps)).rejects.toThrow(
      '/nowhere/x.yaml: no such file; give the path of a configuration file with --config',
    );
  });
});
