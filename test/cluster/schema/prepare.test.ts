import { describe, expect, it } from 'vitest';
import { findResourceType } from '../../../src/cluster/resources/index.ts';
import {
  applyDefaults,
  prepareForCreate,
  prepareForUpdate,
  validateObject,
} from '../../../src/cluster/schema/index.ts';
import { allocators, container, create, metadata, typeOf } from './objects.ts';

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

  it('drops what only the type before needed, unless it was changed', () => {
    const ports = [{ port: 80 }];
    const old = create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports },
    });
    const spec = old['spec'] as Record<string, unknown>;
    expect(spec).toMatchObject({ healthCheckNodePort: 30001, allocateLoadBalancerNodePorts: true });
    const update = (more: object) =>
      prepareForUpdate(services, { ...old, spec: { ...spec, ...more } }, old, allocators);
    const plain = update({ type: 'ClusterIP' });
    expect(validateObject(services, plain, old)).toEqual([]);
    expect(plain['spec']).toMatchObject({ clusterIP: '10.0.0.0', ports: [{ port: 80 }] });
    for (const field of ['nodePort', 'externalTrafficPolicy', 'healthCheckNodePort', 'allocateLoadBalancer'])
      expect(JSON.stringify(plain['spec'])).not.toContain(field);
    const changed = update({ type: 'ClusterIP', externalTrafficPolicy: 'Cluster' });
    expect(validateObject(services, changed, old)).toMatchObject([{ field: 'spec.externalTrafficPolicy' }]);
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

describe('the templates that a daemon set has had', () => {
  const type = typeOf('apps/v1', 'DaemonSet');
  const count = 'deprecated.daemonset.template.generation';
  const given = (image: string, annotations = {}) =>
    applyDefaults(type, {
      metadata: { ...metadata, annotations },
      spec: { template: { spec: { containers: [{ ...container, image }] } } },
    });

  it('are counted by the server alone', () => {
    const made = prepareForCreate(type, given('a'), allocators);
    expect(made.metadata.annotations).toEqual({ [count]: '1' });
    const same = prepareForUpdate(type, given('a', { x: 'y', [count]: '7' }), made, allocators);
    expect(same.metadata.annotations).toEqual({ x: 'y', [count]: '1' });
    const changed = prepareForUpdate(type, given('b'), made, allocators);
    expect(changed.metadata.annotations).toEqual({ [count]: '2' });
  });
});

describe('what a claim is filled from', () => {
  const claim = { apiGroup: null, kind: 'PersistentVolumeClaim', name: 'c' };
  const other = { apiGroup: 'x.example.com', kind: 'Odd', name: 'n' };
  const resources = { requests: { storage: '1Gi' } };
  const sources = (given: object) => {
    const spec = { accessModes: ['ReadWriteOnce'], resources, ...given };
    const made = create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec });
    const { dataSource, dataSourceRef } = made['spec'] as Record<string, unknown>;
    return [dataSource, dataSourceRef];
  };

  it('is said twice, and forgotten where the older field does not take it', () => {
    expect(sources({ dataSource: claim })).toEqual([claim, claim]);
    expect(sources({ dataSourceRef: other })).toEqual([other, other]);
    expect(sources({ dataSource: other })).toEqual([undefined, undefined]);
    expect(sources({ dataSourceRef: { ...other, namespace: 'elsewhere' } })).toEqual([undefined, undefined]);
  });
});
