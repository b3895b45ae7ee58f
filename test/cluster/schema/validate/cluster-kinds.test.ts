import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

const label = (value: string) =>
  expect.stringContaining(`Invalid value: "${value}": a lowercase RFC 1123 label`);

/** Each row is an answer of kube-apiserver 1.35. */
type Row = readonly [
  title: string,
  path: string,
  object: object,
  old: object | undefined,
  expected: readonly unknown[],
];

describe('kinds of the cluster', () => {
  const limited = {
    type: 'Limited',
    limited: { limitResponse: { type: 'Queue', queuing: { handSize: 70 } } },
  };
  const rule = {
    subjects: [{ kind: 'User', user: { name: 'u' } }],
    resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['*'] }],
  };
  const flow = (each: object) => ({
    spec: { priorityLevelConfiguration: { name: 'p' }, rules: [{ ...rule, ...each }] },
  });

  it.each<Row>([
    [
      'a class of priority that is the system’s',
      'scheduling.k8s.io/v1/priorityclasses',
      { metadata: { name: 'system-node-critical' }, value: 5 },
      undefined,
      [
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: value of system-node-critical PriorityClass must be 2000001000",
      ],
    ],
    [
      'another way to preempt',
      'scheduling.k8s.io/v1/priorityclasses',
      { value: 1, preemptionPolicy: 'Never' },
      { value: 1 },
      ['preemptionPolicy: Invalid value: "Never": field is immutable'],
    ],
    [
      'a class of runtimes',
      'node.k8s.io/v1/runtimeclasses',
      {
        handler: 'A_b',
        overhead: { podFixed: { odd: '1' } },
        scheduling: { tolerations: [{ operator: 'Exists' }, { operator: 'Exists' }] },
      },
      undefined,
      [
        label('A_b'),
        'overhead.limits[odd]: Invalid value: "odd": must be a standard resource type or fully qualified',
        'overhead.limits[odd]: Invalid value: "odd": must be a standard resource for containers',
        'scheduling.tolerations[1]: Duplicate value: {"Key":"","Operator":"Exists","Value":"","Effect":"","TolerationSeconds":null}',
      ],
    ],
    [
      'another runtime',
      'node.k8s.io/v1/runtimeclasses',
      { handler: 'b' },
      { handler: 'a' },
      ['handler: Invalid value: "b": field is immutable'],
    ],
    [
      'a request for a certificate',
      'certificates.k8s.io/v1/certificatesigningrequests',
      { spec: { signerName: 'kubernetes.io/legacy-unknown', usages: ['odd', 'odd'], expirationSeconds: 1 } },
      undefined,
      [
        'spec.request: Invalid value: null: PEM block type must be CERTIFICATE REQUEST',
        expect.stringContaining(
          'spec.usages[0]: Unsupported value: "odd": supported values: "any", "cert sign"',
        ),
        expect.stringContaining('spec.usages[1]: Unsupported value: "odd"'),
        'spec.usages[1]: Duplicate value: "odd"',
        'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
        'spec.expirationSeconds: Invalid value: 1: may not specify a duration less than 600 seconds (10 minutes)',
      ],
    ],
    [
      'a signer without a domain',
      'certificates.k8s.io/v1/certificatesigningrequests',
      {
        spec: {
          request: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K',
          signerName: 'a/b',
          usages: ['any'],
        },
      },
      undefined,
      [
        'spec.signerName: Invalid value: "a": should be a domain with at least two segments separated by dots',
      ],
    ],
    [
      'what pods of a namespace may do',
      '/v1/namespaces',
      {
        metadata: {
          name: 'a',
          labels: {
            'pod-security.kubernetes.io/enforce': 'odd',
            'pod-security.kubernetes.io/warn-version': 'v9',
          },
        },
        spec: { finalizers: ['odd'] },
      },
      undefined,
      [
        'spec.finalizers: Invalid value: "odd": name is neither a standard finalizer name nor is it fully qualified',
        'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "odd": must be one of privileged, baseline, restricted',
        'metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "v9": must be "latest" or "v1.x"',
      ],
    ],
    [
      'ranges of a node',
      '/v1/nodes',
      { spec: { podCIDRs: ['10.244.0.0/24', '10.245.0.0/24'] } },
      { spec: { podCIDR: '10.244.0.0/24' } },
      [
        'spec.podCIDRs: Invalid value: ["10.244.0.0/24","10.245.0.0/24"]: may specify no more than one CIDR for each IP family',
        'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
      ],
    ],
    [
      'a taint twice',
      '/v1/nodes',
      {
        spec: {
          taints: [
            { key: 'a', effect: 'NoSchedule' },
            { key: 'a', effect: 'NoSchedule' },
          ],
        },
      },
      undefined,
      [
        'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
      ],
    ],
    [
      'limits of something',
      '/v1/limitranges',
      { spec: { limits: [{ type: 'Odd' }, { type: 'Container', max: { 'requests.cpu': '1' } }] } },
      undefined,
      [
        'spec.limits[0].type: Invalid value: "Odd": must be a standard limit type or fully qualified',
        'spec.limits[1].max[requests.cpu]: Invalid value: "requests.cpu": must be a standard resource for containers',
        'spec.limits[1].default[requests.cpu]: Invalid value: "requests.cpu": must be a standard resource for containers',
        'spec.limits[1].defaultRequest[requests.cpu]: Invalid value: "requests.cpu": must be a standard resource for containers',
      ],
    ],
    [
      'more devices than asked for',
      '/v1/limitranges',
      {
        spec: {
          limits: [
            {
              type: 'Container',
              default: { 'example.com/gpu': '2' },
              defaultRequest: { 'example.com/gpu': '1' },
            },
          ],
        },
      },
      undefined,
      [
        'spec.limits[0].defaultRequest[example.com/gpu]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 in example.com/gpu',
      ],
    ],
    [
      'half a pod',
      '/v1/resourcequotas',
      { spec: { hard: { pods: '1.5' }, scopes: ['Odd'] } },
      undefined,
      [
        'spec.hard[pods]: Invalid value: "1500m": must be an integer',
        'spec.scopes: Invalid value: ["Odd"]: unsupported scope',
      ],
    ],
    [
      'a lease that changed hands less than never',
      'coordination.k8s.io/v1/leases',
      { spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } },
      undefined,
      [
        'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
        'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
    [
      'a budget of both',
      'policy/v1/poddisruptionbudgets',
      { spec: { minAvailable: 1, maxUnavailable: 1, unhealthyPodEvictionPolicy: '' } },
      undefined,
      [
        'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":""}: minAvailable and maxUnavailable cannot be both set',
        'spec.unhealthyPodEvictionPolicy: Unsupported value: "": supported values: "AlwaysAllow", "IfHealthyBudget"',
      ],
    ],
    [
      'flows of nobody',
      'flowcontrol.apiserver.k8s.io/v1/flowschemas',
      flow({
        subjects: [{ kind: 'User', group: { name: 'g' } }],
        resourceRules: [{ verbs: ['odd'], apiGroups: ['*', 'a'], resources: [] }],
      }),
      undefined,
      [
        "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'",
        "spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'",
        'spec.rules[0].resourceRules[0].verbs: Unsupported value: ["odd"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"',
        `spec.rules[0].resourceRules[0].apiGroups: Invalid value: ["*","a"]: if '*' is present, must not specify other api groups`,
        'spec.rules[0].resourceRules[0].resources: Required value: resource rules must supply at least one resource',
        'spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace',
      ],
    ],
    [
      'flows to pages',
      'flowcontrol.apiserver.k8s.io/v1/flowschemas',
      flow({
        resourceRules: [],
        nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['x', '/a*/b', '/x//y', '/ok/*'] }],
      }),
      undefined,
      [
        'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "x": must start with slash',
        'spec.rules[0].nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/a*/b": wildcard can only do suffix matching',
        'spec.rules[0].nonResourceRules[0].nonResourceURLs[2]: Invalid value: "/x//y": must not contain double slash',
      ],
    ],
    [
      'a level of larger hands than there are queues',
      'flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations',
      { spec: limited },
      undefined,
      [
        'spec.limited.limitResponse.queuing.handSize: Invalid value: 70: should not be greater than queues (64)',
      ],
    ],
    [
      'a level without limits',
      'flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations',
      { spec: { type: 'Exempt', limited: {} } },
      undefined,
      [
        "spec.type: Invalid value: \"Exempt\": must be 'Exempt' if and only if `name` is 'exempt'",
        'spec.limited: Forbidden: must be nil if the type is not Limited',
      ],
    ],
  ])('%s', (_, path, object, old, expected) => {
    expect(errors(path, object, old)).toEqual(expected);
  });
});

