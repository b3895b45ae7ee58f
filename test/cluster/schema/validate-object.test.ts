import { describe, expect, it } from 'vitest';
import { findResourceType, type KubeObject } from '../../../src/cluster/resources/index.ts';
import { applyDefaults, validateObject } from '../../../src/cluster/schema/index.ts';
import { fieldErrorBody } from '../../../src/kube/index.ts';

function typeOf(path: string) {
  const [group = '', version = '', resource = ''] = path.split('/');
  const type = findResourceType(group, version, resource);
  if (type === undefined) throw new Error(`not served: ${path}`);
  return type;
}

const metadata = { name: 'a', namespace: 'default' };

function errors(path: string, object: object, oldObject?: object): string[] {
  const type = typeOf(path);
  const defaulted = (each: object) => applyDefaults(type, { metadata, ...each } as KubeObject);
  const found = validateObject(
    type,
    defaulted(object),
    oldObject === undefined ? undefined : defaulted(oldObject),
  );
  return found.map((error) => `${error.field}: ${fieldErrorBody(error)}`);
}

const container = { name: 'c', image: 'i' };
const podSpec = { containers: [container] };
const labels = { a: 'b' };
const template = { metadata: { labels }, spec: podSpec };
const workload = { selector: { matchLabels: labels }, template };
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

