import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../src/config/index.ts';

const head = (issuer: string) => `issuer: ${issuer}
web:
  http: 127.0.0.1:5556
`;
const authenticators = `mfa:
  authenticators:
    - id: totp-1
      type: TOTP
      config:
        issuer: Example
    - id: webauthn-1
      type: WebAuthn
      config:
        rpDisplayName: Example
        rpID: login.example.com
        rpOrigins: [https://login.example.com]
        attestationPreference: none
        userVerification: required
      connectorTypes: [local]
  defaultMFAChain: [totp-1]
`;

function parse(text: string, issuer = 'https://login.example.com/dex') {
  return parseConfig(head(issuer) + text, 'config.yaml', { dataDir: '/data', env: {} });
}

function faultsOf(text: string, issuer?: string) {
  try {
    parse(text, issuer);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.faults.map(({ path, line, message }) => ({ path, line, message }));
    throw error;
  }
  throw new Error('the configuration was taken');
}

describe('Dex’s mfa', () => {
  it('is taken, with the chains of clients', () => {
    const config = parse(`${authenticators}staticClients:
  - id: app
    secret: a-good-long-secret
    redirectURIs: [https://app.example.com/cb]
    mfaChain: [webauthn-1, totp-1]
  - id: open
    secret: another-good-secret
    redirectURIs: [https://open.example.com/cb]
    mfaChain: []
  - id: usual
    secret: one-more-good-secret
    redirectURIs: [https://usual.example.com/cb]
`);
    expect(config.mfa).toMatchObject({ defaultMFAChain: ['totp-1'], requiredForGroups: [] });
    expect(config.mfa.authenticators.map(({ type }) => type)).toEqual(['TOTP', 'WebAuthn']);
    expect(config.clients.map(({ mfaChain }) => mfaChain)).toEqual([['webauthn-1', 'totp-1'], [], undefined]);
  });

  it('may be for groups alone', () => {
    expect(parse('mfa:\n  requiredForGroups: [admins]\n').mfa).toEqual({
      authenticators: [],
      defaultMFAChain: [],
      requiredForGroups: ['admins'],
    });
  });

  it('needs no key at all', () => {
    expect(parse('').mfa.authenticators).toEqual([]);
  });
});

describe('a chain that cannot be passed', () => {
  it('is refused with its place and what there is', () => {
    expect(faultsOf(authenticators.replace('[totp-1]', '[totp-1, totp-2]'))).toEqual([
      {
        path: 'mfa.defaultMFAChain[1]',
        line: 19,
        message: 'no authenticator of mfa.authenticators has this id; there are totp-1, webauthn-1',
      },
    ]);
  });

  it('is one with passkeys where browsers make none', () => {
    for (const issuer of [
      'http://127.0.0.1:5556',
      'https://192.0.2.1',
      'http://login.example.com',
      'https://[::1]',
    ]) {
      const faults = faultsOf(authenticators.replace(/ {8}rp(ID|Origins).*\n/g, ''), issuer);
      expect(faults).toMatchObject([{ path: 'mfa.authenticators[1].type' }]);
    }
    const local = authenticators.replace(/ {8}rp(ID|Origins).*\n/g, '');
    expect(parse(local, 'http://localhost:5556').mfa.authenticators).toHaveLength(2);
  });
});

describe('what cannot be served', () => {
  it.each([
    ['rpID: login.example.com', 'rpID: example.com', 'expected the host of the issuer, login.example.com'],
    ['[https://login.example.com]', '[https://other.example.com]', 'expected the origin of the issuer'],
    ['attestationPreference: none', 'attestationPreference: direct', 'set none or remove the key'],
    ['id: webauthn-1', 'id: totp-1', 'another authenticator has this id'],
    ['type: TOTP', 'type: SMS', 'expected TOTP or WebAuthn'],
  ])('%s → %s', (before, after, message) => {
    const [fault] = faultsOf(authenticators.replace(before, after));
    expect(fault?.message).toContain(message);
    expect(fault?.line).toBeGreaterThan(3);
  });
});
