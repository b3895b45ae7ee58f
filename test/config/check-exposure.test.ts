import { describe, expect, it } from 'vitest';
import { checkExposure, parseConfig } from '../../src/config/index.ts';

const deps = { findDemoPasswords: async () => [], log: { warn: () => undefined } };
const config = (http: string, secret: string) =>
  parseConfig(
    `issuer: https://id.example.com
web: { http: '${http}' }
storage: { type: memory }
staticClients: [{ id: app, secret: '${secret}', redirectURIs: ['https://app.example/cb'] }]
`,
    'sallyport.yaml',
    { dataDir: '/data', env: {} },
  );

describe('a client secret that stands in examples', () => {
  it.each(['ZXhhbXBsZS1hcHAtc2VjcmV0', 'example-app-secret'])(
    '(%s) is refused where others can come',
    async (secret) => {
      await expect(checkExposure(config(':5556', secret), deps)).rejects.toThrow(
        'sallyport.yaml: staticClients[0]: the secret of app is one that stands in examples, and every interface:5556 can be reached from elsewhere; give it another (openssl rand -hex 32), or listen on 127.0.0.1',
      );
    },
  );

  it.each([
    ['127.0.0.1:5556', 'ZXhhbXBsZS1hcHAtc2VjcmV0'],
    ['0.0.0.0:5556', 'f3b1c2d4e5a69788f3b1c2d4e5a69788'],
  ])('is fine on %s as %s', async (http, secret) => {
    await expect(checkExposure(config(http, secret), deps)).resolves.toEqual([]);
  });

  it('is not repeated by the error', async () => {
    const attempt = checkExposure(config(':5556', 'portal-secret'), deps);
    await expect(attempt).rejects.not.toThrow('portal-secret');
  });
});

describe('a storage over http', () => {
  const warningsOf = async (endpoint: string) => {
    const warnings: string[] = [];
    const text = `issuer: https://id.example.com
web: { http: '127.0.0.1:5556' }
storage: { type: etcd, config: { endpoints: ['http://127.0.0.1:2379', '${endpoint}'] } }
`;
    const log = { warn: (_fields: object, message: string) => void warnings.push(message) };
    await checkExposure(parseConfig(text, 'sallyport.yaml', { dataDir: '/data', env: {} }), { ...deps, log });
    return warnings;
  };

  it.each([
    ['http://10.0.0.1:2379', [expect.stringContaining('the storage is reached over http')]],
    ['https://10.0.0.1:2379', []],
    ['http://[::1]:2379', []],
  ])('at %s', async (endpoint, expected) => {
    expect(await warningsOf(endpoint)).toEqual(expected);
  });
});