describe('metadata', () => {
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
      { metadata: { name: 'a', finalizers: ['x', 'orphan', 'foregroundDeletion', 'kubernetes', 'x.io/f'] } },
      [
        'metadata.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified',
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

describe('pods', () => {
  const withContainer = (more: object) => ({ spec: { containers: [{ ...container, ...more }] } });

  it.each([
    // The first is recorded.
    ['no containers', { spec: { containers: [] } }, ['spec.containers: Required value']],
    ['no image', { spec: { containers: [{ name: 'c' }] } }, ['spec.containers[0].image: Required value']],
    ['no name', { spec: { containers: [{ image: 'i' }] } }, ['spec.containers[0].name: Required value']],
    [
      'a bad name',
      withContainer({ name: 'C' }),
      [expect.stringMatching(/^spec\.containers\[0\]\.name: Invalid value: "C": a lowercase RFC 1123 label/)],
    ],
    [
      'a name twice',
      { spec: { containers: [container, container] } },
      ['spec.containers[1].name: Duplicate value: "c"'],
    ],
    [
      'an init container of the same name',
      { spec: { ...podSpec, initContainers: [container] } },
      ['spec.containers[0].name: Duplicate value: "c"'],
    ],
    [
      'a port out of range',
      withContainer({ ports: [{ containerPort: 70_000 }] }),
      [
        'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      ],
    ],
    [
      'a port without number',
      withContainer({ ports: [{ name: 'http' }] }),
      ['spec.containers[0].ports[0].containerPort: Required value'],
    ],
    [
      'a port name twice',
      withContainer({
        ports: [
          { name: 'x', containerPort: 1 },
          { name: 'x', containerPort: 2 },
        ],
      }),
      ['spec.containers[0].ports[1].name: Duplicate value: "x"'],
    ],
    [
      'a protocol',
      withContainer({ ports: [{ containerPort: 1, protocol: 'ICMP' }] }),
      [
        'spec.containers[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
    [
      'a restart policy',
      { spec: { ...podSpec, restartPolicy: 'Sometimes' } },
      [
        'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"',
      ],
    ],
    [
      'an unknown volume',
      withContainer({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
      ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    [
      'a volume name twice',
      { spec: { ...podSpec, volumes: [{ name: 'v' }, { name: 'v' }] } },
      ['spec.volumes[1].name: Duplicate value: "v"'],
    ],
    [
      'a volume of two kinds',
      { spec: { ...podSpec, volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] } },
      ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
    ],
    [
      'a request above the limit',
      withContainer({ resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }),
      [
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
      ],
    ],
    [
      'a value from two places',
      withContainer({
        env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      }),
      [
        'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
      ],
    ],
  ])('are refused with %s', (_name, object, expected) => {
    expect(errors('/v1/pods', object)).toEqual(expected);
  });

  it.each([
    ['an image', withContainer({ image: 'j' })],
    ['labels', { metadata: { ...metadata, labels } }],
    ['a deadline', { spec: { ...podSpec, activeDeadlineSeconds: 5 } }],
    ['a further toleration', { spec: { ...podSpec, tolerations: [{ key: 'a', operator: 'Exists' }] } }],
  ])('may change %s', (_name, object) => {
    expect(errors('/v1/pods', { spec: podSpec, ...object }, { spec: podSpec })).toEqual([]);
  });

  it.each([
    [
      'a command',
      withContainer({ command: ['x'] }),
      /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`/,
    ],
    [
      'a node',
      { spec: { ...podSpec, nodeName: 'n' } },
      /^spec: Forbidden: pod updates may not change fields/,
    ],
    [
      'the number of containers',
      { spec: { containers: [container, { ...container, name: 'd' }] } },
      /^spec\.containers: Forbidden: pod updates may not add or remove containers/,
    ],
  ])('may not change %s', (_name, object, message) => {
    const found = errors('/v1/pods', object, { spec: podSpec });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });
});

describe('workloads', () => {
  it('report all that is wrong with a deployment (recorded)', () => {
    const spec = {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'c' } }, spec: { containers: [{ name: 'c' }] } },
    };
    expect(errors('apps/v1/deployments', { spec })).toEqual([
      'spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`',
      'spec.template.spec.containers[0].image: Required value',
    ]);
  });

  it('do not change their selector (recorded)', () => {
    const changed = { ...workload, selector: { matchLabels: { a: 'b', q: 'r' } } };
    expect(errors('apps/v1/deployments', { spec: changed }, { spec: workload })).toEqual([
      'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      'spec.selector: Invalid value: {"matchLabels":{"a":"b","q":"r"}}: field is immutable',
    ]);
  });

  it.each([
    [
      'apps/v1/deployments',
      { template },
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'apps/v1/deployments',
      { selector: {}, template },
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [
      'apps/v1/statefulsets',
      { selector: {}, template },
      ['spec.selector: Invalid value: {}: empty selector is invalid for statefulset'],
    ],
    [
      'apps/v1/deployments',
      { ...workload, replicas: -1 },
      ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'apps/v1/replicasets',
      { ...workload, template: { ...template, spec: { ...podSpec, restartPolicy: 'Never' } } },
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      'batch/v1/jobs',
      { template },
      [
        'spec.template.spec.restartPolicy: Unsupported value: "Always": supported values: "OnFailure", "Never"',
      ],
    ],
    [
      'batch/v1/cronjobs',
      {
        schedule: 'daily',
        jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } } },
      },
      ['spec.schedule: Invalid value: "daily": expected exactly 5 fields, found 1: [daily]'],
    ],
    [
      '/v1/replicationcontrollers',
      { selector: { a: 'c' }, template },
      [
        'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      ],
    ],
    ['apps/v1/deployments', workload, []],
    ['apps/v1/daemonsets', workload, []],
  ])('%s %#', (path, spec, expected) => {
    expect(errors(path, { spec })).toEqual(expected);
  });

  it('let a stateful set change only some fields', () => {
    const spec = { ...workload, serviceName: 's' };
    expect(errors('apps/v1/statefulsets', { spec: { ...spec, replicas: 3 } }, { spec })).toEqual([]);
    expect(errors('apps/v1/statefulsets', { spec: { ...spec, serviceName: 't' } }, { spec })).toEqual([
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ]);
  });
});

describe('services', () => {
  it.each([
    [{}, ['spec.ports: Required value']],
    [{ clusterIP: 'None' }, []],
    [{ type: 'ExternalName' }, ['spec.externalName: Required value']],
    [
      { type: 'Magic', ports: [{ port: 80 }] },
      [
        'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    [
      { ports: [{ port: 0 }] },
      [
        expect.stringContaining(
          'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        ),
        expect.stringContaining('targetPort'),
      ],
    ],
    [{ ports: [{ port: 1 }, { port: 2, name: 'b' }] }, ['spec.ports[0].name: Required value']],
    [
      {
        ports: [
          { port: 1, name: 'b' },
          { port: 2, name: 'b' },
        ],
      },
      ['spec.ports[1].name: Duplicate value: "b"'],
    ],
    [
      {
        ports: [
          { port: 1, name: 'a' },
          { port: 1, name: 'b' },
        ],
      },
      ['spec.ports[1]: Duplicate value: {"protocol":"TCP","port":1}'],
    ],
    [
      { clusterIP: 'here', ports: [{ port: 1 }] },
      [
        'spec.clusterIPs[0]: Invalid value: "here": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      { type: 'NodePort', ports: [{ port: 1, nodePort: 80 }] },
      [
        'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
      ],
    ],
  ])('%j', (spec, expected) => {
    expect(errors('/v1/services', { spec })).toEqual(expected);
  });

  it('keep their address', () => {
    const spec = { ports: [{ port: 80 }], clusterIP: '10.0.0.2' };
    expect(errors('/v1/services', { spec }, { spec: { ...spec, clusterIP: '10.0.0.1' } })).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set',
    ]);
  });
});

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

describe('network policies', () => {
  const from = (peer: object) => ({ ingress: [{ from: [peer] }] });
  const path = 'spec.ingress[0].from[0]';
  const cidrRule = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

  it.each([
    [from({}), [`${path}: Required value: must specify a peer`]],
    [
      from({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }),
      [`${path}: Forbidden: may not specify both ipBlock and another peer`],
    ],
    [from({ ipBlock: {} }), [`${path}.ipBlock.cidr: Required value`]],
    [
      from({ ipBlock: { cidr: '10.0.0.0' } }),
      [`${path}.ipBlock.cidr: Invalid value: "10.0.0.0": ${cidrRule}`],
    ],
    [
      from({ ipBlock: { cidr: '10.0.0.0/33' } }),
      [`${path}.ipBlock.cidr: Invalid value: "10.0.0.0/33": ${cidrRule}`],
    ],
    [from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }), []],
    [from({ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } }), []],
    [
      from({ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }),
      [`${path}.ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of \`cidr\``],
    ],
    [
      from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }),
      [`${path}.ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of \`cidr\``],
    ],
    [
      from({ ipBlock: { cidr: '10.0.0.0/8', except: ['2001:db8::/32'] } }),
      [`${path}.ipBlock.except[0]: Invalid value: "2001:db8::/32": must be a strict subset of \`cidr\``],
    ],
    [
      { ingress: [{ ports: [{ port: 70_000 }] }] },
      ['spec.ingress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    ],
    [
      { ingress: [{ ports: [{ port: 80, endPort: 70 }] }] },
      ['spec.ingress[0].ports[0].endPort: Invalid value: 70: must be greater than or equal to `port`'],
    ],
    [
      { ingress: [{ ports: [{ endPort: 70 }] }] },
      ['spec.ingress[0].ports[0].port: Required value: must be specified when `endPort` is specified'],
    ],
    [
      { policyTypes: ['Sideways'] },
      ['spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Egress", "Ingress"'],
    ],
    [{ egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 'http', protocol: 'UDP' }] }] }, []],
  ])('%j', (spec, expected) => {
    expect(errors('networking.k8s.io/v1/networkpolicies', { spec })).toEqual(expected);
  });
});

