import { isJsonObject } from '../schema/index.ts';

/**
 * JSON Merge Patch (RFC 7386): null deletes, objects merge, everything else replaces. Neither argument is changed.
 * Entries are collected and not assigned, because assigning `__proto__` would change the prototype.
 */
export function mergePatch(current: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map(Object.entries(isJsonObject(current) ? current : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}
