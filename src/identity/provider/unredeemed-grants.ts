import type { Expiring } from '../../store/index.ts';
import type { Lifetimes } from './lifetimes.ts';
import { hashOf, modelKey, type StoredModel } from './stored-model.ts';

export interface UnredeemedGrantsDeps {
  readonly records: Expiring<StoredModel>;
  readonly lifetimes: Pick<Lifetimes, 'kept'>;
  now(): number;
}

/** A code that nobody redeems leaves its grant for as long as the code lives, and not for the months that tokens would. */
export interface UnredeemedGrants {
  /** Writes a grant; one that is kept for longer stays so. @param key of its record */
  save(key: string, grant: StoredModel): Promise<void>;
  /** From the first redemption on, a grant is kept as long as what may be issued under it lives. */
  keep(grantId: string | undefined): Promise<void>;
}

export function createUnredeemedGrants({ records, lifetimes, now }: UnredeemedGrantsDeps): UnredeemedGrants {
  return {
    async save(key, grant) {
      const before = await records.get(key);
      await records.put(key, grant, Math.max(before?.expiresAt ?? 0, now() + lifetimes.kept.unredeemed));
    },
    async keep(grantId) {
      if (grantId === undefined) return;
      const key = modelKey('Grant', hashOf(grantId));
      const record = await records.get(key);
      const end = (record?.value.payload.exp ?? 0) * 1000;
      if (record !== undefined && record.expiresAt < end)
        await records.put(key, record.value, end, { replacing: record });
    },
  };
}
