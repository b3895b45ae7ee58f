import type { Condition, Store, TxnResult, Write } from '../store.ts';

export interface Change {
  readonly conditions: readonly Condition[];
  readonly writes: readonly Write[];
}

/**
 * Commits changes that do not depend on each other: in one transaction if all their conditions hold, else one by one.
 * @returns for each change its transaction's revision; undefined when its conditions did not hold
 */
export async function commitEach(
  store: Store,
  changes: readonly Change[],
): Promise<readonly (number | undefined)[]> {
  if (changes.length === 0) return [];
  const together = await store.txn(
    changes.flatMap(({ conditions }) => conditions),
    changes.flatMap(({ writes }) => writes),
  );
  if (together.committed) return changes.map(() => together.revision);
  if (changes.length === 1) return [undefined];
  const single = await Promise.all(changes.map(({ conditions, writes }) => store.txn(conditions, writes)));
  return single.map(({ committed, revision }: TxnResult) => (committed ? revision : undefined));
}
