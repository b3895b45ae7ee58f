import type { Condition, Write } from '../store.ts';
import type { Compare, Operation, OperationAnswer, Transaction } from './etcd-messages.ts';
import type { KeySpace } from './key-space.ts';

/** etcd's default for --max-txn-ops: along every path of nested transactions, the largest numbers add up to no more. */
const MOST_OPERATIONS = 128;

/** The store's transaction as etcd has it. */
export function toTransaction(
  space: KeySpace,
  conditions: readonly Condition[],
  writes: readonly Write[],
): Transaction {
  const compare = conditions.map(({ key, modRevision }): Compare => {
    const mod_revision = modRevision === 0 ? '0' : space.ofEtcd(modRevision);
    return { key: space.key(key), target: 'MOD', result: 'EQUAL', mod_revision };
  });
  // What only compares would be answered by a member that may be behind: a read makes it ask the others.
  const look: Operation = { request_range: { key: space.marker, count_only: true } };
  const success =
    writes.length === 0
      ? [look]
      : nest(
          writes.map((write) => toOperation(space, write)),
          compare.length,
        );
  return { compare, success };
}

function toOperation(space: KeySpace, write: Write): Operation {
  const key = space.key(write.key);
  if (write.type === 'delete') return { request_delete_range: { key } };
  const { value, leaseId } = write;
  const bytes = Buffer.from(value).toString('base64');
  return { request_put: { key, value: bytes, ...(leaseId !== undefined && { lease: leaseId }) } };
}

/** Many writes go into transactions of the transaction: it is one all the same. */
function nest(operations: readonly Operation[], compared: number): readonly Operation[] {
  if (operations.length <= MOST_OPERATIONS) return operations;
  const groups = Math.max(compared, MOST_OPERATIONS / 2);
  const size = Math.max(1, MOST_OPERATIONS - groups);
  const nested: Operation[] = [];
  for (let start = 0; start < operations.length; start += size)
    nested.push({ request_txn: { success: operations.slice(start, start + size) } });
  return nested;
}

/** Whether a committed transaction has changed anything: then it has a revision of its own. */
export function hasChanged(writes: readonly Write[], answers: readonly OperationAnswer[] = []): boolean {
  return writes.some(({ type }) => type === 'put') || answers.some(hasDeleted);
}

function hasDeleted({ response_delete_range, response_txn }: OperationAnswer): boolean {
  return Number(response_delete_range?.deleted ?? 0) > 0 || (response_txn?.responses ?? []).some(hasDeleted);
}

/** etcd's leases are numbers. */
export function isLeaseId(id: string): boolean {
  return /^-?[0-9]{1,19}$/.test(id);
}