describe('events', () => {
  const told = {
    metadata: { name: 'e', namespace: 'default' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'example.com/c',
    reportingInstance: 'i',
    action: 'a',
    reason: 'R',
    type: 'Normal',
    regarding: { kind: 'Node', name: 'n' },
  };
  const path = 'events.k8s.io/v1/events';

  it.each<readonly [string, object, readonly unknown[]]>([
    ['are new', {}, []],
    [
      'say who tells',
      { reportingController: '', reportingInstance: 'x'.repeat(129) },
      [
        'reportingController: Required value',
        'reportingController: Invalid value: "": name part must be non-empty',
        expect.stringContaining('reportingController: Invalid value: "": name part must consist'),
        'reportingInstance: Invalid value: "": can have at most 128 characters',
      ],
    ],
    [
      'count from two',
      { series: { count: 1 } },
      ['series.count: Invalid value: "": should be at least 2', 'series.lastObservedTime: Required value'],
    ],
    [
      'are of two types',
      { type: 'Odd', deprecatedCount: 1 },
      ['type: Invalid value: "": has invalid value: Odd', 'count: Invalid value: "": needs to be unset'],
    ],
  ])('%s', (_, each, expected) => {
    expect(errors(path, { ...told, ...each })).toEqual(expected);
  });

  it('stay as they were told, but for how often', () => {
    const series = { count: 3, lastObservedTime: '2026-01-01T00:00:00.000000Z' };
    expect(errors(path, { ...told, series }, told)).toEqual([]);
    expect(errors(path, { ...told, reason: 'Other', regarding: { kind: 'Node', name: 'm' } }, told)).toEqual([
      'involvedObject: Invalid value: {"Kind":"Node","Namespace":"","Name":"m","UID":"","APIVersion":"","ResourceVersion":"","FieldPath":""}: field is immutable',
      'reason: Invalid value: "Other": field is immutable',
    ]);
  });
});
