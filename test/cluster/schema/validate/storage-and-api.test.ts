import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

describe('kinds of storage and of the API itself', () => {
  const source = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/d' } };
  it.each([
    [
      '/v1/persistentvolumes',
      { spec: {} },
      undefined,
      [
        'spec.accessModes: Required value',
        'spec.capacity: Required value',
        'spec.capacity: Unsupported value: null: supported values: "storage"',
        'spec: Required value: must specify a volume type',
      ],
    ],
    [
      '/v1/persistentvolumes',
      { spec: { ...source, nfs: { server: 's', path: '/' } } },
      undefined,
      ['spec.nfs: Forbidden: may not specify more than 1 volume type'],
    ],
    [
      '/v1/persistentvolumes',
      { spec: { ...source, hostPath: { path: '/other' } } },
      { spec: source },
      [
        expect.stringContaining(
          'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation',
        ),
      ],
    ],
    ['/v1/persistentvolumes', { spec: { ...source, claimRef: { name: 'c' } } }, { spec: source }, []],
    [
      'storage.k8s.io/v1/storageclasses',
      { provisioner: 'b', volumeBindingMode: 'WaitForFirstConsumer' },
      { provisioner: 'a' },
      [
        'provisioner: Forbidden: updates to provisioner are forbidden.',
        'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
      ],
    ],
    [
      'scheduling.k8s.io/v1/priorityclasses',
      { metadata: { name: 'system-mine' }, value: 1 },
      undefined,
      [
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class",
      ],
    ],
    [
      'scheduling.k8s.io/v1/priorityclasses',
      { value: 1_000_000_001 },
      undefined,
      ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    ],
    [
      'scheduling.k8s.io/v1/priorityclasses',
      { value: 2 },
      { value: 1 },
      ['value: Forbidden: may not be changed in an update.'],
    ],
    [
      'networking.k8s.io/v1/ingressclasses',
      { spec: { controller: 'a.io/b' } },
      { spec: { controller: 'a.io/a' } },
      ['spec.controller: Invalid value: "a.io/b": field is immutable'],
    ],
    [
      'networking.k8s.io/v1/ingressclasses',
      { spec: { controller: 'nginx' } },
      undefined,
      ['spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")'],
    ],
    [
      'networking.k8s.io/v1/ingressclasses',
      { spec: { controller: 'a.io/a', parameters: { kind: 'K', name: 'n', scope: 'Namespace' } } },
      undefined,
      ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
    ],
    [
      '/v1/endpoints',
      { subsets: [{ addresses: [{ ip: 'here' }], ports: [{ port: 80 }, { port: 0, name: 'b' }] }, {}] },
      undefined,
      [
        'subsets[0].addresses[0].ip: Invalid value: "here": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'subsets[0].addresses[0].ip: Invalid value: "here": must be a valid IP address',
        'subsets[0].ports[0].name: Required value',
        'subsets[0].ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'subsets[1]: Required value: must specify `addresses` or `notReadyAddresses`',
      ],
    ],
    [
      'discovery.k8s.io/v1/endpointslices',
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: ['2001:db8::1'] }, { addresses: [] }],
        ports: [
          { name: 'a', port: 1 },
          { name: 'a', port: 2 },
        ],
      },
      { addressType: 'IPv6', endpoints: [] },
      [
        'endpoints[0].addresses: Invalid value: "2001:db8::1": must be an IPv4 address',
        'endpoints[1].addresses: Required value: must contain at least 1 address',
        'ports[1].name: Duplicate value: "a"',
        'addressType: Invalid value: "IPv4": field is immutable',
      ],
    ],
    [
      'apiregistration.k8s.io/v1/apiservices',
      { spec: { group: 'g', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 } },
      undefined,
      ['metadata.name: Invalid value: "a": must be `spec.version+"."+spec.group`: "v1.g"'],
    ],
    [
      'apiregistration.k8s.io/v1/apiservices',
      {
        metadata: { name: 'v1.a.b' },
        spec: {
          group: 'a.b',
          version: 'v1',
          groupPriorityMinimum: 20001,
          versionPriority: 1,
          service: { port: 0 },
        },
      },
      undefined,
      [
        'spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000',
        'spec.service.namespace: Required value',
        'spec.service.name: Required value',
        'spec.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive',
      ],
    ],
    [
      'apiregistration.k8s.io/v1/apiservices',
      {
        metadata: { name: 'v2.' },
        spec: { version: 'v2', groupPriorityMinimum: 1, versionPriority: 1, insecureSkipTLSVerify: true },
      },
      undefined,
      [
        'spec.group: Required value: only v1 may have an empty group and it better be legacy kube',
        'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
      ],
    ],
    [
      'apps/v1/controllerrevisions',
      { data: { a: 2 } },
      { data: { a: 1 } },
      ['data: Invalid value: {"a":2}: field is immutable'],
    ],
  ])('%s %#', (path, object, old, expected) => {
    expect(errors(path, object, old)).toEqual(expected);
  });
});
