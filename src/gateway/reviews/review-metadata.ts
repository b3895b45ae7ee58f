import { type FieldError, fieldError } from '../../kube/index.ts';
import type { Review } from './read-review.ts';

/** Reviews have no name, labels or annotations; a local one has its namespace. */
export function metadataErrors(body: Review, allowed: readonly string[]): FieldError[] {
  const metadata = Object.entries((body['metadata'] as object | null | undefined) ?? {}).filter(
    ([key, value]) => !DROPPED_METADATA.has(key) && value !== '' && value !== null && !isEmptyObject(value),
  );
  const shown = metadata.filter(([key]) => key !== 'namespace' || allowed.includes(key));
  if (shown.every(([key]) => allowed.includes(key))) return [];
  const detail = allowed.includes('namespace') ? 'must be empty except for namespace' : 'must be empty';
  return [fieldError.invalid('metadata', Object.fromEntries(shown), detail)];
}

/** Set or dropped by a server before it validates, so a client may send them. */
const DROPPED_METADATA = new Set(['managedFields', 'creationTimestamp', 'generateName']);

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
