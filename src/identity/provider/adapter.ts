import { randomBytes } from 'node:crypto';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { Expiring, ExpiringRecord } from '../../store/index.ts';
import type { AccountEnds } from '../sessions/account-ends.ts';
import { createCodeTries } from './code-tries.ts';
import { sessionIdOf } from './ended-grants.ts';
import type { Lifetimes } from './lifetimes.ts';
import { createLookedUp } from './looked-up.ts';
import { createSessionWrites } from './session-writes.ts';
import { datedHashOf, hashOf, indexKey, modelKey, type StoredModel } from './stored-model.ts';
import type { Successors } from './successors.ts';

export interface AdapterDeps {
  readonly records: Expiring<StoredModel>;
  /** Secondary keys, pointing at hashed ids. */
  readonly indexes: Expiring<string>;
  /** Sessions that ended before their time, by id: `sessionIdOf` a grant, or the hash of a browser session's uid. */
  readonly ended: Expiring<true>;
  readonly lifetimes: Pick<Lifetimes, 'kept' | 'rotateRefreshTokens'>;
  readonly successors: Successors;
  now(): number;
  /** Ends everything that was issued under a grant. @param id `sessionIdOf` the grant */
  endGrant(id: string): Promise<void>;
  readonly accountEnds: Pick<AccountEnds, 'last'>;
}

/** Milliseconds that an ended device code is known as such: its device is to hear `expired_token` (RFC 8628 §3.5). */
const deviceCodeMemory = 5 * 60_000;

/** What anybody may have kept who knows a client's name, and how much of it: in characters. */
const waiting = new Set(['DeviceCode', 'PushedAuthorizationRequest']);
const longestWaiting = 16 * 1024;

/** Their ids are drawn for them, so that there is hardly ever one before. */
const drawn = new Set(['AccessToken', 'AuthorizationCode']);

/** Looked up, and marked as used then. */
const redeemed = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode', 'PushedAuthorizationRequest']);

/**
 * A record found by an index is known by its hash only. It is handed out under this unguessable alias, so that it can
 * be saved again; were the alias guessable, a hash read from a stolen store could be redeemed like the id itself.
 */
const alias = `${randomBytes(24).toString('base64url')}.`;

/** Stands for the record's own id inside a stored payload. */
const ownId = '\u{0}id';

/**
 * The provider's storage. Nothing that a browser or client presents (token, code, session id, user code) is stored,
 * only its hash. Redeeming is a compare-and-set: the provider itself only looks and then marks, which lets parallel
 * redemptions through. Whoever loses that race is treated as a thief's victim or a thief: the whole family of tokens
 * ends, and stays ended for successors that the winner is still writing. Only a refresh token may be presented again for
 * a moment, until its successor has been used; it leads to that successor.
 */
