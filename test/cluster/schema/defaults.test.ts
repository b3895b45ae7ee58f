import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtInTable, findResourceType, type KubeObject } from '../../../src/cluster/resources/index.ts';
import {
  applyDefaults,
  checkTypes,
  prepareForCreate,
  prepareForUpdate,
  validateObject,
} from '../../../src/cluster/schema/index.ts';

const uid = '959a4b32-b048-4b04-9f3e-1f4762333593';
const allocators = { randomSuffix: () => 'jqm9f', clusterIP: () => '10.0.0.0', nodePort: () => 30001 };

function typeOf(apiVersion: string, kind: string) {
  const type = builtInTable.types.find(
    (each) => [each.group, each.version].filter(Boolean).join('/') === apiVersion && each.kind === kind,
  );
  if (type === undefined) throw new Error(`not served: ${apiVersion} ${kind}`);
  return type;
}

function create(object: KubeObject): KubeObject {
  const type = typeOf(object.apiVersion ?? '', object.kind ?? '');
  expect(checkTypes(type, object)).toBeUndefined();
  const defaulted = applyDefaults(type, object);
  const named = { ...defaulted, metadata: { ...defaulted.metadata, uid } };
  const created = prepareForCreate(type, named, allocators);
  expect(validateObject(type, created)).toEqual([]);
  return created;
}

/** What differs from run to run or is not of the schema: times, uids, the recorded server's own extras. */
function masked(object: KubeObject): unknown {
  const {
    uid: _uid,
    creationTimestamp: _time,
    generation: _generation,
    namespace: _namespace,
    ...metadata
  } = object.metadata;
  const text = JSON.stringify({ ...object, metadata });
  return JSON.parse(text.replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '<uid>'));
}

const recorded = new Map(
  readFileSync(new URL('../../corpus/cluster/defaults.txt', import.meta.url), 'utf8')
    .replace(
      ',{"configMap":{"name":"openshift-service-ca.crt","items":[{"key":"service-ca.crt","path":"service-ca.crt"}]}}',
      '',
    )
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as KubeObject)
    .map((object) => [object.kind ?? '', object]),
);

const metadata = { name: 'x' };
const labels = { a: 'b' };
const selector = { matchLabels: labels };
const container = { name: 'c', image: 'i' };
const template = (spec: object) => ({ metadata: { labels }, spec });

describe('a minimal object', () => {
  const minimal: Record<string, object> = {
    Pod: {
      apiVersion: 'v1',
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            ports: [{ containerPort: 80 }],
            livenessProbe: { httpGet: { port: 80 } },
          },
        ],
      },
    },
    Deployment: {
      apiVersion: 'apps/v1',
      spec: {
        selector,
        template: template({
          volumes: [
            { name: 'v', configMap: { name: 'c' } },
            { name: 's', secret: { secretName: 'c' } },
          ],
          containers: [{ name: 'c', image: 'i:1' }],
        }),
      },
    },
    Service: { apiVersion: 'v1', spec: { selector: labels, ports: [{ port: 80 }] } },
    PersistentVolumeClaim: {
      apiVersion: 'v1',
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    StatefulSet: {
      apiVersion: 'apps/v1',
      spec: { serviceName: 's', selector, template: template({ containers: [container] }) },
    },
    Job: {
      apiVersion: 'batch/v1',
      spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
    },
    NetworkPolicy: { apiVersion: 'networking.k8s.io/v1', spec: { podSelector: {}, ingress: [{}] } },
    Node: { apiVersion: 'v1' },
    Lease: { apiVersion: 'coordination.k8s.io/v1', spec: { holderIdentity: 'a' } },
    ClusterRole: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
    },
  };

  it.each(Object.keys(minimal))('of kind %s becomes what kube-apiserver returned', (kind) => {
    const created = create({ kind, metadata, ...minimal[kind] });
    const expected = recorded.get(kind);
    expect(expected).toBeDefined();
    // The priority comes of looking at priority classes, which is admission's.
    if (kind === 'Pod')
      Object.assign(created['spec'] as object, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
    expect(masked(created)).toEqual(masked(expected ?? { metadata: {} }));
  });
});

