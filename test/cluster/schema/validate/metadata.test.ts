import { describe, expect, it } from 'vitest';
import { errors, metadata, podSpec } from './support.ts';

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

const labelRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

describe('S-267 metadata', () => {
  it.each([
    // The first three are recorded.
    [{ metadata: { name: 'A_b' } }, [`metadata.name: Invalid value: "A_b": ${subdomainRule}`]],
    [{ metadata: {} }, ['metadata.name: Required value: name or generateName is required']],
    [
      { metadata: { name: 'lb', labels: { a: '-bad-' } } },
      [`metadata.labels: Invalid value: "-bad-": ${labelRule}`],
    ],
    [{ metadata: { generateName: 'gen-' } }, []],
    [
      { metadata: { generateName: 'Gen-' } },
      [`metadata.generateName: Invalid value: "Gen-": ${subdomainRule}`],
    ],
    [
      { metadata: { name: 'a', annotations: { 'a b': 'x' } } },
      [expect.stringMatching(/^metadata\.annotations: Invalid value: "a b": name part must consist/)],
    ],
    [
      { metadata: { name: 'a', annotations: { a: 'x'.repeat(262_144) } } },
      ['metadata.annotations: Too long: may not be more than 262144 bytes'],
    ],
    [
      { metadata: { name: 'a', finalizers: ['not valid'] } },
      [
        expect.stringMatching(/^metadata\.finalizers: Invalid value: "not valid"/),
        'metadata.finalizers[0]: Invalid value: "not valid": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
    [
      { metadata: { name: 'a', finalizers: ['x', 'orphan', 'kubernetes', 'x.io/f'] } },
      [
        'metadata.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
    // The following four are recorded.
    [
      { metadata: { name: 'a', finalizers: ['orphan', 'foregroundDeletion'] } },
      [
        'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
      ],
    ],
    [
      { metadata: { name: 'a', ownerReferences: [{ apiVersion: 'a/', kind: '', name: 'a', uid: 'b' }] } },
      [
        'metadata.ownerReferences.apiVersion: Invalid value: "a/": version must not be empty',
        'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
      ],
    ],
    [
      {
        metadata: { name: 'a', ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'a', uid: 'b' }] },
      },
      [
        'metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"a","uid":"b"}: /v1, Kind=Event is disallowed from being an owner',
      ],
    ],
    [
      {
        metadata: {
          name: 'a',
          ownerReferences: [
            { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b', controller: true },
            { apiVersion: 'v1', kind: 'Pod', name: 'c', uid: 'd', controller: true },
          ],
        },
      },
      [
        'metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"Pod","name":"a","uid":"b","controller":true},{"apiVersion":"v1","kind":"Pod","name":"c","uid":"d","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for Pod/a and Pod/c',
      ],
    ],
    [
      { metadata: { name: 'a', ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p' }] } },
      ['metadata.ownerReferences.uid: Invalid value: "": must not be empty'],
    ],
  ])('%#: of a config map', (object, expected) => {
    expect(errors('/v1/configmaps', object)).toEqual(expected);
  });

  it.each([
    ['/v1/namespaces', 'a.b', {}, /must not contain dots/],
    ['/v1/services', '1a', { spec: { ports: [{ port: 80 }] } }, /DNS-1035 label/],
    [
      'batch/v1/cronjobs',
      'a'.repeat(53),
      {
        spec: {
          schedule: '* * * * *',
          jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } } },
        },
      },
      /must be no more than 52 characters/,
    ],
    ['rbac.authorization.k8s.io/v1/roles', 'a/b', {}, /may not contain '\/'/],
  ])('%s may not be called %s', (path, name, object, message) => {
    const found = errors(path, { ...object, metadata: { name } });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it('lets RBAC objects have colons', () => {
    expect(errors('rbac.authorization.k8s.io/v1/clusterroles', { metadata: { name: 'system:X_y' } })).toEqual(
      [],
    );
  });

  it('takes no new finalizer while the object is being deleted (recorded)', () => {
    const old = {
      metadata: { ...metadata, deletionTimestamp: '2026-11-24T00:39:49Z', finalizers: ['x.io/f'] },
    };
    const given = { metadata: { ...old.metadata, finalizers: ['x.io/f', 'y.io/f'] } };
    expect(errors('/v1/configmaps', given, old)).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"y.io/f"}',
    ]);
  });

  it('does not change identity', () => {
    expect(
      errors(
        '/v1/configmaps',
        { metadata: { ...metadata, uid: '2' } },
        { metadata: { ...metadata, uid: '1' } },
      ),
    ).toEqual(['metadata.uid: Invalid value: "2": field is immutable']);
  });
});
