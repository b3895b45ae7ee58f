import { expect, it } from 'vitest';
import { validateStatus } from '../../../../src/cluster/schema/index.ts';
import { fieldErrorBody } from '../../../../src/kube/index.ts';
import { typeOf } from '../../type-of.ts';

const negative = 'must be greater than or equal to 0';

/** Recorded from a kube-apiserver 1.35.4. */
it.each<readonly [string, object, readonly string[]]>([
  [
    'apps/v1/deployments',
    { replicas: -1 },
    [
      `status.replicas: Invalid value: -1: ${negative}`,
      'status.updatedReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.readyReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 0: cannot be greater than status.replicas',
    ],
  ],
  [
    'apps/v1/replicasets',
    { replicas: 2, readyReplicas: 1, availableReplicas: 2 },
    ['status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas'],
  ],
  [
    'apps/v1/statefulsets',
    { replicas: 2, readyReplicas: 1, availableReplicas: 2 },
    ['status.availableReplicas: Invalid value: 2: cannot be greater than status.readyReplicas'],
  ],
  ['apps/v1/daemonsets', { numberReady: -1 }, [`status.numberReady: Invalid value: -1: ${negative}`]],
  ['/v1/replicationcontrollers', { replicas: 1, readyReplicas: 1 }, []],
  ['batch/v1/jobs', { active: -1 }, [`status.active: Invalid value: -1: ${negative}`]],
])('counts of a status add up: %s %j', (path, status, expected) => {
  const errors = validateStatus(typeOf(path), { metadata: {}, status });
  expect(errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`)).toEqual(expected);
});
