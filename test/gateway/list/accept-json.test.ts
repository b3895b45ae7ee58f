import { describe, expect, it } from 'vitest';
import { acceptJson } from '../../../src/gateway/list/accept-json.ts';
import { StatusError } from '../../../src/kube/index.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

describe('the Accept header of the narrower requests', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*;q=0.5', 'application/json;q=0.5'],
    [`${TABLE},application/json`, `${TABLE},application/json`],
    ['application/vnd.kubernetes.protobuf, application/json', 'application/json'],
    [
      'application/cbor,application/yaml;q=0.9,application/JSON;stream=watch',
      'application/json;stream=watch',
    ],
  ])('of %s is %s', (accept, expected) => {
    expect(acceptJson(accept)).toBe(expected);
  });

  it('does not exist for a client that takes no JSON', () => {
    expect(() => acceptJson('application/vnd.kubernetes.protobuf;as=Table')).toThrow(StatusError);
  });
});
