import { isStorableText } from './key-order.ts';
import { type Condition, InvalidTransactionError, type Write } from './store.ts';

/** What every store refuses before it looks at its data, so that all of them refuse the same. */

/** @throws InvalidTransactionError for text that no store can keep or a key written twice */
export function requireValid(conditions: readonly Condition[], writes: readonly Write[]): void {
  const written = new Set<string>();
  for (const { key } of conditions) requireStorable(key);
  for (const write of writes) {
    requireStorable(write.key);
    if (write.type === 'put') requireStorable(write.value);
    if (written.has(write.key)) throw new InvalidTransactionError('a transaction writes one key twice');
    written.add(write.key);
  }
}

function requireStorable(text: string): void {
  if (!isStorableText(text))
    throw new InvalidTransactionError('keys and values are well-formed Unicode without NUL');
}

/** @throws InvalidTransactionError for a bound of a range that has no UTF-8 form */
export function requireWellFormed(...bounds: readonly string[]): void {
  if (!bounds.every((text) => text.isWellFormed()))
    throw new InvalidTransactionError('bounds are well-formed Unicode');
}

/** @throws RangeError */
export function requireLimit(limit: number | undefined): void {
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0))
    throw new RangeError('limit is no count');
}

/** @throws RangeError */
export function requireTimeToLive(ttlMs: number): void {
  if (!Number.isSafeInteger(ttlMs) || ttlMs <= 0)
    throw new RangeError('a lease needs a positive whole number of ms');
}
