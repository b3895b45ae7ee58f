import { type FieldError, fieldError, goQuote } from '../../kube/index.ts';
import type { KubeObject } from '../resources/index.ts';

export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

export type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan';

/**
 * An object on its way out takes no new finalizers. validateObject finds this too: Kubernetes reports it twice, since it
 * validates metadata both in general and for the kind.
 */
export function newFinalizerErrors(next: KubeObject, old: KubeObject): FieldError[] {
  if (old.metadata.deletionTimestamp === undefined) return [];
  const known = new Set(old.metadata.finalizers);
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => !known.has(finalizer));
  if (added.length === 0) return [];
  const error = fieldError.forbidden(
    'metadata.finalizers',
    'no new finalizers can be added if the object is being deleted, found new finalizers ' +
      `[]string{${added.map(goQuote).join(', ')}}`,
  );
  return [error];
}

/** The finalizers after a delete with this policy. Without one, what is there stays. */
export function finalizersFor(
  finalizers: readonly string[],
  policy: PropagationPolicy | undefined,
): readonly string[] {
  if (policy === undefined) return finalizers;
  const others = finalizers.filter((name) => name !== foregroundFinalizer && name !== orphanFinalizer);
  if (policy === 'Foreground') return [...others, foregroundFinalizer];
  return policy === 'Orphan' ? [...others, orphanFinalizer] : others;
}
