import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../src/config/index.ts';

const valid = {
  issuer: 'https://corp.example',
  clientID: 'sallyport',
  clientSecret: 'upstream-secret',
};

function load(config: object, more: object = {}, entry: object = {}) {
  const value = {
    issuer: 'https://id.example/dex',
    web: { https: '127.0.0.1:0', tlsCert: 'c', tlsKey: 'k' },
    connectors: [{ type: 'oidc', id: 'corp', name: 'Corporation', config, ...entry }],
    ...more,
  };
  const deps = {
    dataDir: '/nowhere',
    env: { CORP: 'of-the-environment' },
    readNamed: (file: string) =>
      file === 'secret'
        ? { text: 'of-a-file\n', stamp: '' }
        : { text: '', stamp: '', problem: 'no such file' },
  } as unknown as Parameters<typeof parseConfig>[2];
  return parseConfig(JSON.stringify(value), 'sallyport.yaml', deps);
}

function faultsOf(...given: Parameters<typeof load>): string[] {
  try {
    load(...given);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ path, message, line }) => `${line}: ${path}: ${message}`);
  }
}

describe('a connector of type oidc', () => {
  it('gets an address of its own, and the secret from wherever it is', () => {
    const [connector] = load(valid).connectors;
    expect(connector?.config).toMatchObject({
      redirectURI: 'https://id.example/dex/callback/corp',
      clientSecret: 'upstream-secret',
      insecureEnableGroups: false,
      rootCAs: [],
    });
    const { clientSecret: _secret, ...rest } = valid;
    const secretOf = (config: object) => load(config).connectors[0]?.config.clientSecret;
    expect(secretOf({ ...rest, clientSecretEnv: 'CORP' })).toBe('of-the-environment');
    expect(secretOf({ ...rest, clientSecretFile: 'secret' })).toBe('of-a-file');
    expect(secretOf({ ...rest, clientSecret: '$CORP' })).toBe('of-the-environment');
    expect(secretOf(rest)).toBeUndefined();
  });

  it.each([
    ['over http', { issuer: 'http://corp.example' }, /config\.issuer: expected https/],
    ['that certifies nothing', { insecureSkipVerify: true }, /insecureSkipVerify: .*in rootCAs/],
    ['with plain PKCE', { pkceChallenge: 'plain' }, /pkceChallenge: only S256 is used/],
    ['with domains', { hostedDomains: ['a'] }, /hostedDomains: Dex ignores this key/i],
    ['with an alias', { issuerAlias: 'https://a' }, /issuerAlias: .*set issuer to what/],
    ['with two secrets', { clientSecretEnv: 'CORP' }, /expected one of clientSecret, clientSecretEnv/],
    [
      'without a file',
      { clientSecret: undefined, clientSecretFile: 'no' },
      /clientSecretFile: no: no such file/,
    ],
    ['with groups that nobody has', { allowedGroups: ['a'] }, /allowedGroups: nobody has a group without/],
    [
      'that sends elsewhere',
      { redirectURI: 'https://id.example/cb' },
      /redirectURI: expected https:\/\/id\.example\/dex\/callback\/corp or/,
    ],
    [
      'with no pattern',
      { claimModifications: { filterGroupClaims: { groupsFilter: '(' } } },
      /no pattern that RE2 takes/,
    ],
    [
      'with no certificate',
      { rootCAs: ['-----BEGIN CERTIFICATE-----\nx'] },
      /rootCAs\[0\]: expected certificates in PEM/,
    ],
    ['with another key', { clientId: 'x' }, /clientId: unknown key; did you mean clientID\?/],
    [
      'with tokens over http',
      { providerDiscoveryOverrides: { tokenURL: 'http://a.example' } },
      /tokenURL: expected https/,
    ],
  ])('%s is refused with its place', (_what, config, fault) => {
    expect(faultsOf({ ...valid, ...config })).toEqual([expect.stringMatching(/^\d+: /)]);
    expect(faultsOf({ ...valid, ...config })[0]).toMatch(fault);
  });

  it('may be on this machine over http', () => {
    expect(faultsOf({ ...valid, issuer: 'http://127.0.0.1:5557/dex' })).toEqual([]);
  });
});

describe('connectors', () => {
  const other = (id: string, config = {}) => ({
    connectors: ['corp', id].map((one) => ({
      type: 'oidc',
      id: one,
      name: one,
      config: { ...valid, ...config },
    })),
  });

  it.each([
    ['called as the accounts here', other('local'), /connectors\[1\]\.id: local is what/],
    ['called the same', other('corp'), /connectors\[1\]\.id: another connector has the id corp/],
    [
      'with one address',
      other('b', { redirectURI: 'https://id.example/dex/callback' }),
      /redirectURI: the connector corp has the same, .*use https:\/\/id\.example\/dex\/callback\/b here/,
    ],
    ['with no name for an address', other('a/b'), /connectors\[1\]\.id: expected letters/],
  ])('%s are refused', (_what, more, fault) => {
    expect(faultsOf(valid, more).join('\n')).toMatch(fault);
  });

  it('that a client lets in are there', () => {
    const client = (allowedConnectors: string[]) => ({
      staticClients: [{ id: 'a', public: true, allowedConnectors }],
    });
    expect(faultsOf(valid, client(['local', 'corp']))).toEqual([]);
    expect(faultsOf(valid, client(['github'])).join()).toMatch(
      /there is no such connector; there are local, corp/,
    );
  });

  it('with grantTypes are refused', () => {
    expect(faultsOf(valid, {}, { grantTypes: ['password'] }).join()).toMatch(
      /grantTypes: .*staticClients' grantTypes/,
    );
  });
});
