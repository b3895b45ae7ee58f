import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

describe('config maps and secrets', () => {
  const keyRule =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

  it.each([
    ['/v1/configmaps', { data: { 'a b': 'x' } }, [`data[a b]: Invalid value: "a b": ${keyRule}`]],
    ['/v1/configmaps', { data: { '..': 'x' } }, [`data[..]: Invalid value: "..": must not be '..'`]],
    [
      '/v1/configmaps',
      { data: { k: 'x' }, binaryData: { k: 'eA==' } },
      ['data[k]: Invalid value: "k": duplicate of key present in binaryData'],
    ],
    [
      '/v1/configmaps',
      { data: { k: 'x'.repeat(1_048_577) } },
      [': Too long: may not be more than 1048576 bytes'],
    ],
    ['/v1/secrets', { data: { 'a/b': 'eA==' } }, [`data[a/b]: Invalid value: "a/b": ${keyRule}`]],
    [
      '/v1/secrets',
      { type: 'kubernetes.io/tls', data: { 'tls.crt': '' } },
      ['data[tls.key]: Required value'],
    ],
    [
      '/v1/secrets',
      { type: 'kubernetes.io/basic-auth' },
      ['data[username]: Required value', 'data[password]: Required value'],
    ],
    [
      '/v1/secrets',
      { type: 'kubernetes.io/service-account-token' },
      ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
    ],
    ['/v1/secrets', { type: 'kubernetes.io/dockerconfigjson' }, ['data[.dockerconfigjson]: Required value']],
    [
      '/v1/secrets',
      { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{}' } },
      [],
    ],
    [
      '/v1/secrets',
      { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{auths}' } },
      [
        `data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'a' looking for beginning of object key string`,
      ],
    ],
    [
      '/v1/secrets',
      { type: 'kubernetes.io/dockercfg', stringData: { '.dockercfg': '' } },
      ['data[.dockercfg]: Invalid value: "<secret contents redacted>": unexpected end of JSON input'],
    ],
    [
      '/v1/secrets',
      { type: 'kubernetes.io/dockercfg', stringData: { '.dockercfg': '[]' } },
      [
        'data[.dockercfg]: Invalid value: "<secret contents redacted>": json: cannot unmarshal array into Go value of type map[string]interface {}',
      ],
    ],
    [
      '/v1/secrets',
      { type: 'kubernetes.io/ssh-auth', data: { 'ssh-privatekey': '' } },
      ['data[ssh-privatekey]: Required value'],
    ],
    ['/v1/secrets', { type: 'constructor' }, []],
  ])('%s %#', (path, object, expected) => {
    expect(errors(path, object)).toEqual(expected);
  });

  it('do not change a type, nor what is immutable', () => {
    expect(errors('/v1/secrets', { type: 'b' }, { type: 'a' })).toEqual([
      'type: Invalid value: "b": field is immutable',
    ]);
    expect(errors('/v1/configmaps', { data: { k: '2' } }, { data: { k: '1' }, immutable: true })).toEqual([
      'immutable: Forbidden: field is immutable when `immutable` is set',
      'data: Forbidden: field is immutable when `immutable` is set',
    ]);
  });

  it('never print a secret value', () => {
    const found = errors('/v1/secrets', { data: { 'bad key': 'c2VjcmV0' } });
    expect(found.join()).not.toContain('c2VjcmV0');
    expect(found).toHaveLength(1);
  });
});