export function createAdapterFactory(deps: AdapterDeps): (model: string) => Adapter {
  const { records, indexes, ended, successors, now } = deps;
  const expiryOf = (expiresIn: number | undefined) =>
    now() + (expiresIn === undefined ? deps.lifetimes.kept.longest : expiresIn * 1000);
  const sessionWrites = createSessionWrites(deps);
  const codeTries = createCodeTries(records);
  const lookedUp = createLookedUp();
  const endGrant = (grantId: string) => deps.endGrant(sessionIdOf(grantId));

  return (model) => {
    const digest = (id: string) => (id.startsWith(alias) ? id.slice(alias.length) : datedHashOf(id));
    const recordKey = (hash: string) => modelKey(model, hash);
    const indexOf = (kind: 'uid' | 'user-code', value: string) => indexKey(model, kind, hashOf(value));

    /** What the record lives and dies with: its grant, or itself when it is a grant or a browser session. */
    function sessionOf(id: string, payload: AdapterPayload): string | undefined {
      if (model === 'Grant') return sessionIdOf(id);
      if (model === 'Session') return payload.uid === undefined ? undefined : hashOf(payload.uid);
      return payload.grantId === undefined ? undefined : sessionIdOf(payload.grantId);
    }

    /** Whether a used refresh token comes from somebody who may not have got the answer. */
    async function isRetry(id: string, { consumed }: StoredModel): Promise<boolean> {
      if (model !== 'RefreshToken' || consumed === undefined) return false;
      if (now() - consumed >= successors.reuseInterval()) return false;
      const successor = await records.get(recordKey(digest(successors.of(id))));
      return successor?.value.consumed === undefined;
    }

    async function endFamily({ payload }: StoredModel): Promise<never> {
      if (payload.grantId !== undefined) await endGrant(payload.grantId);
      throw new errors.InvalidGrant('already used');
    }

    /**
     * A successor is written once. When it is there already, the answer that told of it was lost; or it is the one that
     * stays the same, and lives longer from now on.
     */
    async function createRefreshToken(key: string, model: StoredModel, expiresAt: number): Promise<void> {
      if ((await records.create(key, model, expiresAt)) !== undefined) return;
      const record = await records.get(key);
      if (record?.value.consumed !== undefined) await endFamily(record.value);
      if (record !== undefined && !deps.lifetimes.rotateRefreshTokens)
        await records.put(key, model, expiresAt, { replacing: record });
    }

    async function load(id: string): Promise<AdapterPayload | undefined> {
      const key = recordKey(digest(id));
      const record = await (model === 'AuthorizationCode' ? codeTries.find(key) : records.get(key));
      if (record === undefined) return undefined;
      const { payload, consumed } = record.value;
      if (model === 'Session' && consumed !== undefined) return undefined;
      const session = sessionOf(id, payload);
      if (session !== undefined && (await ended.get(session)) !== undefined) return undefined;
      if (consumed === undefined && redeemed.has(model)) lookedUp.keep(key, record);
      const isUsed = consumed !== undefined && !(await isRetry(id, record.value));
      return { ...restore(payload, id), ...(isUsed ? { consumed: Math.floor(consumed / 1000) } : {}) };
    }

    async function loadIndexed(
      kind: 'uid' | 'user-code',
      value: string,
    ): Promise<AdapterPayload | undefined> {
      const hash = await indexes.get(indexOf(kind, value));
      return hash && load(alias + hash.value);
    }

    /** Of several at once, one. */
    async function redeem(key: string, record: ExpiringRecord<StoredModel>): Promise<boolean> {
      const { value, expiresAt } = record;
      const used = { ...value, consumed: now() };
      if ((await records.put(key, used, expiresAt, { replacing: record })) === undefined) return false;
      if (model === 'AuthorizationCode') codeTries.over(key);
      return true;
    }

    /** A device code is decided on once: of people who hold the same one, the first. */
    async function decide(hash: string, value: StoredModel, expiresAt: number): Promise<void> {
      const before = await records.get(recordKey(hash));
      const { accountId, error } = before?.value.payload ?? {};
      const open = accountId === undefined && error === undefined;
      const ifRevision = before?.revision ?? 0;
      if (!open || (await records.put(recordKey(hash), value, expiresAt, { ifRevision })) === undefined)
        throw new errors.InvalidGrant('decided already');
    }

    /** With a sign-in that was proved, but has no session yet, is kept what of its account had been ended by then. */
    async function withStanding(payload: AdapterPayload): Promise<AdapterPayload> {
      const login = payload.result?.login;
      if (login === undefined || login['standing'] !== undefined) return payload;
      const standing = await deps.accountEnds.last(login.accountId);
      return { ...payload, result: { ...payload.result, login: { ...login, standing } } };
    }

    return {
      async upsert(id, given, expiresIn) {
        const payload = await withStanding(given);
        const hash = digest(id);
        const expiresAt = expiryOf(expiresIn) + (model === 'DeviceCode' ? deviceCodeMemory : 0);
        const consumed = typeof payload.consumed === 'number' ? { consumed: payload.consumed * 1000 } : {};
        const stored = { payload: strip(payload, id), ...consumed };
        if (waiting.has(model) && JSON.stringify(stored).length > longestWaiting)
          throw new errors.InvalidRequest('the parameters are too long');
        if (model === 'Session') return sessionWrites.save(hash, stored.payload, expiresAt);
        if (model === 'RefreshToken') return createRefreshToken(recordKey(hash), stored, expiresAt);
        if (model === 'DeviceCode') await decide(hash, stored, expiresAt);
        else if (
          !drawn.has(model) ||
          (await records.create(recordKey(hash), stored, expiresAt)) === undefined
        )
          await records.put(recordKey(hash), stored, expiresAt);
        if (payload.userCode !== undefined) {
          await indexes.put(indexOf('user-code', payload.userCode), hash, expiresAt);
        }
      },
      find: load,
      findByUid: (uid) => loadIndexed('uid', uid),
      async findByUserCode(userCode) {
        const payload = await loadIndexed('user-code', userCode);
        return payload && { ...payload, userCode };
      },
      async consume(id) {
        const key = recordKey(digest(id));
        const found = lookedUp.take(key);
        if (found !== undefined && (await redeem(key, found))) return;
        // It has changed since, or was not looked up by this process.
        const record = await records.get(key);
        if (record === undefined) throw new errors.InvalidGrant('no longer valid');
        if (record.value.consumed === undefined && (await redeem(key, record))) return;
        if (model === 'PushedAuthorizationRequest') throw usedRequestUri();
        const winner = await records.get(key);
        if (winner === undefined || !(await isRetry(id, winner.value))) await endFamily(record.value);
      },
      async destroy(id) {
        // The provider removes a grant when it ends all that was issued under it.
        if (model === 'Grant') return endGrant(id);
        if (model === 'Session') return sessionWrites.giveUp(digest(id));
        const removed = await records.delete(recordKey(digest(id)));
        // A sign-in goes on when its interaction is removed: of several at once, with the one that has removed it.
        if (!removed && model === 'Interaction') throw new errors.SessionNotFound('gone on with already');
      },
      revokeByGrantId: endGrant,
    };
  };
}

/** RFC 9126 §4: a request_uri is for one authorization. */
function usedRequestUri(): Error {
  return new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used');
}

/** Takes everything out of a payload from which the presented value could be read back. */
function strip(
  { jti: _jti, userCode: _userCode, consumed: _consumed, ...payload }: AdapterPayload,
  id: string,
): AdapterPayload {
  const { cookie: _cookie, ...session } = payload.session ?? {};
  const { id_token_hint: _hint, ...params } = payload.params ?? {};
  const { id_token_hint: _detail, ...details } = payload.prompt?.details ?? {};
  return {
    ...payload,
    ...(payload.session === undefined ? {} : { session }),
    ...(payload.params === undefined ? {} : { params }),
    ...(payload.prompt === undefined ? {} : { prompt: { ...payload.prompt, details } }),
    // An interaction's id is a cookie value; the address to resume at ends with it.
    ...(payload.returnTo === undefined ? {} : { returnTo: payload.returnTo.replace(id, ownId) }),
  };
}

function restore(payload: AdapterPayload, id: string): AdapterPayload {
  return {
    ...payload,
    jti: id,
    ...(payload.returnTo === undefined ? {} : { returnTo: payload.returnTo.replace(ownId, id) }),
  };
}