describe('applyDefaults', () => {
  const configMaps = typeOf('v1', 'ConfigMap');
  const secrets = typeOf('v1', 'Secret');
  const pods = typeOf('v1', 'Pod');

  it('drops unknown fields, nulls and empty optional lists, and leaves its argument alone', () => {
    const given = {
      metadata: { name: 'a', creationTimestamp: null, labels: {}, finalizers: [], zzz: 1 },
      data: { k: null },
      bogus: true,
    };
    const before = structuredClone(given);
    expect(applyDefaults(configMaps, given as unknown as KubeObject)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data: { k: '' },
    });
    expect(given).toEqual(before);
  });

  it('keeps what is empty but means something', () => {
    const spec = { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] };
    const policy = applyDefaults(typeOf('networking.k8s.io/v1', 'NetworkPolicy'), { metadata, spec });
    expect(policy['spec']).toEqual({ ...spec, policyTypes: ['Ingress'] });
    const slice = applyDefaults(typeOf('discovery.k8s.io/v1', 'EndpointSlice'), {
      metadata,
      endpoints: [],
      ports: [],
    });
    expect(slice['endpoints']).toEqual([]);
    expect(slice).not.toHaveProperty('ports');
  });

  it('keeps a data key that looks like a prototype', () => {
    const given = JSON.parse('{"metadata":{"name":"a"},"data":{"__proto__":"x"}}') as KubeObject;
    expect(Object.entries(applyDefaults(configMaps, given)['data'] as object)).toEqual([['__proto__', 'x']]);
  });

  it('folds stringData into data, where it wins', () => {
    const secret = applyDefaults(secrets, {
      metadata,
      data: { a: 'b2xk', b: 'Yg==' },
      stringData: { a: 'new' },
    });
    expect(secret).toMatchObject({ type: 'Opaque', data: { a: 'bmV3', b: 'Yg==' } });
    expect(secret).not.toHaveProperty('stringData');
  });

  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['registry:5000/nginx', 'Always'],
    ['registry:5000/nginx:1', 'IfNotPresent'],
    [`nginx@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
  ])('pulls %s %s', (image, policy) => {
    const pod = applyDefaults(pods, { metadata, spec: { containers: [{ name: 'c', image }] } });
    expect(pod).toMatchObject({ spec: { containers: [{ imagePullPolicy: policy }] } });
  });

  it('makes a limit also the request, in pods and not in templates', () => {
    const spec = {
      containers: [
        { ...container, resources: { limits: { cpu: '1000m', memory: '1Gi' }, requests: { cpu: 0.5 } } },
      ],
    };
    const inPod = applyDefaults(pods, { metadata, spec });
    expect(inPod).toMatchObject({
      spec: {
        containers: [{ resources: { limits: { cpu: '1' }, requests: { cpu: '500m', memory: '1Gi' } } }],
      },
    });
    const deployment = applyDefaults(typeOf('apps/v1', 'Deployment'), {
      metadata,
      spec: { selector, template: template(spec) },
    });
    const resources = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } };
    expect(deployment).toMatchObject({ spec: { template: { spec: { containers: [{ resources }] } } } });
  });

  it.each([
    ['egress rules', { egress: [{}] }, ['Ingress', 'Egress']],
    ['no rules', {}, ['Ingress']],
    ['its own choice', { policyTypes: ['Egress'] }, ['Egress']],
  ])('gives a network policy with %s its types', (_name, spec, policyTypes) => {
    const policy = applyDefaults(typeOf('networking.k8s.io/v1', 'NetworkPolicy'), { metadata, spec });
    expect(policy).toMatchObject({ spec: { podSelector: {}, policyTypes } });
  });

  it('gives bindings their API groups', () => {
    const binding = applyDefaults(typeOf('rbac.authorization.k8s.io/v1', 'RoleBinding'), {
      metadata,
      roleRef: { kind: 'Role', name: 'r' },
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 's', namespace: 'n' },
      ],
    });
    const apiGroup = 'rbac.authorization.k8s.io';
    expect(binding).toMatchObject({
      roleRef: { apiGroup, kind: 'Role', name: 'r' },
      subjects: [
        { apiGroup, kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 's', namespace: 'n' },
      ],
    });
  });

  it('changes nothing when it is applied again', () => {
    for (const [kind, object] of recorded) {
      const type = builtInTable.types.find((each) => each.kind === kind);
      if (type === undefined) continue;
      expect(applyDefaults(type, object), kind).toEqual(object);
    }
  });
});

describe('prepareForCreate', () => {
  it('ignores a status of the client', () => {
    const pod = prepareForCreate(
      typeOf('v1', 'Pod'),
      { metadata, spec: { containers: [container] }, status: { phase: 'Running' } },
      allocators,
    );
    expect(pod['status']).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
    const deployment = prepareForCreate(
      typeOf('apps/v1', 'Deployment'),
      { metadata, spec: {}, status: { replicas: 7 } },
      allocators,
    );
    expect(deployment['status']).toEqual({});
  });

  it.each([
    ['no token wanted', { automountServiceAccountToken: false, containers: [container] }, undefined],
    [
      'a token mounted already',
      {
        containers: [
          {
            ...container,
            volumeMounts: [{ name: 'v', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
          },
        ],
      },
      undefined,
    ],
    ['a service account', { serviceAccountName: 'sa', containers: [container] }, 'kube-api-access-jqm9f'],
  ])('mounts a token unless: %s', (_name, spec, volume) => {
    const pod = prepareForCreate(typeOf('v1', 'Pod'), { metadata, spec }, allocators);
    const volumes = (pod['spec'] as { volumes?: { name: string }[] }).volumes ?? [];
    expect(volumes[0]?.name).toBe(volume);
  });

  it.each([
    [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
    [{ requests: { cpu: '1' } }, 'Burstable'],
    [{}, 'BestEffort'],
  ])('classes resources %j as %s', (resources, qosClass) => {
    const pod = prepareForCreate(
      typeOf('v1', 'Pod'),
      { metadata, spec: { containers: [{ ...container, resources }] } },
      allocators,
    );
    expect(pod).toMatchObject({ status: { qosClass } });
  });

  it('prepares a namespace', () => {
    const type = typeOf('v1', 'Namespace');
    const namespace = prepareForCreate(type, applyDefaults(type, { metadata: { name: 'n' } }), allocators);
    expect(namespace).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'n' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });

  it.each([
    [
      { type: 'NodePort', ports: [{ port: 80 }] },
      { clusterIP: '10.0.0.0', ports: [{ nodePort: 30001 }], externalTrafficPolicy: 'Cluster' },
    ],
    [
      { clusterIP: 'None', ports: [{ port: 80 }] },
      { clusterIP: 'None', clusterIPs: ['None'], ipFamilies: ['IPv4'] },
    ],
    [{ clusterIP: '10.0.0.9', ports: [{ port: 80 }] }, { clusterIPs: ['10.0.0.9'] }],
  ])('allocates for a service of %j', (spec, expected) => {
    expect(create({ apiVersion: 'v1', kind: 'Service', metadata, spec })).toMatchObject({ spec: expected });
  });

  it('allocates nothing for an external name', () => {
    const service = create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { type: 'ExternalName', externalName: 'example.com' },
    });
    expect(service['spec']).not.toHaveProperty('clusterIP');
  });
});

describe('prepareForUpdate', () => {
  const services = findResourceType('', 'v1', 'services');
  if (services === undefined) throw new Error('not served');

  it('keeps the addresses that a replace leaves out', () => {
    const old = create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { type: 'NodePort', ports: [{ port: 80 }] },
    });
    const given = applyDefaults(services, {
      metadata,
      spec: { type: 'NodePort', ports: [{ port: 80 }, { port: 81, name: 'b' }] },
    });
    const others = { ...allocators, clusterIP: () => '10.9.9.9', nodePort: () => 30002 };
    expect(prepareForUpdate(services, given, old, others)).toMatchObject({
      spec: {
        clusterIP: '10.0.0.0',
        clusterIPs: ['10.0.0.0'],
        ports: [{ nodePort: 30001 }, { nodePort: 30002 }],
      },
    });
  });

  it('does not let an update finalize a namespace', () => {
    const type = typeOf('v1', 'Namespace');
    const old = { metadata, spec: { finalizers: ['kubernetes'] } };
    expect(prepareForUpdate(type, { metadata, spec: {} }, old, allocators)['spec']).toEqual({
      finalizers: ['kubernetes'],
    });
    expect(
      prepareForUpdate(type, { metadata, spec: { finalizers: ['x'] } }, { metadata, spec: {} }, allocators)[
        'spec'
      ],
    ).toEqual({});
  });
});
