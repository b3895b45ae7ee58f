import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { Rule } from './rules.ts';
import { nonNegativeErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

/** What the counts of a status are, and which of them no other may exceed. */
interface Counts {
  readonly fields: readonly string[];
  readonly ofReplicas: readonly string[];
  /** As the error about pods that are available and not ready names what is exceeded; absent where nobody looks. */
  readonly ready?: string;
}

/** Source: Kubernetes pkg/apis/apps/validation ValidateDeploymentStatus and its like. */
const counts: Readonly<Record<string, Counts>> = {
  'apps/Deployment': {
    fields: [
      'observedGeneration',
      'replicas',
      'updatedReplicas',
      'readyReplicas',
      'availableReplicas',
      'unavailableReplicas',
      'terminatingReplicas',
      'collisionCount',
    ],
    ofReplicas: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
    ready: 'readyReplicas',
  },
  'apps/ReplicaSet': {
    fields: [
      'replicas',
      'fullyLabeledReplicas',
      'readyReplicas',
      'availableReplicas',
      'observedGeneration',
      'terminatingReplicas',
    ],
    ofReplicas: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
    ready: 'readyReplicas',
  },
  'apps/StatefulSet': {
    fields: [
      'replicas',
      'readyReplicas',
      'currentReplicas',
      'updatedReplicas',
      'availableReplicas',
      'observedGeneration',
      'collisionCount',
    ],
    ofReplicas: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
    ready: 'status.readyReplicas',
  },
  'apps/DaemonSet': {
    fields: [
      'currentNumberScheduled',
      'numberMisscheduled',
      'desiredNumberScheduled',
      'numberReady',
      'observedGeneration',
      'updatedNumberScheduled',
      'numberAvailable',
      'numberUnavailable',
      'collisionCount',
    ],
    ofReplicas: [],
  },
  '/ReplicationController': {
    fields: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
    ofReplicas: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
    ready: 'readyReplicas',
  },
  'batch/Job': { fields: ['active', 'succeeded', 'failed', 'terminating'], ofReplicas: [] },
  'autoscaling/HorizontalPodAutoscaler': { fields: ['currentReplicas', 'desiredReplicas'], ofReplicas: [] },
};

/** The rules of workloads' statuses, by group and kind. */
export const workloadStatuses: readonly (readonly [string, Rule])[] = Object.entries(counts).map(
  ([kind, each]) => [kind, (status, path) => countErrors(each, status, path)],
);

function countErrors({ fields, ofReplicas, ready }: Counts, status: Json, path: string): FieldError[] {
  const of = (field: string) => Number(status[field] ?? 0);
  const exceeds = (field: string, other: string, name: string) =>
    of(field) > of(other)
      ? [fieldError.invalid(`${path}.${field}`, of(field), `cannot be greater than ${name}`)]
      : [];
  return [
    ...fields.flatMap((field) => nonNegativeErrors(status, field, path)),
    ...ofReplicas.flatMap((field) => exceeds(field, 'replicas', 'status.replicas')),
    ...(ready === undefined ? [] : exceeds('availableReplicas', 'readyReplicas', ready)),
  ];
}
