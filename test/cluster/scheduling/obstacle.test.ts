import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/cluster/index.ts';
import { createUsedResources, obstacleOnNode } from '../../../src/cluster/scheduling/index.ts';

const node = (spec: object = {}, labels: Record<string, string> = { disk: 'ssd', cores: '8', zone: 'a' }) =>
  ({
    metadata: { name: 'node', labels },
    spec,
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '3' } },
  }) as KubeObject;

const pod = (spec: object = {}, labels: Record<string, string> = {}, namespace = 'default'): KubeObject => ({
  metadata: { name: 'p', namespace, labels },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

function obstacles(wanted: KubeObject, where = node(), ...others: readonly KubeObject[]): readonly string[] {
  const used = createUsedResources();
  for (const [index, other] of others.entries()) used.add(String(index), other);
  const pods = new Map(others.map((other, index) => [String(index), other]));
  const labelsOf = (namespace: string) => ({ team: namespace });
  return obstacleOnNode(wanted, where, { pods, used, labelsOf });
}

const asking = (requests: object, more: object = {}) =>
  pod({ containers: [{ name: 'c', image: 'i', resources: { requests }, ...more }] });
const nodeTerms = (...nodeSelectorTerms: readonly object[]) =>
  pod({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  });
const expression = (key: string, operator: string, ...values: readonly string[]) =>
  nodeTerms({ matchExpressions: [{ key, operator, values }] });
const notMeant = ["node(s) didn't match Pod's node affinity/selector"];
const tainted = ['node(s) had untolerated taint(s)'];
const taint = { key: 'a', value: 'b', effect: 'NoSchedule' };

describe('a node', () => {
  it.each([
    ['for whoever wants none in particular', pod(), node(), []],
    ['with the labels', pod({ nodeSelector: { disk: 'ssd' } }), node(), []],
    ['without the labels', pod({ nodeSelector: { disk: 'hdd' } }), node(), notMeant],
    ['in', expression('disk', 'In', 'hdd', 'ssd'), node(), []],
    ['not in', expression('disk', 'NotIn', 'ssd'), node(), notMeant],
    ['not in, without the label', expression('other', 'NotIn', 'ssd'), node(), []],
    ['exists', expression('other', 'Exists'), node(), notMeant],
    ['does not exist', expression('other', 'DoesNotExist'), node(), []],
    ['greater', expression('cores', 'Gt', '4'), node(), []],
    ['less', expression('cores', 'Lt', '8'), node(), notMeant],
    ['no number', expression('disk', 'Gt', '4'), node(), notMeant],
    [
      'of one term of several',
      nodeTerms(
        { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['x'] }] },
        { matchExpressions: [{ key: 'disk', operator: 'Exists' }] },
      ),
      node(),
      [],
    ],
    ['of an empty term', nodeTerms({}), node(), notMeant],
    ['that is cordoned', pod(), node({ unschedulable: true }), ['node(s) were unschedulable']],
    [
      'that is cordoned, for who bears it',
      pod({ tolerations: [{ operator: 'Exists' }] }),
      node({ unschedulable: true }),
      [],
    ],
    ['with a taint', pod(), node({ taints: [taint] }), tainted],
    [
      'with a taint that is borne',
      pod({ tolerations: [{ key: 'a', value: 'b' }] }),
      node({ taints: [taint] }),
      [],
    ],
    [
      'with another value',
      pod({ tolerations: [{ key: 'a', value: 'c' }] }),
      node({ taints: [taint] }),
      tainted,
    ],
    [
      'with another effect',
      pod({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute' }] }),
      node({ taints: [taint] }),
      tainted,
    ],
    ['that is rather avoided', pod(), node({ taints: [{ ...taint, effect: 'PreferNoSchedule' }] }), []],
    [
      'that has too little',
      asking({ cpu: '5', memory: '9Gi' }),
      node(),
      ['Insufficient cpu', 'Insufficient memory'],
    ],
    ['that has what is wanted', asking({ cpu: '4', memory: '8Gi' }), node(), []],
    ['that has no such thing', asking({ 'example.com/gpu': '1' }), node(), ['Insufficient example.com/gpu']],
    [
      'outside of every zone',
      pod({
        topologySpreadConstraints: [{ topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule', maxSkew: 1 }],
      }),
      node(),
      ["node(s) didn't match pod topology spread constraints (missing required label)"],
    ],
  ])('%s', (_name, wanted, where, expected) => {
    expect(obstacles(wanted, where)).toEqual(expected);
  });

  it('is full by what is there, and by number', () => {
    const three = asking({ cpu: '1500m' });
    expect(obstacles(asking({ cpu: '1' }), node(), three, three)).toEqual([]);
    expect(obstacles(asking({ cpu: '1100m' }), node(), three, three)).toEqual(['Insufficient cpu']);
    expect(obstacles(pod(), node(), pod(), pod(), pod())).toEqual(['Too many pods']);
  });

  it('gives a port of its own away once', () => {
    const port = (more: object) =>
      asking({}, { ports: [{ containerPort: 80, protocol: 'TCP', hostPort: 80, ...more }] });
    const taken = ["node(s) didn't have free ports for the requested pod ports"];
    expect(obstacles(port({}), node(), port({}))).toEqual(taken);
    expect(obstacles(port({ hostIP: '10.0.0.1' }), node(), port({}))).toEqual(taken);
    expect(obstacles(port({ hostIP: '10.0.0.1' }), node(), port({ hostIP: '10.0.0.2' }))).toEqual([]);
    expect(obstacles(port({ protocol: 'UDP' }), node(), port({}))).toEqual([]);
  });
});

describe('pods that want each other, or not', () => {
  const term = (more: object = {}) => ({
    topologyKey: 'zone',
    labelSelector: { matchLabels: { app: 'db' } },
    ...more,
  });
  const wanting = (
    kind: string,
    more: object = {},
    labels: Record<string, string> = {},
    namespace = 'default',
  ) =>
    pod(
      { affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [term(more)] } } },
      labels,
      namespace,
    );
  const db = { app: 'db' };
  const alone = ["node(s) didn't match pod affinity rules"];

  it.each([
    ['want one that is there', wanting('podAffinity'), [pod({}, db)], []],
    ['want one that is not', wanting('podAffinity'), [pod()], alone],
    ['want their like, as the first', wanting('podAffinity', {}, db), [], []],
    ['want one of another namespace', wanting('podAffinity'), [pod({}, db, 'other')], alone],
    ['name the namespace', wanting('podAffinity', { namespaces: ['other'] }), [pod({}, db, 'other')], []],
    [
      'select the namespace',
      wanting('podAffinity', { namespaceSelector: { matchLabels: { team: 'other' } } }),
      [pod({}, db, 'other')],
      [],
    ],
    [
      'want a place that the node is not in',
      wanting('podAffinity', { topologyKey: 'rack' }),
      [pod({}, db)],
      alone,
    ],
    [
      'shun one that is there',
      wanting('podAntiAffinity'),
      [pod({}, db)],
      ["node(s) didn't match pod anti-affinity rules"],
    ],
    ['shun one that is not', wanting('podAntiAffinity'), [pod()], []],
    [
      'are shunned',
      pod({}, db),
      [wanting('podAntiAffinity')],
      ["node(s) didn't satisfy existing pods anti-affinity rules"],
    ],
  ])('%s', (_name, wanted, others, expected) => {
    expect(obstacles(wanted, node(), ...others)).toEqual(expected);
  });
});

it('what is used is what the pods that are there have asked for, whoever has come and gone', () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    milli: fc.option(fc.integer({ min: 1, max: 2000 })),
  });
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 1, max: 4000 }), (steps, wanted) => {
      const used = createUsedResources();
      const there = new Map<string, number>();
      for (const { key, milli } of steps) {
        if (milli === null) {
          used.remove(key);
          there.delete(key);
        } else {
          used.add(key, asking({ cpu: `${milli}m` }));
          there.set(key, milli);
        }
      }
      const sum = [...there.values()].reduce((total, each) => total + each, 0);
      const fits = used.lacking(asking({ cpu: `${wanted}m` }), { cpu: '4' }).length === 0;
      expect(fits).toBe(sum + wanted <= 4000);
    }),
  );
});
