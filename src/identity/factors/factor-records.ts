import { hash } from 'node:crypto';
import type { Condition, Sealer, Store, Write } from '../../store/index.ts';
import { FactorError } from './factor-error.ts';
import { type FactorRecord, noFactors } from './factor-record.ts';

export interface FactorRecords {
  read(accountId: string): Promise<FactorRecord>;
  /**
   * Replaces the record by compare-and-set, as often as somebody else was faster.
   * @param change what becomes of it; undefined: nothing. May throw, and then nothing happens
   * @returns the record as it is now
   * @throws FactorError `exists` when a passkey is another account's
   */
  update(
    accountId: string,
    change: (record: FactorRecord) => FactorRecord | undefined,
  ): Promise<FactorRecord>;
  /** Forgets all that the account has. False when it had nothing. */
  remove(accountId: string): Promise<boolean>;
  /**
   * Seals anew what lies in clear, or under a former key.
   * @throws SealedValueError when a record cannot be opened
   */
  sealAnew(): Promise<void>;
  /** The account that has a passkey of this id. */
  ownerOf(credentialId: string): Promise<string | undefined>;
}

const prefix = 'identity/factors/';
/** Records read at once by `sealAnew`. */
const pageSize = 200;
const hashOf = (text: string) => hash('sha256', text, 'base64url');
/** An account's id may hold any character: a hash holds no slash. */
const accounts = `${prefix}account/`;
const placeOf = (accountId: string) => accounts + hashOf(accountId);
const indexOf = (credentialId: string) => `${prefix}passkey/${hashOf(credentialId)}`;

/** Accounts' factors in the store, sealed, with an index of the passkeys that is written in the same transaction. */
export function createFactorRecords(store: Store, sealer: Sealer): FactorRecords {
  async function load(accountId: string): Promise<{ revision: number; record: FactorRecord }> {
    const place = placeOf(accountId);
    const entry = await store.get(place);
    if (entry === undefined) return { revision: 0, record: noFactors };
    return { revision: entry.modRevision, record: JSON.parse(sealer.open(place, entry.value).text) };
  }

  async function commit(
    accountId: string,
    { revision, record }: { revision: number; record: FactorRecord },
    next: FactorRecord | undefined,
  ): Promise<boolean> {
    const place = placeOf(accountId);
    const before = new Set(record.passkeys.map(({ id }) => id));
    const after = new Set(next?.passkeys.map(({ id }) => id));
    const added = [...after].filter((id) => !before.has(id)).map(indexOf);
    const removed = [...before].filter((id) => !after.has(id)).map(indexOf);
    const conditions: Condition[] = [
      { key: place, modRevision: revision },
      ...added.map((key) => ({ key, modRevision: 0 })),
    ];
    const writes: Write[] = [
      next === undefined
        ? { type: 'delete', key: place }
        : { type: 'put', key: place, value: sealer.seal(place, JSON.stringify(next)) },
      ...added.map((key) => ({ type: 'put' as const, key, value: accountId })),
      ...removed.map((key) => ({ type: 'delete' as const, key })),
    ];
    if ((await store.txn(conditions, writes)).committed) return true;
    for (const key of added) if ((await store.get(key)) !== undefined) throw new FactorError('exists');
    return false;
  }

  return {
    read: async (accountId) => (await load(accountId)).record,
    async update(accountId, change) {
      for (;;) {
        const before = await load(accountId);
        const next = change(before.record);
        if (next === undefined) return before.record;
        if (await commit(accountId, before, next)) return next;
      }
    },
    async remove(accountId) {
      for (;;) {
        const before = await load(accountId);
        if (before.revision === 0) return false;
        if (await commit(accountId, before, undefined)) return true;
      }
    },
    async sealAnew() {
      let after: string | undefined;
      do {
        const page = await store.list(accounts, {
          limit: pageSize,
          ...(after === undefined ? {} : { after }),
        });
        for (const { key, value, modRevision } of page.entries) {
          const { text, current } = sealer.open(key, value);
          // Who is faster has sealed it anew, too.
          if (!current)
            await store.txn([{ key, modRevision }], [{ type: 'put', key, value: sealer.seal(key, text) }]);
        }
        after = page.remaining > 0 ? page.entries.at(-1)?.key : undefined;
      } while (after !== undefined);
    },
    ownerOf: async (credentialId) => (await store.get(indexOf(credentialId)))?.value,
  };
}
