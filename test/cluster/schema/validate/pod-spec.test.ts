import { describe, expect, it } from 'vitest';
import { container, errors, labels, metadata, podSpec } from './support.ts';

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
      ['spec.initContainers[0].name: Duplicate value: "c"'],
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
        'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
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

  const gated = { ...podSpec, schedulingGates: [{ name: 'a' }, { name: 'b' }] };
  const borne = { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 };

  it.each([
    ['loses a gate', { ...podSpec, schedulingGates: [{ name: 'b' }] }, gated, []],
    [
      'gets a gate',
      { ...gated, schedulingGates: [{ name: 'c' }] },
      gated,
      [
        "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'c'",
      ],
    ],
    ['is told more at a gate', { ...gated, nodeSelector: { disk: 'ssd' } }, gated, []],
    [
      'is told something else at a gate',
      { ...gated, nodeSelector: { disk: 'hdd' } },
      { ...gated, nodeSelector: { disk: 'ssd' } },
      [
        'spec.nodeSelector: Invalid value: {"disk":"hdd"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
      ],
    ],
    [
      'gets a later deadline',
      { ...podSpec, activeDeadlineSeconds: 9 },
      { ...podSpec, activeDeadlineSeconds: 5 },
      ['spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value'],
    ],
    [
      'bears something for another time',
      { ...podSpec, tolerations: [{ ...borne, tolerationSeconds: 9 }] },
      { ...podSpec, tolerations: [borne] },
      [],
    ],
    [
      'bears something no longer',
      podSpec,
      { ...podSpec, tolerations: [borne] },
      ['spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds'],
    ],
  ])('that %s', (_name, spec, old, expected) => {
    expect(errors('/v1/pods', { spec }, { spec: old })).toEqual(expected);
  });

  it('are not bound at a gate, nor born with containers for debugging', () => {
    expect(errors('/v1/pods', { spec: { ...gated, nodeName: 'n' } })).toEqual([
      'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
    ]);
    const ephemeralContainers = [{ name: 'e', image: 'i' }];
    expect(errors('/v1/pods', { spec: { ...podSpec, ephemeralContainers } })).toEqual([
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
    ]);
  });
});
