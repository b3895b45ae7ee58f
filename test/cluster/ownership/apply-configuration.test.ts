import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyConfiguration, trackUpdate } from '../../../src/cluster/ownership/index.ts';
import type { KubeObject, ResourceType } from '../../../src/cluster/resources/index.ts';
import { StatusError } from '../../../src/kube/index.ts';
import {
  application,
  configMap,
  configMaps,
  deployment,
  deployments,
  later,
  services,
  time,
} from './deployments.ts';

/** What would be stored. */
function apply(
  type: ResourceType,
  live: KubeObject | undefined,
  config: KubeObject,
  manager: string,
  options: Parameters<typeof application>[4] = {},
): KubeObject {
  const { object, managedFields } = applyConfiguration(application(type, live, config, manager, options));
  return { ...object, metadata: { ...object.metadata, managedFields } };
}

function update(type: ResourceType, live: KubeObject | undefined, next: KubeObject, manager: string) {
  const asked = next.metadata['managedFields'];
  const managedFields = trackUpdate({ type, old: live, next, asked, manager, subresource: '', time });
  return { ...next, metadata: { ...next.metadata, managedFields } };
}

function statusOf(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  throw new Error('it was not refused');
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every kind
const containersOf = (object: KubeObject): any[] => (object['spec'] as any).template.spec.containers;

function managers(object: KubeObject) {
  const entries = (object.metadata['managedFields'] ?? []) as { manager: string; fieldsV1: object }[];
  return Object.fromEntries(entries.map(({ manager, fieldsV1 }) => [manager, fieldsV1]));
}

describe('applyConfiguration', () => {
  it('owns what it sets', () => {
    const created = apply(configMaps, undefined, configMap({ k: 'v' }, { labels: { a: 'b' } }), 'one');
    expect(created.metadata['managedFields']).toEqual([
      {
        manager: 'one',
        operation: 'Apply',
        apiVersion: 'v1',
        time,
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:k': {} }, 'f:metadata': { 'f:labels': { 'f:a': {} } } },
      },
    ]);
  });

  it('merges containers by name, and tells them apart in the order of the configuration', () => {
    const both = [
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:1' },
    ];
    const live = apply(deployments, undefined, deployment(both), 'one');
    const sidecar = { name: 's', image: 's:1' };
    const next = apply(
      deployments,
      live,
      deployment([{ name: 'b', env: [{ name: 'X', value: '1' }] }, sidecar]),
      'two',
    );
    expect(containersOf(next)).toEqual([
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:1', env: [{ name: 'X', value: '1' }] },
      sidecar,
    ]);
  });

  it('removes a container that its manager does not apply any more, and nobody else does', () => {
    const live = apply(
      deployments,
      undefined,
      deployment([
        { name: 'a', image: 'a' },
        { name: 'b', image: 'b' },
      ]),
      'one',
    );
    const next = apply(deployments, live, deployment([{ name: 'a', image: 'a' }]), 'one');
    expect(containersOf(next)).toEqual([{ name: 'a', image: 'a' }]);
  });

  it('keys ports by their defaults too', () => {
    const service = (ports: readonly object[]): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { ports },
    });
    const live = apply(services, undefined, service([{ port: 80, name: 'http' }]), 'one');
    expect(JSON.stringify(managers(live)['one'])).toContain('"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}"');
    const next = apply(services, live, service([{ port: 80, protocol: 'UDP', name: 'u' }]), 'two');
    expect((next['spec'] as { ports: object[] }).ports).toHaveLength(2);
  });

  it('replaces an atomic list as a whole', () => {
    const args = (...of: string[]) => deployment([{ name: 'a', image: 'a', args: of }]);
    const live = apply(deployments, undefined, args('x', 'y'), 'one');
    expect(containersOf(apply(deployments, live, args('z'), 'one'))[0].args).toEqual(['z']);
    expect(statusOf(() => apply(deployments, live, args('z'), 'two')).message).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="a"].args',
    );
  });

  it('leaves an object its name when nobody owns anything else of its metadata', () => {
    const annotations = { note: 'x' };
    const first = apply(configMaps, undefined, configMap({ k: 'v' }, { annotations }), 'one');
    const live = { ...first, metadata: { ...first.metadata, uid: 'u', resourceVersion: '5' } };
    const second = apply(configMaps, live, configMap({ k: 'v' }), 'one');
    expect(second.metadata).toEqual({
      name: first.metadata.name,
      namespace: first.metadata.namespace,
      uid: 'u',
      resourceVersion: '5',
      managedFields: [expect.objectContaining({ fieldsV1: { 'f:data': { 'f:k': {} } } })],
    });
  });

  it('tells all conflicts, by manager', () => {
    const live = update(configMaps, undefined, configMap({ a: '1', b: '1' }), 'editor');
    const status = statusOf(() => apply(configMaps, live, configMap({ a: '2', b: '2' }), 'two'));
    expect(status).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(status.message).toBe(
      'Apply failed with 2 conflicts: conflicts with "editor" using v1:\n- .data.a\n- .data.b',
    );
    expect(status.details?.causes).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "editor" using v1', field: '.data.a' },
      { reason: 'FieldManagerConflict', message: 'conflict with "editor" using v1', field: '.data.b' },
    ]);
  });

  it('shares what two apply alike', () => {
    const live = apply(configMaps, undefined, configMap({ k: 'v' }), 'one');
    const shared = apply(configMaps, live, configMap({ k: 'v' }), 'two');
    expect(managers(shared)['two']).toEqual(managers(shared)['one']);
    expect(apply(configMaps, shared, configMap({}), 'one')['data']).toEqual({ k: 'v' });
  });

  it('gives what was there before anybody applied to before-first-apply', () => {
    const live = configMap({ k: 'v' });
    expect(statusOf(() => apply(configMaps, live, configMap({ k: 'w' }), 'one')).message).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.k',
    );
    const next = apply(configMaps, live, configMap({ j: 'w' }), 'one');
    expect(managers(next)['before-first-apply']).toEqual({ 'f:data': { '.': {}, 'f:k': {} } });
  });

  it('lets kubectl take over what its client-side apply has set, and keeps the annotation', () => {
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
    const last = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data: { k: 'v' },
    });
    const applied = configMap({ k: 'v' }, { annotations: { [annotation]: last } });
    const live = update(configMaps, undefined, applied, 'kubectl-client-side-apply');
    const next = apply(configMaps, live, configMap({ k: 'w' }), 'kubectl');
    expect(next['data']).toEqual({ k: 'w' });
    expect(next.metadata.annotations?.[annotation]).toBe(
      '{"apiVersion":"v1","data":{"k":"w"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
    );
    // Another one who has edited it since is asked first.
    const edited = update(configMaps, live, { ...live, data: { k: 'x' } }, 'editor');
    expect(statusOf(() => apply(configMaps, edited, configMap({ k: 'w' }), 'kubectl')).message).toContain(
      'conflict with "editor"',
    );
  });

  it('owns status only by /status, and then only status', () => {
    const withStatus = { ...deployment([{ name: 'a', image: 'a' }]), status: { replicas: 3 } };
    expect(Object.keys(managers(apply(deployments, undefined, withStatus, 'one'))['one'] ?? {})).toEqual([
      'f:spec',
    ]);
    const live = apply(deployments, undefined, deployment([{ name: 'a', image: 'a' }]), 'one');
    const next = apply(deployments, live, withStatus, 'controller', { subresource: 'status' });
    expect(managers(next)['controller']).toEqual({ 'f:status': { 'f:replicas': {} } });
  });

  it.each([
    [{ data: { a: 1 } }, '.data.a: expected string, got &value.valueUnstructured{Value:1}'],
    [{ data: 'x' }, '.data: expected map, got &{x}'],
    [{ zzz: 1 }, '.zzz: field not declared in schema'],
    [
      { metadata: { name: 'a', finalizers: ['a/b', 'a/b'] } },
      '.metadata.finalizers: duplicate entries for key [="a/b"]',
    ],
  ])('refuses %j in the words of the schema', (part, problem) => {
    const status = statusOf(() => apply(configMaps, undefined, { ...configMap({}), ...part }, 'one'));
    expect(status).toMatchObject({ code: 500, reason: '' });
    expect(status.message).toBe(`failed to create typed patch object (/a; /v1, Kind=ConfigMap): ${problem}`);
  });

  it.each([
    [{ apiVersion: 'apps/v1', kind: 'Deployment' }, 'invalid object type: apps/v1, Kind=Deployment'],
    [{ apiVersion: '', kind: '' }, 'invalid object type: /, Kind='],
  ])('refuses %j for a config map', (claim, message) => {
    const status = statusOf(() => apply(configMaps, undefined, { ...configMap({}), ...claim }, 'one'));
    expect(status).toMatchObject({ code: 400, message });
  });
});

