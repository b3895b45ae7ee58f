import { union } from './field-set.ts';
import { type FieldManager, type FieldManagers, managerIdentity, seconds } from './managed-fields.ts';

/** As many entries of writers that do not apply are kept apart. */
const maxUpdaters = 10;

const bucketName = 'ancient-changes';

/**
 * Puts the oldest entries of a version together as `ancient-changes` when there are too many.
 * Source: apimachinery/pkg/util/managedfields/internal/capmanagers.go.
 */
export function limitUpdaters(managers: FieldManagers): FieldManagers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  if (updaters.length <= maxUpdaters) return managers;
  const kept = new Map(managers);
  const firstOfVersion = new Map<string, string>();
  let count = updaters.length;
  for (const [identity, oldest] of updaters.toSorted(olderFirst)) {
    if (count <= maxUpdaters) break;
    const first = firstOfVersion.get(oldest.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(oldest.apiVersion, identity);
      continue;
    }
    const bucket = { manager: bucketName, operation: 'Update' as const, apiVersion: oldest.apiVersion };
    const bucketIdentity = managerIdentity(bucket);
    const collected = kept.get(bucketIdentity) ?? kept.get(first);
    kept.delete(first);
    kept.delete(identity);
    kept.set(bucketIdentity, {
      ...bucket,
      ...(oldest.time === undefined ? {} : { time: oldest.time }),
      fields: collected === undefined ? oldest.fields : union(collected.fields, oldest.fields),
    });
    count -= 1;
  }
  return kept;
}

function olderFirst(
  [a, x]: readonly [string, FieldManager],
  [b, y]: readonly [string, FieldManager],
): number {
  return seconds(x) - seconds(y) || (a < b ? -1 : 1);
}
