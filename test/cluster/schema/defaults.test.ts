import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/cluster/resources/index.ts';
import { applyDefaults } from '../../../src/cluster/schema/index.ts';
import { container, metadata, selector, template, typeOf } from './objects.ts';

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
    expect([slice['endpoints'], slice['ports']]).toEqual([null, null]);
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
});
