import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseConfig } from '../../src/config/load-config.ts';

type Values = Readonly<Record<string, unknown>>;

function load(client: Values, oauth2: Values = {}) {
  const values = {
    issuer: 'https://id.example.com',
    web: { http: '127.0.0.1:5556' },
    oauth2,
    staticClients: [{ id: 'app', ...client }],
  };
  return parseConfig(stringify(values), 'dex.yaml', { dataDir: '/data', env: {} });
}

const device = 'urn:ietf:params:oauth:grant-type:device_code';

describe('staticClients[].grantTypes', () => {
  it('need no redirect URIs without authorization_code', () => {
    expect(load({ secret: 's', grantTypes: [device] }).clients[0]?.grantTypes).toEqual([device]);
    expect(load({ secret: 's' }, { grantTypes: [device] }).clients[0]?.grantTypes).toBeUndefined();
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'one that is not served',
      () => load({ secret: 's', grantTypes: [device, 'client_credentials'] }),
      /dex\.yaml:\d+:\d+: staticClients\[0\]\.grantTypes\[1\]: client_credentials is not served: add it/,
    ],
    [
      'one for itself without a secret',
      () =>
        load({ public: true, grantTypes: ['client_credentials'] }, { grantTypes: ['client_credentials'] }),
      /client_credentials is for a client with a secret/,
    ],
    [
      'an unknown one',
      () => load({ secret: 's', grantTypes: ['implicit'] }),
      /expected authorization_code, .*; implicit is not served/,
    ],
    [
      'a password without a connector for it',
      () => load({ secret: 's', grantTypes: ['password'] }),
      /grantTypes\[0\]: password is not served: add it to oauth2\.grantTypes, or remove it here/,
    ],
    ['none', () => load({ secret: 's', grantTypes: [] }), /expected at least one/],
    [
      'sign-ins without redirect URIs',
      () => load({ secret: 's', grantTypes: ['authorization_code'] }),
      /staticClients\[0\].redirectURIs: expected at least one of redirectURIs/,
    ],
    ['the same by default', () => load({ secret: 's' }), /expected at least one of redirectURIs/],
  ])('%s: refused', (_name, make, message) => {
    expect(make).toThrow(message);
  });
});
