import { describe, expect, it } from 'vitest';
import { applyPatch } from '../../../src/cluster/patch/index.ts';
import { typeOf } from '../type-of.ts';

const contentType = 'application/strategic-merge-patch+json';

function smp(path: string, current: object, patch: unknown) {
  return applyPatch({ contentType, current: { metadata: {}, ...current }, patch, type: typeOf(path) });
}

/** The pod spec of a patched deployment. */
function podSpec(current: object, patch: object) {
  const inTemplate = (spec: object) => ({ spec: { template: { spec } } });
  const { spec } = smp('apps/v1/deployments', inTemplate(current), inTemplate(patch));
  return (spec as { template: { spec: Record<string, unknown> } }).template.spec;
}

const c = { name: 'c', image: 'i' };
const d = { name: 'd', image: 'j' };
const e = { name: 'e', image: 'k' };

describe('strategic merge patch of keyed lists', () => {
  it.each([
    [
      'merges an element by its key',
      [c, d],
      { containers: [{ name: 'd', image: 'new' }] },
      [c, { name: 'd', image: 'new' }],
    ],
    ['puts a new element first, as kube-apiserver does', [c], { containers: [d] }, [d, c]],
    [
      'deletes an element (recorded)',
      [c],
      { '$setElementOrder/containers': [{ name: 'd' }], containers: [{ $patch: 'delete', name: 'c' }, d] },
      [d],
    ],
    [
      'puts a new element where the order says',
      [c, d],
      { '$setElementOrder/containers': [{ name: 'c' }, { name: 'e' }, { name: 'd' }], containers: [e] },
      [c, e, d],
    ],
    [
      'reorders without a list',
      [c, d],
      { '$setElementOrder/containers': [{ name: 'd' }, { name: 'c' }] },
      [d, c],
    ],
    [
      'keeps an unnamed element in its place',
      [c, d, e],
      {
        '$setElementOrder/containers': [{ name: 'c' }, { name: 'e' }],
        containers: [{ name: 'e', image: 'k2' }],
      },
      [c, d, { name: 'e', image: 'k2' }],
    ],
    ['replaces the list', [c, d], { containers: [{ $patch: 'replace' }, e] }, [e]],
    [
      'takes $patch merge as no directive',
      [c],
      { containers: [{ $patch: 'merge', name: 'c', image: 'n' }] },
      [{ name: 'c', image: 'n' }],
    ],
    [
      'ignores the deletion of an absent element',
      [c],
      { containers: [{ $patch: 'delete', name: 'x' }] },
      [c],
    ],
    [
      'removes a field of an element',
      [{ ...c, command: ['a'] }],
      { containers: [{ name: 'c', command: null }] },
      [c],
    ],
  ])('%s', (_name, containers, patch, expected) => {
    expect(podSpec({ containers }, patch)['containers']).toEqual(expected);
  });

  it('merges nested lists by their own keys', () => {
    const current = {
      ...c,
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
      ports: [{ containerPort: 80, protocol: 'TCP' }],
    };
    const patch = {
      name: 'c',
      env: [
        { name: 'B', value: '3' },
        { name: 'C', value: '4' },
      ],
      ports: [{ containerPort: 80, name: 'http' }],
    };
    expect(podSpec({ containers: [current] }, { containers: [patch] })['containers']).toEqual([
      {
        ...c,
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '3' },
          { name: 'C', value: '4' },
        ],
        ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }],
      },
    ]);
  });

  it('replaces lists that have no merge key', () => {
    const current = { tolerations: [{ key: 'a' }], containers: [{ ...c, args: ['1', '2'] }] };
    const patch = { tolerations: [{ key: 'b', value: null }], containers: [{ name: 'c', args: ['3'] }] };
    expect(podSpec(current, patch)).toEqual({
      tolerations: [{ key: 'b' }],
      containers: [{ ...c, args: ['3'] }],
    });
  });

  it('starts a list that was absent, without directives and nulls', () => {
    const patch = {
      containers: [
        { $patch: 'delete', name: 'x' },
        { ...c, command: null },
      ],
      '$setElementOrder/containers': [{ name: 'c' }],
    };
    expect(podSpec({}, patch)).toEqual({ containers: [c] });
  });

  it('merges service ports by port', () => {
    const ports = [
      { port: 80, targetPort: 80 },
      { port: 443, targetPort: 443 },
    ];
    const { spec } = smp(
      '/v1/services',
      { spec: { ports } },
      { spec: { ports: [{ port: 443, targetPort: 8443 }] } },
    );
    expect(spec).toEqual({ ports: [ports[0], { port: 443, targetPort: 8443 }] });
  });

  /** Recorded from a kube-apiserver 1.35.4. */
  it.each<readonly [string, object, string]>([
    [
      'an element without its key',
      { containers: [{ image: 'x' }] },
      'map: map[image:x] does not contain declared merge key: name',
    ],
    [
      'an element to delete without its key',
      { containers: [{ $patch: 'delete' }] },
      'map: map[$patch:delete] does not contain declared merge key: name',
    ],
    [
      'an unknown directive of an element',
      { containers: [{ name: 'c', $patch: 'x' }] },
      'unknown patch type: x in map: map[$patch:x name:c]',
    ],
    [
      'an order of elements without keys',
      { '$setElementOrder/containers': [{}] },
      'map: map[] does not contain declared merge key: name',
    ],
    [
      'another order than it asks for',
      { '$setElementOrder/containers': [{ name: 'q' }], containers: [{ name: 'c', image: 'x' }] },
      "The order in patch list:\n[map[image:x name:c]]\n doesn't match $setElementOrder list:\n[map[name:q]]\n",
    ],
  ])('refuses %s', (_name, patch, message) => {
    expect(() => podSpec({ containers: [c] }, patch)).toThrow(message);
  });
});

