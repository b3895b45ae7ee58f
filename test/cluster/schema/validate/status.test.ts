import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../src/cluster/resources/index.ts';
import { validateStatus } from '../../../../src/cluster/schema/index.ts';
import { fieldErrorBody } from '../../../../src/kube/index.ts';
import { typeOf } from '../../type-of.ts';

const condition = { type: 'A', status: 'True', reason: 'R', lastTransitionTime: '2026-01-01T00:00:00Z' };

describe('what is written of a state', () => {
  it.each<readonly [path: string, status: object, expected: readonly unknown[]]>([
    [
      '/v1/persistentvolumeclaims',
      { capacity: { storage: '-1' }, allocatedResourceStatuses: { storage: 'Odd' } },
      [
        'status.capacity[storage]: Invalid value: -1: must be a valid resource quantity',
        expect.stringContaining(
          'status.allocatedResourceStatuses: Unsupported value: "storage": supported values: "ControllerResizeInProgress"',
        ),
      ],
    ],
    [
      '/v1/services',
      {
        loadBalancer: {
          ingress: [
            { ip: 'x', ipMode: 'Odd' },
            { hostname: '1.2.3.4', ipMode: 'VIP' },
          ],
        },
      },
      [
        'status.loadBalancer.ingress[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'status.loadBalancer.ingress[0].ipMode: Unsupported value: "Odd": supported values: "Proxy", "VIP"',
        'status.loadBalancer.ingress[1].ipMode: Forbidden: may not be specified when `ip` is not set',
        'status.loadBalancer.ingress[1].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
      ],
    ],
    [
      '/v1/resourcequotas',
      { used: { pods: '-1', odd: '1' } },
      [
        'status.used[odd]: Invalid value: "odd": must be a standard resource type or fully qualified',
        'status.used[odd]: Invalid value: "odd": must be a standard resource for quota',
        'status.used[pods]: Invalid value: "-1": must be greater than or equal to 0',
      ],
    ],
    [
      '/v1/nodes',
      {
        capacity: { pods: '1.5', cpu: '-1' },
        addresses: [
          { type: 'InternalIP', address: 'a' },
          { type: 'InternalIP', address: 'a' },
        ],
      },
      [
        'status.capacity.pods: Invalid value: "1500m": must be an integer',
        'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
        'status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"a"}',
      ],
    ],
    [
      '/v1/namespaces',
      { phase: 'Terminating' },
      ['status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty'],
    ],
    [
      'policy/v1/poddisruptionbudgets',
      { currentHealthy: -1, conditions: [condition, { ...condition, status: 'Odd', reason: '-' }] },
      [
        'status.conditions[1].type: Duplicate value: "A"',
        'status.conditions[1].status: Unsupported value: "Odd": supported values: "False", "True", "Unknown"',
        expect.stringContaining(
          'status.conditions[1].reason: Invalid value: "-": a condition reason must start with',
        ),
        'status.currentHealthy: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
    [
      'storage.k8s.io/v1/volumeattachments',
      { attachError: { errorCode: -1 } },
      ['status.attachError.errorCode: Invalid value: -1: must be between 0 and 2147483647, inclusive'],
    ],
    ['/v1/configmaps', { any: 'thing' }, []],
  ])('%s', (path, status, expected) => {
    const object = { metadata: { name: 'a' }, status } as unknown as KubeObject;
    const found = validateStatus(typeOf(path), object).map(
      (error) => `${error.field}: ${fieldErrorBody(error)}`,
    );
    expect(found).toEqual(expected);
  });
});
