import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Config, parseConfig } from '../../src/config/index.ts';

const HOUR = 60 * 60_000;
const gateway = { https: '127.0.0.1:8443', authenticationConfig: 'a.yaml' };

function load(values: Readonly<Record<string, unknown>>): Config {
  const minimal = { issuer: 'https://id.example.com', web: { http: '127.0.0.1:5556' } };
  return parseConfig(stringify({ ...minimal, ...values }), 'dex.yaml', {
    dataDir: '/data',
    env: { PERIOD: '6h' },
  });
}
const local = (config: object) => ({ signer: { type: 'local', config } });

describe('signer', () => {
  it.each([
    ['absent', {}, undefined, undefined],
    ['without config', { signer: { type: 'local' } }, undefined, undefined],
    ["Dex's", local({ keysRotationPeriod: '6h', algorithm: 'ES256' }), 'ES256', 6 * HOUR],
    ["expanded, as Dex's is", local({ keysRotationPeriod: '$PERIOD' }), 'RS256', 6 * HOUR],
    ["Dex's former key", { expiry: { signingKeys: '8h' } }, undefined, 8 * HOUR],
    ['both', { expiry: { signingKeys: '8h' }, ...local({ keysRotationPeriod: '9h' }) }, 'RS256', 9 * HOUR],
    ['EdDSA without a gateway', local({ algorithm: 'EdDSA' }), 'EdDSA', undefined],
  ])('%s', (_name, values, algorithm, keysRotationPeriod) => {
    expect(load(values).signer).toEqual({ algorithm, keysRotationPeriod });
  });

  it.each([
    [
      'Vault',
      { signer: { type: 'vault' } },
      /^dex\.yaml:\d+:\d+: signer\.type: not served .*use type local, and storage\.encryption/,
    ],
    [
      'another algorithm',
      local({ algorithm: 'HS256' }),
      /signer\.config\.algorithm: expected RS256, ES256 or EdDSA/,
    ],
    [
      'no duration',
      local({ keysRotationPeriod: 'daily' }),
      /signer\.config\.keysRotationPeriod: expected a duration/,
    ],
    [
      'EdDSA before a gateway',
      { ...local({ algorithm: 'EdDSA' }), gateway },
      /signer\.config\.algorithm: the gateway takes no EdDSA/,
    ],
  ])('refuses %s', (_name, values, line) => {
    expect(() => load(values)).toThrow(line);
  });
});
