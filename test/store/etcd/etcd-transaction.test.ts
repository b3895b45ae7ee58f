import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/store/etcd/etcd-messages.ts';
import { toTransaction } from '../../../src/store/etcd/etcd-transaction.ts';
import { createKeySpace } from '../../../src/store/etcd/key-space.ts';
import { MOST_CONDITIONS, type Write } from '../../../src/store/index.ts';

const space = createKeySpace('ns/', 40);

/** How etcd counts (server/etcdserver/api/v3rpc/key.go, checkTxnRequest): along each path, the largest lists add up. */
function longestPath(compared: number, operations: readonly Operation[]): number {
  const nested = operations.map((operation) =>
    'request_txn' in operation ? longestPath(0, operation.request_txn.success) : 0,
  );
  return Math.max(compared, operations.length) + Math.max(0, ...nested);
}

function putsOf(operations: readonly Operation[]): string[] {
  return operations.flatMap((operation) => {
    if ('request_txn' in operation) return putsOf(operation.request_txn.success);
    return 'request_put' in operation ? [atob(operation.request_put.key)] : [];
  });
}

describe('a transaction for etcd', () => {
  it('stays within 128 operations along each path, with every write once and in order', () => {
    const conditionCount = fc.nat({ max: MOST_CONDITIONS });
    fc.assert(
      fc.property(conditionCount, fc.nat({ max: 2500 }), (conditions, count) => {
        const writes = Array.from(
          { length: count },
          (_, n): Write => ({ type: 'put', key: `k${n}`, value: '' }),
        );
        const asked = Array.from({ length: conditions }, (_, n) => ({ key: `c${n}`, modRevision: n }));
        const { compare = [], success } = toTransaction(space, asked, writes);
        expect(longestPath(compare.length, success)).toBeLessThanOrEqual(128);
        expect(putsOf(success)).toEqual(writes.map(({ key }) => `ns/${key}`));
      }),
      { numRuns: 40 },
    );
  });

  it('compares revisions as etcd counts them, absence as etcd has it', () => {
    const conditions = [
      { key: 'a', modRevision: 2 },
      { key: 'b', modRevision: 0 },
    ];
    expect(toTransaction(space, conditions, []).compare).toEqual([
      { key: btoa('ns/a'), target: 'MOD', result: 'EQUAL', mod_revision: '42' },
      { key: btoa('ns/b'), target: 'MOD', result: 'EQUAL', mod_revision: '0' },
    ]);
  });

  it('that writes nothing reads something: else a member that is behind would answer it', () => {
    const [operation, ...rest] = toTransaction(space, [{ key: 'a', modRevision: 2 }], []).success;
    expect([Object.keys(operation ?? {}), rest]).toEqual([['request_range'], []]);
  });
});
