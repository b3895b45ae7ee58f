import { describe, expect, it } from 'vitest';
import { container, errors, podSpec } from './support.ts';

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const nodes = (term: object) => ({
  affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: [term] } } },
});
const expression = (more: object) =>
  nodes({ matchExpressions: [{ key: 'k', operator: 'In', values: ['v'], ...more }] });
const termPath = `spec.affinity.nodeAffinity.${required}.nodeSelectorTerms`;
const expressionPath = `${termPath}[0].matchExpressions[0]`;
const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };

describe('where a pod may go is refused', () => {
  it.each([
    [
      { nodeSelector: { a: '-' } },
      [expect.stringMatching(/^spec\.nodeSelector: Invalid value: "-": a valid label/)],
    ],
    [
      { affinity: { nodeAffinity: { [required]: {} } } },
      [`${termPath}: Required value: must have at least one node selector term`],
    ],
    [expression({}), []],
    [expression({ operator: 'Gt', values: ['1'] }), []],
    [
      expression({ values: [] }),
      [`${expressionPath}.values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`],
    ],
    [
      expression({ operator: 'Exists' }),
      [
        `${expressionPath}.values: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
      ],
    ],
    [
      expression({ operator: 'Lt', values: ['1', '2'] }),
      [
        `${expressionPath}.values: Required value: must be specified single value when \`operator\` is 'Lt' or 'Gt'`,
      ],
    ],
    [
      nodes({ matchFields: [{ key: 'spec.x', operator: 'In', values: ['n'] }] }),
      [`${termPath}[0].matchFields[0].key: Invalid value: "spec.x": not a valid field selector key`],
    ],
    [
      { affinity: { nodeAffinity: { [preferred]: [{ weight: 101, preference: {} }] } } },
      [`spec.affinity.nodeAffinity.${preferred}[0].weight: Invalid value: 101: must be in the range 1-100`],
    ],
    [
      { affinity: { podAntiAffinity: { [required]: [{ labelSelector: {}, topologyKey: '' }] } } },
      [
        `spec.affinity.podAntiAffinity.${required}[0].topologyKey: Required value: can not be empty`,
        expect.stringMatching(/topologyKey: Invalid value: "": name part must be non-empty$/),
        expect.stringMatching(/topologyKey: Invalid value: "": name part must consist/),
      ],
    ],
    [
      { tolerations: [{ operator: 'Equal', value: 'x' }] },
      [
        'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ],
    ],
    [
      { tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] },
      ['spec.tolerations[0].operator: Invalid value: "x": value must be empty when `operator` is \'Exists\''],
    ],
    [
      { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 3 }] },
      [
        'spec.tolerations[0].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
      ],
    ],
    [
      { tolerations: [{ key: 'a', operator: 'Near' }] },
      ['spec.tolerations[0].operator: Unsupported value: "Near": supported values: "Equal", "Exists"'],
    ],
    [
      { topologySpreadConstraints: [{ ...spread, maxSkew: 0 }] },
      ['spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero'],
    ],
    [
      { topologySpreadConstraints: [spread, spread] },
      [
        'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"',
      ],
    ],
    [{ hostname: 'a.b' }, ['spec.hostname: Invalid value: "a.b": must not contain dots']],
    [
      { dnsPolicy: 'None' },
      ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
    ],
    [
      { activeDeadlineSeconds: 0 },
      ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive'],
    ],
    [
      { hostAliases: [{ ip: 'here', hostnames: ['a'] }] },
      [
        'spec.hostAliases[0].ip: Invalid value: "here": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      {
        containers: [
          { ...container, ports: [{ containerPort: 80, hostPort: 80 }] },
          { ...container, name: 'd', ports: [{ containerPort: 80, hostPort: 80 }] },
        ],
      },
      ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"'],
    ],
    [
      { hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 81 }] }] },
      [
        'spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true',
      ],
    ],
  ])('%#: %j', (spec, expected) => {
    expect(errors('/v1/pods', { spec: { ...podSpec, ...spec } })).toEqual(expected);
  });
});

describe('nodes', () => {
  const taint = { key: 'a', effect: 'NoSchedule' };

  it.each([
    [[taint], []],
    [[{ key: 'a' }], [expect.stringMatching(/effect: Required value$/)]],
    [
      [taint, { ...taint, value: 'x' }],
      [
        'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"x","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
      ],
    ],
  ])('have taints %j', (taints, expected) => {
    expect(errors('/v1/nodes', { spec: { taints } })).toEqual(expected);
  });
});
