import type { AdapterPayload } from 'oidc-provider';
import type { Expiring } from '../../store/index.ts';
import { hashOf, indexKey, modelKey, type StoredModel } from './stored-model.ts';

export interface SessionWritesDeps {
  readonly records: Expiring<StoredModel>;
  readonly indexes: Expiring<string>;
  now(): number;
}

/** How the provider's browser sessions get into the store. */
export interface SessionWrites {
  /** @param hash of the session's id */
  save(hash: string, payload: AdapterPayload, expiresAt: number): Promise<void>;
  /** Ends an id, for good: also for requests with it that are under way. */
  giveUp(hash: string): Promise<void>;
}

/** Milliseconds; longer than any request takes. */
const givenUpFor = 60_000;

const keyOf = (hash: string) => modelKey('Session', hash);

/** What this request knows, with what others have learnt since: several applications may be opened at once. */
function joined(known: AdapterPayload, stored: AdapterPayload | undefined): AdapterPayload {
  if (stored?.authorizations === undefined || stored.accountId !== known.accountId) return known;
  return { ...known, authorizations: { ...stored.authorizations, ...known.authorizations } };
}

/**
 * The provider reads a session, and at the end of the request writes all of it. Of several requests at once each keeps
 * its grant here, and none brings back an id that a sign-in has replaced meanwhile.
 */
export function createSessionWrites({ records, indexes, now }: SessionWritesDeps): SessionWrites {
  /** Under which id the session lives now: another when a sign-in has changed it since this request began. */
  async function placeOf(hash: string, uid: string): Promise<string> {
    const index = await indexes.get(indexKey('Session', 'uid', hashOf(uid)));
    if (index === undefined || index.value === hash) return hash;
    const other = await records.get(keyOf(index.value));
    return other === undefined || other.value.consumed !== undefined ? hash : index.value;
  }

  /** True when there is nothing left to be done. */
  async function trySave(hash: string, payload: AdapterPayload, expiresAt: number): Promise<boolean> {
    const { uid = '' } = payload;
    const place = await placeOf(hash, uid);
    const before = await records.get(keyOf(place));
    if (before?.value.consumed !== undefined) return true;
    if (place !== hash) {
      if (before === undefined) return false;
      const value = { payload: joined(before.value.payload, payload) };
      const options = { ifRevision: before.revision };
      return (await records.put(keyOf(place), value, before.expiresAt, options)) !== undefined;
    }
    const value = { payload: joined(payload, before?.value.payload) };
    const done = await records.put(keyOf(hash), value, expiresAt, { ifRevision: before?.revision ?? 0 });
    if (done === undefined) return false;
    await indexes.put(indexKey('Session', 'uid', hashOf(uid)), hash, expiresAt);
    return true;
  }

  return {
    async save(hash, payload, expiresAt) {
      while (!(await trySave(hash, payload, expiresAt)));
    },
    async giveUp(hash) {
      await records.put(keyOf(hash), { payload: {}, consumed: now() }, now() + givenUpFor);
    },
  };
}
