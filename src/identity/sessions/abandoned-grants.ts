import type { Expiring } from '../../store/index.ts';
import { sessionIdOf } from '../provider/ended-grants.ts';
import { modelKey, type StoredModel } from '../provider/stored-model.ts';
import { type SessionRecord, sessionKey } from './session-record.ts';

export interface AbandonedGrantsDeps {
  /** What the provider keeps. */
  readonly records: Expiring<StoredModel>;
  readonly sessions: Expiring<SessionRecord>;
}

type Collected = Pick<Expiring<unknown>, 'collect'>;

/** The grant that a record was issued under, or that a sign-in which nobody went on with has given. */
function grantOf({ payload }: StoredModel): string | undefined {
  return payload.grantId ?? payload.result?.consent?.grantId;
}

/**
 * Collects both sets. A grant is kept for the months that tokens under it may live, without one more write for those that
 * are redeemed. Under which nothing was redeemed, or nothing lives any more, it goes with its place in the list of sessions; before
 * it has one, with what names it: a sign-in, or a device's request.
 */
export function collectWithGrants({ records, sessions }: AbandonedGrantsDeps): readonly Collected[] {
  async function removeUnlisted(grantId: string): Promise<void> {
    const id = sessionIdOf(grantId);
    const key = modelKey('Grant', id);
    const grant = await records.get(key);
    if (grant === undefined) return;
    const { accountId = '' } = grant.value.payload;
    if ((await sessions.get(sessionKey(accountId, id))) !== undefined) return;
    await records.delete(key, { ifRevision: grant.revision });
  }

  return [
    {
      collect: (limit) =>
        records.collect(limit, async (expired) => {
          for (const grantId of new Set(expired.map(grantOf)))
            if (grantId !== undefined) await removeUnlisted(grantId);
        }),
    },
    {
      collect: (limit) =>
        sessions.collect(limit, async (expired) => {
          for (const { kind, id } of expired)
            if (kind === 'application') await records.delete(modelKey('Grant', id));
        }),
    },
  ];
}