describe('strategic merge patch of maps and scalars', () => {
  it('deletes by null, keeps what it does not name, and adds no nulls', () => {
    const patched = smp(
      '/v1/configmaps',
      { data: { a: '1', b: '2' } },
      { data: { a: null, c: '3', x: null } },
    );
    expect(patched['data']).toEqual({ b: '2', c: '3' });
  });

  it.each([
    ['replace', { $patch: 'replace', c: '3' }, { c: '3' }],
    ['delete', { $patch: 'delete' }, {}],
  ])('obeys $patch %s on a map', (_directive, data, expected) => {
    expect(smp('/v1/configmaps', { data: { a: '1' } }, { data })['data']).toEqual(expected);
  });

  it('retains only the named keys of a strategy', () => {
    const current = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } };
    const patch = { strategy: { $retainKeys: ['type'], type: 'Recreate' } };
    expect(smp('apps/v1/deployments', { spec: current }, { spec: patch })['spec']).toEqual({
      strategy: { type: 'Recreate' },
    });
  });

  it('changes the source of a volume with retainKeys', () => {
    const volumes = [{ name: 'v', emptyDir: {} }];
    const patch = { volumes: [{ $retainKeys: ['name', 'secret'], name: 'v', secret: { secretName: 's' } }] };
    expect(podSpec({ volumes }, patch)['volumes']).toEqual([{ name: 'v', secret: { secretName: 's' } }]);
  });

  it.each([
    ['adds to a set', { finalizers: ['b/y'] }, ['b/y', 'a/x']],
    ['adds once', { finalizers: ['a/x'] }, ['a/x']],
    ['removes from a set', { '$deleteFromPrimitiveList/finalizers': ['a/x'] }, []],
    [
      'removes and adds',
      {
        '$deleteFromPrimitiveList/finalizers': ['a/x'],
        finalizers: ['b/y'],
        '$setElementOrder/finalizers': ['b/y'],
      },
      ['b/y'],
    ],
  ])('%s of scalars', (_name, metadata, expected) => {
    const patched = smp('/v1/configmaps', { metadata: { name: 'a', finalizers: ['a/x'] } }, { metadata });
    expect(patched.metadata.finalizers).toEqual(expected);
  });

  it('replaces where the schema says so', () => {
    const spec = { selector: { matchLabels: { a: '1' } } };
    const patched = smp(
      'policy/v1/poddisruptionbudgets',
      { spec },
      { spec: { selector: { matchLabels: { b: '2' } } } },
    );
    expect(patched['spec']).toEqual({ selector: { matchLabels: { b: '2' } } });
  });

  it('merges a field that the schema does not know like a merge patch', () => {
    expect(smp('/v1/configmaps', { zzz: { a: 1, l: [1] } }, { zzz: { b: 2, l: [2] } })['zzz']).toEqual({
      a: 1,
      b: 2,
      l: [2],
    });
  });

  it.each([
    ['an unknown directive', { data: { $patch: 'x' } }, 'unknown patch type: x in map: map[$patch:x]'],
    ['$retainKeys that is no list', { data: { $retainKeys: 'a' } }, 'invalid patch format of retainKeys'],
    [
      'a field that $retainKeys omits',
      { data: { $retainKeys: ['a'], b: '1' } },
      'invalid patch format of retainKeys',
    ],
    [
      'an order that is no list',
      { metadata: { '$setElementOrder/finalizers': 'a' } },
      'expected a []interface {}, but received a string',
    ],
  ])('refuses %s', (_name, patch, message) => {
    expect(() => smp('/v1/configmaps', { data: {} }, patch)).toThrow(message);
  });

  it('takes what kubectl cordon, taint, rollout restart and set image send', () => {
    expect(smp('/v1/nodes', { spec: {} }, { spec: { unschedulable: true } })['spec']).toEqual({
      unschedulable: true,
    });
    const taints = [{ key: 'a', effect: 'NoSchedule' }];
    expect(
      smp('/v1/nodes', { spec: { taints: [{ key: 'b', effect: 'NoSchedule' }] } }, { spec: { taints } })[
        'spec'
      ],
    ).toEqual({ taints });
    const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-24T00:00:00Z' };
    const restarted = smp(
      'apps/v1/deployments',
      { spec: { replicas: 2 } },
      { spec: { template: { metadata: { annotations } } } },
    );
    expect(restarted['spec']).toEqual({ replicas: 2, template: { metadata: { annotations } } });
    const image = {
      '$setElementOrder/containers': [{ name: 'c' }],
      containers: [{ image: 'i:2', name: 'c' }],
    };
    expect(podSpec({ containers: [c] }, image)['containers']).toEqual([{ name: 'c', image: 'i:2' }]);
  });

  it('leaves its arguments alone and does not reach prototypes', () => {
    const current = { metadata: {}, data: { a: '1' } };
    const patch = JSON.parse('{"data":{"__proto__":{"polluted":"x"},"b":"2"}}');
    const before = structuredClone(current);
    const patched = applyPatch({ contentType, current, patch, type: typeOf('/v1/configmaps') });
    expect(current).toEqual(before);
    expect(Object.getPrototypeOf(patched['data'])).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
