import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalQuantity,
  checkTypes,
  compareQuantities,
  unknownFields,
} from '../../../src/cluster/schema/index.ts';
import { typeOf } from '../type-of.ts';

const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

describe('unknownFields', () => {
  it.each([
    // The first three are recorded.
    [
      '/v1/pods',
      { spec: { bogus: 1, containers: [{ name: 'c', image: 'i', foo: { x: 1 } }] } },
      ['spec.bogus', 'spec.containers[0].foo'],
    ],
    ['/v1/pods', { spec: { bogus: 1, b2: 2, containers: [] } }, ['spec.bogus', 'spec.b2']],
    ['/v1/configmaps', { bogus: 'x', metadata: { name: 'a8' } }, ['bogus']],
    [
      '/v1/configmaps',
      { data: { anything: 'x' }, metadata: { labels: { any: 'x' }, Name: 'case' } },
      ['metadata.Name'],
    ],
    [
      'apps/v1/deployments',
      { spec: { template: { spec: { containers: [{}, { imge: 'i' }] } } } },
      ['spec.template.spec.containers[1].imge'],
    ],
    [
      '/v1/configmaps',
      { metadata: { managedFields: [{ fieldsV1: { 'f:data': {} }, x: 1 }] } },
      ['metadata.managedFields[0].x'],
    ],
    ['/v1/pods', { spec: 'no object', status: null }, []],
    ['/v1/configmaps', { constructor: 1 }, ['constructor']],
  ])('of %s %j', (path, object, fields) => {
    expect(unknownFields(typeOf(path), object)).toEqual(fields.map((field) => `unknown field "${field}"`));
  });

  it('stops at a hundred', () => {
    const object = Object.fromEntries(Array.from({ length: 500 }, (_each, index) => [`x${index}`, 1]));
    expect(unknownFields(typeOf('/v1/pods'), { spec: object })).toHaveLength(100);
  });
});

describe('checkTypes', () => {
  it.each([
    // Recorded.
    [
      '/v1/configmaps',
      { metadata: { name: 'a' }, data: { x: 1 } },
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      'apps/v1/deployments',
      { spec: { replicas: 'two' } },
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'apps/v1/deployments',
      { spec: { replicas: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'apps/v1/deployments',
      { spec: { replicas: 3_000_000_000 } },
      'json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'apps/v1/deployments',
      { spec: { template: { spec: { containers: [{ env: [{ name: 'A', value: 1 }] }] } } } },
      'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
    ],
    [
      '/v1/pods',
      { spec: [] },
      'json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec',
    ],
    [
      '/v1/pods',
      { spec: { containers: {} } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      '/v1/pods',
      { metadata: { labels: 'a=b' } },
      'json: cannot unmarshal string into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [
      '/v1/pods',
      { spec: { hostNetwork: 'true' } },
      'json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
    ],
    ['/v1/pods', [], 'json: cannot unmarshal array into Go value of type v1.Pod'],
    ['/v1/secrets', { data: { a: '%%%' } }, 'illegal base64 data at input byte 0'],
    ['/v1/secrets', { data: { a: 'YQ' } }, 'illegal base64 data at input byte 1'],
    [
      '/v1/services',
      { spec: { ports: [{ targetPort: true }] } },
      'json: cannot unmarshal bool into Go struct field ServicePort.spec.ports.targetPort of type int32',
    ],
    [
      '/v1/resourcequotas',
      { spec: { hard: { pods: 'many' } } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      '/v1/configmaps',
      { metadata: { creationTimestamp: 'yesterday' } },
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
    [
      '/v1/configmaps',
      { metadata: { managedFields: [{ fieldsV1: nested(1000) }] } },
      'json: exceeded max depth',
    ],
  ])('refuses %s %j', (path, object, message) => {
    expect(checkTypes(typeOf(path), object)).toBe(message);
  });

  it.each([
    ['/v1/configmaps', { metadata: null, data: { k: null }, immutable: null }],
    ['/v1/configmaps', { unknown: { of: ['any', 1] } }],
    ['/v1/secrets', { data: { a: 'YQ==', b: '' } }],
    ['/v1/services', { spec: { ports: [{ targetPort: 'http' }, { targetPort: 80 }] } }],
    ['/v1/resourcequotas', { spec: { hard: { pods: 4, cpu: '1.5', memory: '1Gi' } } }],
    ['coordination.k8s.io/v1/leases', { spec: { renewTime: '2026-11-24T00:36:56.123456Z' } }],
  ])('takes %s %j', (path, object) => {
    expect(checkTypes(typeOf(path), object)).toBeUndefined();
  });
});

describe('canonicalQuantity', () => {
  it.each([
    ['1000m', '1'],
    ['0.5', '500m'],
    [0.5, '500m'],
    [1, '1'],
    ['1024Mi', '1Gi'],
    ['1Gi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['512', '512'],
    ['1000', '1k'],
    ['1e3', '1e3'],
    ['100m', '100m'],
    ['0', '0'],
    ['-1000m', '-1'],
    ['0.1n', '1n'],
    ['nonsense', 'nonsense'],
  ])('of %s is %s', (given, canonical) => {
    expect(canonicalQuantity(given)).toBe(canonical);
  });

  it('keeps the value', () => {
    const suffix = fc.constantFrom('', 'm', 'k', 'M', 'Ki', 'Mi', 'Gi');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), suffix, (number, unit) => {
        const canonical = canonicalQuantity(`${number}${unit}`);
        expect(compareQuantities(canonical, `${number}${unit}`)).toBe(0);
        expect(canonicalQuantity(canonical)).toBe(canonical);
      }),
    );
  });
});
