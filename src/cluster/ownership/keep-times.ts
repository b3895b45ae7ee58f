import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../resources/index.ts';
import { isJsonObject } from '../schema/index.ts';
import { withoutManagedFields } from './track-update.ts';

/**
 * The object as it was when only times in managedFields would change: repeating a write is no change.
 * Source: apiserver/pkg/endpoints/handlers/fieldmanager/equality.go IgnoreManagedFieldsTimestampsTransformer.
 */
export function keepTimes(next: KubeObject, old: KubeObject): KubeObject {
  const [now, before] = [next.metadata['managedFields'], old.metadata['managedFields']];
  if (now === before || !isDeepStrictEqual(timeless(now), timeless(before))) return next;
  return isDeepStrictEqual(withoutManagedFields(next), withoutManagedFields(old)) ? old : next;
}

function timeless(entries: unknown): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.map((entry) => {
    if (!isJsonObject(entry)) return entry;
    const { time: _, ...rest } = entry;
    return rest;
  });
}
