import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseConfig } from '../../src/config/load-config.ts';

const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

function load(client: Readonly<Record<string, unknown>>) {
  const values = {
    issuer: 'https://id.example.com',
    web: { http: '127.0.0.1:5556' },
    staticClients: [{ id: 'robot', clientCredentialsClaims: {}, ...client }],
  };
  return parseConfig(stringify(values), 'dex.yaml', { dataDir: '/data', env: {} });
}

describe('staticClients[].jwks', () => {
  it('stands in place of a secret', () => {
    expect(load({ jwks: { keys: [key] } }).clients[0]?.jwks?.keys).toEqual([key]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['a private key', { jwks: { keys: [{ ...key, d: 'x' }] } }, /dex\.yaml:\d+:\d+.*this is a private key/],
    ['a secret key', { jwks: { keys: [{ kty: 'oct', k: 'x' }] } }, /expected RSA, EC or OKP/],
    ['a secret too', { secret: 's', jwks: { keys: [key] } }, /jwks stands in place of a secret/],
    ['neither', {}, /expected secret, secretEnv, secretFile, jwks or federatedCredentials/],
    [
      'groups that are Kubernetes’',
      { secret: 's', clientCredentialsClaims: { groups: ['system:masters'] } },
      /system:/,
    ],
    ['a public client for itself', { public: true }, /clientCredentialsClaims is for a client with a secret/],
  ])('%s is refused', (_name, client, message) => {
    expect(() => load(client)).toThrow(message);
  });
});

describe('staticClients[].introspect', () => {
  it('is for a client that proves who it is', () => {
    expect(load({ secret: 's', introspect: true }).clients[0]?.introspect).toBe(true);
    expect(load({ secret: 's' }).clients[0]?.introspect).toBe(false);
    expect(() => load({ public: true, clientCredentialsClaims: undefined, introspect: true })).toThrow(
      /introspect is for a client with a secret/,
    );
  });
});
