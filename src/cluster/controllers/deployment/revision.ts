import type { Deployment, ReplicaSet } from '../shapes.ts';
import { limitsOf } from './limits.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const historyAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
const maxAnnotation = 'deployment.kubernetes.io/max-replicas';

/** A deployment's own annotations that its sets do not take over. Source: deployment_util.go annotationsToSkip. */
const ownAnnotations = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
]);

/** The number by which `kubectl rollout` knows the set; 0 when it has none. */
export function revisionOf({ metadata }: ReplicaSet): number {
  return Number.parseInt(metadata.annotations?.[revisionAnnotation] ?? '0', 10) || 0;
}

/**
 * A newest set's annotations: the deployment's, its number, and the numbers that it had before.
 * Source: deployment_util.go SetNewReplicaSetAnnotations.
 * @param set undefined when it is still to be made
 */
export function revisionAnnotations(
  deployment: Deployment,
  set: ReplicaSet | undefined,
  revision: number,
): Record<string, string> {
  const inherited = Object.entries(deployment.metadata.annotations ?? {});
  const annotations: Record<string, string> = { ...set?.metadata.annotations };
  for (const [key, value] of inherited) if (!ownAnnotations.has(key)) annotations[key] = value;
  const before = set === undefined ? 0 : revisionOf(set);
  if (before >= revision) return annotations;
  annotations[revisionAnnotation] = String(revision);
  if (before > 0) {
    const history = annotations[historyAnnotation];
    annotations[historyAnnotation] = history === undefined ? String(before) : `${history},${before}`;
  }
  return annotations;
}

/** What a set has to know of the deployment's size, to find its share when that changes. */
export function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const { replicas } = deployment.spec;
  return {
    [desiredAnnotation]: String(replicas),
    [maxAnnotation]: String(replicas + limitsOf(deployment).maxSurge),
  };
}
