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

/** `sessionIdOf` the grant that a record was issued under, or that a sign-in which nobody went on with has given. */
function grantIdOf({ payload }: StoredModel): readonly string[] {
  const grantId = payload.grantId ?? payload.result?.consent?.grantId;
  return grantId === undefined ? [] : [sessionIdOf(grantId)];
}

/**
 * Collects both sets, and the grants that are of no use any more. A grant is written once, with the end of the longest that may be
 * issued under it: a second write at each redemption would cost more than looking here. What lives is in the list of
 * sessions. So a grant goes with its entry there; and when it never had one, with what names it: a sign-in, a device's request.
 */
export function collectWithGrants({ records, sessions }: AbandonedGrantsDeps): readonly Collected[] {
  async function removeUnlisted(id: string): Promise<void> {
    const key = modelKey('Grant', id);
    const grant = await records.get(key);
    if (grant === undefined) return;
    const { accountId = '' } = grant.value.payload;
    if ((await sessions.get(sessionKey(accountId, id))) !== undefined) return;
    await records.delete(key, { ifRevision: grant.revision });
  }

  async function removeAll(ids: readonly string[]): Promise<void> {
    for (const id of new Set(ids)) await removeUnlisted(id);
  }

  const ofGrant = ({ kind, id }: SessionRecord) => (kind === 'application' ? [id] : []);
  return [
    { collect: (limit) => records.collect(limit, (expired) => removeAll(expired.flatMap(grantIdOf))) },
    { collect: (limit) => sessions.collect(limit, (expired) => removeAll(expired.flatMap(ofGrant))) },
  ];
}
