import type { Expiring } from '../../store/index.ts';
import { indexKey, modelKey, type StoredModel } from '../provider/stored-model.ts';
import { type SessionRecord, sessionKey } from './session-record.ts';

export interface BrowserRefreshDeps {
  readonly records: Expiring<StoredModel>;
  readonly indexes: Expiring<string>;
  readonly sessions: Expiring<SessionRecord>;
  now(): number;
  /** When a session that is used now ends. @param payload the provider's session */
  sessionEnd(payload: { loginTs?: number | undefined; transient?: boolean | undefined }): number;
}

/** At most once a minute for one session. */
const granularity = 60_000;

/**
 * Counts the refresh of a token that is bound to a browser session as a use of that session: who works with kubectl all
 * day is not idle. Everything is a compare-and-set: a session that changes at the same moment needs no help.
 * @returns a function of the session's id
 */
export function createBrowserRefresh({ records, indexes, sessions, now, sessionEnd }: BrowserRefreshDeps) {
  return async (id: string): Promise<void> => {
    const index = await indexes.get(indexKey('Session', 'uid', id));
    const key = modelKey('Session', index?.value ?? '');
    const record = await records.get(key);
    const { payload } = record?.value ?? {};
    if (index === undefined || record === undefined || payload?.accountId === undefined) return;
    const expiresAt = sessionEnd(payload);
    const longer = expiresAt - record.expiresAt;
    if (longer < granularity) return;
    const value = {
      ...record.value,
      payload: { ...payload, exp: (payload.exp ?? 0) + Math.floor(longer / 1000) },
    };
    const done = await records.put(key, value, expiresAt, { ifRevision: record.revision });
    if (done === undefined) return;
    await indexes.put(indexKey('Session', 'uid', id), index.value, expiresAt, { ifRevision: index.revision });
    const listed = await sessions.get(sessionKey(payload.accountId, id));
    if (listed === undefined) return;
    const used = { ...listed.value, lastUsedAt: now(), expiresAt };
    await sessions.put(sessionKey(payload.accountId, id), used, expiresAt + 2 * granularity, {
      ifRevision: listed.revision,
    });
  };
}
