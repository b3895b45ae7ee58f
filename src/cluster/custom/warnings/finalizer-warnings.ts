import { goQuote } from '../../../kube/index.ts';
import type { ObjectMeta } from '../../resources/index.ts';

const standard = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

/**
 * Finalizers that another controller might have chosen too.
 * Source: apiextensions-apiserver/pkg/registry/customresource/validator.go validateKubeFinalizerName.
 */
export function finalizerWarnings(metadata: ObjectMeta, old: ObjectMeta | undefined): readonly string[] {
  const known = new Set(old?.finalizers);
  return [...new Set(metadata.finalizers)]
    .filter((name) => !known.has(name) && !standard.has(name) && !name.includes('/'))
    .toSorted()
    .map((name) => {
      const way = name.includes('.') ? ' including a path (/)' : '';
      const why = 'to avoid accidental conflicts with other finalizer writers';
      return `metadata.finalizers: ${goQuote(name)}: prefer a domain-qualified finalizer name${way} ${why}`;
    });
}
