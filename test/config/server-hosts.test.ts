import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';

const CONFIG = `issuer: https://id.example.com
web: { http: 127.0.0.1:5556 }
gateway:
  https: 127.0.0.1:8443
  authenticationConfig: a.yaml
`;
const read = (gateway: string) =>
  parseConfig(CONFIG + gateway, 'sallyport.yaml', { dataDir: '/data', env: {} });

const target = (server: string) => `  target: { server: ${JSON.stringify(server)}, tokenFile: t }\n`;
const service = (upstream: string) =>
  `  services: [{ https: '127.0.0.1:9443', upstream: ${JSON.stringify(upstream)}, allowInsecure: true }]\n  target: embedded\n`;

/** What URL() makes another host of, or none: the host that is called must be the one that is written. */
const HOSTS = ['１２７.0.0.1', 'api。example', 'a\u0000b', 'a%00b', 'ex\u00e4mple', 'a\u00adpi', ' api'];

describe.each([
  ['an API server', target],
  ['a service', service],
])('S-257 the host of %s', (_what, configured) => {
  it.each(HOSTS)('cannot be %j', (host) => {
    expect(() => read(configured(`https://${host}:6443`))).toThrow(/expected the URL of/);
  });

  it.each(['api.example', '10.0.0.1', '[::1]', 'xn--exmple-cua.org'])('can be %j', (host) => {
    expect(() => read(configured(`https://${host}:6443`))).not.toThrow();
  });

  it.each(['me@api.example', ':secret@api.example', 'api.example/path', 'api.example/?a', 'api.example/#a'])(
    'comes with nothing that would be passed over: %j',
    (rest) => {
      expect(() => read(configured(`https://${rest}`))).toThrow(/expected the URL of/);
    },
  );
});
