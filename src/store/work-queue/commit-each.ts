import { type Condition, MOST_CONDITIONS, type Store, type TxnResult, type Write } from '../store.ts';

export interface Change {
  readonly conditions: readonly Condition[];
  readonly writes: readonly Write[];
}

/**
 * Commits changes that do not depend on each other: as many in one transaction as a store takes if all their conditions
 * hold, else one by one.
 * @returns for each change its transaction's revision; undefined when its conditions did not hold
 */
export async function commitEach(
  store: Store,
  changes: readonly Change[],
): Promise<readonly (number | undefined)[]> {
  const revisions: (number | undefined)[] = [];
  for (const group of groupsOf(changes)) revisions.push(...(await commitGroup(store, group)));
  return revisions;
}

function groupsOf(changes: readonly Change[]): Change[][] {
  const groups: Change[][] = [];
  let conditions = MOST_CONDITIONS;
  for (const change of changes) {
    conditions += change.conditions.length;
    if (conditions <= MOST_CONDITIONS) groups.at(-1)?.push(change);
    else {
      groups.push([change]);
      conditions = change.conditions.length;
    }
  }
  return groups;
}

async function commitGroup(store: Store, changes: readonly Change[]): Promise<(number | undefined)[]> {
  const together = await store.txn(
    changes.flatMap(({ conditions }) => conditions),
    changes.flatMap(({ writes }) => writes),
  );
  if (together.committed) return changes.map(() => together.revision);
  if (changes.length === 1) return [undefined];
  const single = await Promise.all(changes.map(({ conditions, writes }) => store.txn(conditions, writes)));
  return single.map(({ committed, revision }: TxnResult) => (committed ? revision : undefined));
}