describe('other kinds', () => {
  it.each([
    [
      '/v1/persistentvolumeclaims',
      { spec: {} },
      [
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.resources[storage]: Required value',
      ],
    ],
    [
      'networking.k8s.io/v1/ingresses',
      { spec: {} },
      ['spec: Invalid value: {}: either `defaultBackend` or `rules` must be specified'],
    ],
    [
      'networking.k8s.io/v1/ingresses',
      {
        spec: {
          rules: [
            {
              http: {
                paths: [
                  {
                    path: 'x',
                    pathType: 'Prefix',
                    backend: { service: { name: 's', port: { number: 80 } } },
                  },
                ],
              },
            },
          ],
        },
      },
      ['spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path'],
    ],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      { spec: { scaleTargetRef: { kind: 'Deployment', name: 'd' } } },
      ['spec.maxReplicas: Invalid value: 0: must be greater than 0'],
    ],
    [
      'coordination.k8s.io/v1/leases',
      { spec: { leaseDurationSeconds: 0 } },
      ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
    ],
    [
      'policy/v1/poddisruptionbudgets',
      { spec: { minAvailable: 1, maxUnavailable: 1 } },
      [
        expect.stringMatching(
          /^spec: Invalid value: .*: minAvailable and maxUnavailable cannot be both set$/,
        ),
      ],
    ],
    [
      '/v1/events',
      { involvedObject: { namespace: 'other' } },
      ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ],
    ['/v1/events', { involvedObject: { kind: 'Node', name: 'n' } }, []],
  ])('%s %#', (path, object, expected) => {
    expect(errors(path, object)).toEqual(expected);
  });
});

describe('kinds of storage and of the API itself', () => {
  const source = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/d' } };
  const webhook = {
    name: 'a.b.c',
    clientConfig: { url: 'https://h' },
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  };

  it.each([
    [
      '/v1/persistentvolumes',
      { spec: {} },
      undefined,
      [
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.capacity: Required value',
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
      ['spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation'],
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
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only",
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
      { spec: { controller: 'b' } },
      { spec: { controller: 'a' } },
      ['spec.controller: Invalid value: "b": field is immutable'],
    ],
    [
      'admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
      { webhooks: [webhook, { ...webhook, name: 'short', clientConfig: {} }] },
      undefined,
      [
        'webhooks[1].name: Invalid value: "short": should be a domain with at least three segments separated by dots',
        'webhooks[1].clientConfig: Required value: exactly one of url or service is required',
      ],
    ],
    [
      'apiregistration.k8s.io/v1/apiservices',
      { spec: { group: 'g', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 } },
      undefined,
      ['metadata.name: Invalid value: "a": must be `spec.version+"."+spec.group`: "v1.g"'],
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
