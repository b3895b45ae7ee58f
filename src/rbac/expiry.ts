import type { ObjectMeta } from './model.ts';

/**
 * By this annotation a binding says until when it is to count (RFC 3339). RBAC itself knows no end: whoever feeds a policy
 * takes the binding out of it when the time has come, and whoever wrote it should delete it then.
 */
export const EXPIRES_AT = 'sallyport.dev/expires-at';

/**
 * Milliseconds since the epoch; undefined for what has no end. A time that cannot be read has passed: nothing is to last
 * longer than somebody wanted because of a slip.
 */
export function expiryOf({ annotations }: Pick<ObjectMeta, 'annotations'>): number | undefined {
  const text = annotations?.[EXPIRES_AT];
  if (text === undefined) return undefined;
  const time = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
