import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseConfig } from '../../src/config/load-config.ts';

const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
const pod = { issuer: 'https://kubernetes.default.svc', subject: 'system:serviceaccount:builds:deployer' };

type Values = Readonly<Record<string, unknown>>;

function load(credentials: readonly Values[], client: Values = {}, others: readonly Values[] = []) {
  const robot = { id: 'robot', clientCredentialsClaims: {}, federatedCredentials: credentials, ...client };
  const values = {
    issuer: 'https://id.example.com',
    web: { http: '127.0.0.1:5556' },
    staticClients: [robot, ...others],
  };
  return parseConfig(stringify(values), 'dex.yaml', { dataDir: '/data', env: {} });
}

function fileWith(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'jwks-')), 'jwks.json');
  writeFileSync(file, text);
  return file;
}

describe('staticClients[].federatedCredentials', () => {
  it('stand in place of a secret', () => {
    const [client] = load([{ ...pod, audience: 'builds' }]).clients;
    expect(client).toMatchObject({ federatedCredentials: [{ ...pod, audience: 'builds' }] });
    expect(client).not.toHaveProperty('secret');
  });

  it('read the keys of an issuer that cannot be reached', () => {
    const jwksFile = fileWith(JSON.stringify({ keys: [key] }));
    expect(load([{ ...pod, jwksFile }]).clients[0]?.federatedCredentials).toEqual([
      { ...pod, jwks: { keys: [key] } },
    ]);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'keys from an address that others could answer for',
      () => load([{ ...pod, issuer: 'http://issuer.example' }]),
      /dex\.yaml:\d+:\d+: staticClients\[0\]\.federatedCredentials\[0\]\.issuer: expected an https URL/,
    ],
    [
      'a password in it',
      () => load([{ ...pod, jwksURL: 'https://a:b@issuer.example' }]),
      /expected an https URL/,
    ],
    [
      'keys from two places',
      () => load([{ ...pod, jwksURL: 'https://a.example', jwksFile: '/x' }]),
      /expected jwksURL or jwksFile, not both/,
    ],
    ['no such file', () => load([{ ...pod, jwksFile: '/nowhere/jwks' }]), /\/nowhere\/jwks: no such file/],
    [
      'a file of something else',
      () => load([{ ...pod, jwksFile: fileWith('kind: Secret') }]),
      /jwksFile: .*expected a JWK set such as kubectl get --raw/,
    ],
    [
      'private keys in the file',
      () => load([{ ...pod, jwksFile: fileWith(JSON.stringify({ keys: [{ ...key, d: 'x' }] })) }]),
      /this is a private key/,
    ],
    [
      'a client without a secret',
      () => load([pod], { public: true }),
      /federatedCredentials are for a client/,
    ],
    [
      'a client with a key pair',
      () => load([pod], { jwks: { keys: [key] } }),
      /federatedCredentials are for/,
    ],
    [
      'a token that would be two clients',
      () => load([pod], {}, [{ id: 'other', clientCredentialsClaims: {}, federatedCredentials: [pod] }]),
      /staticClients\[1\]\.federatedCredentials\[0\]: this subject of this issuer is robot already/,
    ],
  ])('%s: refused', (_name, make, message) => {
    expect(make).toThrow(message);
  });
});