describe('applyConfiguration, for any configuration', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const data = fc.dictionary(name, fc.constantFrom('1', '2'), { noNullPrototype: true });
  const container = fc.record(
    {
      name,
      image: fc.constantFrom('i:1', 'i:2'),
      args: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
      env: fc.uniqueArray(fc.record({ name, value: fc.constantFrom('1', '2') }, { noNullPrototype: true }), {
        selector: (each) => each.name,
      }),
      ports: fc.uniqueArray(
        fc.record({ containerPort: fc.constantFrom(80, 443) }, { noNullPrototype: true }),
        {
          selector: (each) => each.containerPort,
        },
      ),
    },
    { requiredKeys: ['name'], noNullPrototype: true },
  );
  const config = fc
    .uniqueArray(container, { selector: (each) => each.name, maxLength: 3 })
    .map((containers) => deployment(containers));

  it('is a no-op the second time', () => {
    fc.assert(
      fc.property(config, config, (first, second) => {
        const live = apply(deployments, undefined, first, 'one');
        const once = apply(deployments, live, second, 'two', { force: true });
        expect(apply(deployments, once, second, 'two', { time: later })).toEqual(once);
      }),
      { numRuns: 200 },
    );
  });

  it('makes the object its configuration when there is only one manager', () => {
    fc.assert(
      fc.property(data, data, (first, second) => {
        const live = apply(configMaps, undefined, configMap(first), 'one');
        expect(apply(configMaps, live, configMap(second), 'one')['data'] ?? {}).toEqual(second);
      }),
    );
  });

  it('never finds a conflict between managers of different fields', () => {
    fc.assert(
      fc.property(data, data, data, (first, second, third) => {
        const prefixed = (prefix: string, of: Record<string, string>) =>
          configMap(Object.fromEntries(Object.entries(of).map(([key, value]) => [prefix + key, value])));
        let live = apply(configMaps, undefined, prefixed('x', first), 'one');
        live = apply(configMaps, live, prefixed('y', second), 'two');
        live = apply(configMaps, live, prefixed('x', third), 'one');
        expect(live['data'] ?? {}).toEqual({
          ...(prefixed('x', third)['data'] as object),
          ...(prefixed('y', second)['data'] as object),
        });
      }),
    );
  });

  it('leaves what another one applies as well', () => {
    fc.assert(
      fc.property(data, data, (first, second) => {
        let live = apply(configMaps, undefined, configMap(first), 'one');
        live = apply(configMaps, live, configMap({ ...first, ...second }), 'two', { force: true });
        live = apply(configMaps, live, configMap({}), 'one');
        expect(live['data'] ?? {}).toEqual({ ...first, ...second });
      }),
    );
  });

  it('refuses exactly where a value of another one would change', () => {
    fc.assert(
      fc.property(data, data, (first, second) => {
        const live = apply(configMaps, undefined, configMap(first), 'one');
        const changed = Object.keys(second).filter((key) => key in first && first[key] !== second[key]);
        const run = () => apply(configMaps, live, configMap(second), 'two');
        if (changed.length === 0) expect(run()['data'] ?? {}).toEqual({ ...first, ...second });
        else
          expect(statusOf(run).details?.causes?.map(({ field }) => field)).toEqual(
            changed.toSorted().map((key) => `.data.${key}`),
          );
      }),
    );
  });
});
