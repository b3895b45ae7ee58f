import type { Expiring } from '../../store/index.ts';
import type { IdentityAudit, Trace } from '../audit/index.ts';
import type { Lifetimes } from '../provider/lifetimes.ts';
import { indexKey, modelKey, type StoredModel } from '../provider/stored-model.ts';
import { createAttempts } from './attempts.ts';
import type { Ending } from './ending.ts';
import { type SessionRecord, sessionKey, sessionsPrefix } from './session-record.ts';

/** What a client is told when a person's session with it ends. */
export interface EndedSession {
  readonly accountId: string;
  readonly clientId: string;
  /** The `sid` of its ID tokens. */
  readonly sid: string;
}

export interface SessionEndDeps {
  /** The provider's records and its index. */
  readonly records: Expiring<StoredModel>;
  readonly indexes: Expiring<string>;
  readonly sessions: Expiring<SessionRecord>;
  /** Ids of what ended before its time. */
  readonly ended: Expiring<true>;
  /** How long an end is remembered: as long as anything issued in the session could live. */
  readonly lifetimes: Pick<Lifetimes, 'kept'>;
  readonly audit: IdentityAudit;
  now(): number;
  /** Told before the end of a grant is kept, so that a process that dies in between tells it again. */
  onEnd(ended: EndedSession): Promise<void>;
}

/** The one way in which sessions end before their time, whoever ends them. */
export interface SessionEnd {
  /** Ends a grant and all that was issued under it. */
  endGrant(id: string, ending: Ending): Promise<void>;
  /**
   * Ends a browser session and the grants that are bound to it. Those with `offline_access` stay (OpenID Connect
   * Back-Channel Logout 1.0 §2.7); their clients are told, because their own session of that browser is over.
   */
  endBrowser(id: string, accountId: string, ending: Ending): Promise<void>;
  /** Whose session or grant it is; undefined when there is none. */
  ownerOf(id: string): Promise<string | undefined>;
  /** Ends whichever it is. False when there is none. */
  end(id: string, ending: Ending): Promise<boolean>;
}

export function createSessionEnd(deps: SessionEndDeps): SessionEnd {
  const { records, indexes, sessions, ended, lifetimes, now } = deps;
  /** The provider ends a grant once for each kind of token, all at once: told once. */
  const underWay = new Map<string, Promise<void>>();

  /** @param least what was issued under longer lifetimes than today's may count until then, in milliseconds since the epoch */
  const remember = (id: string, duration: number, least = 0) =>
    ended.put(id, true, Math.max(now() + duration, least));
  const payloadOf = async (key: string) => (await records.get(key))?.value.payload;

  async function record({ cause, by }: Ending, subject: string | undefined, trace: Trace, client?: string) {
    await deps.audit.record({
      action: 'session.end',
      actor: by?.name,
      subject,
      client: client ?? by?.client,
      address: by?.address,
      result: 'success',
      reason: undefined,
      detail: cause,
      requestId: by?.requestId,
      at: now(),
      ...trace,
    });
  }

  async function finishGrant(id: string, ending: Ending): Promise<void> {
    if ((await ended.get(id)) !== undefined) return;
    const { accountId, clientId, openid, exp = 0 } = (await payloadOf(modelKey('Grant', id))) ?? {};
    if (accountId !== undefined && clientId !== undefined) await deps.onEnd({ accountId, clientId, sid: id });
    // Unknown is remembered longest.
    const scope: unknown = Reflect.get(openid ?? {}, 'scope');
    const isBound = typeof scope === 'string' && !scope.split(' ').includes('offline_access');
    const { longest, longestBound } = lifetimes.kept;
    await remember(id, isBound ? longestBound : longest, exp * 1000);
    await records.delete(modelKey('Grant', id));
    if (accountId !== undefined) await sessions.delete(sessionKey(accountId, id));
    await record(ending, accountId, { sid: id }, clientId);
  }

  function endGrant(id: string, ending: Ending): Promise<void> {
    const running = underWay.get(id) ?? finishGrant(id, ending).finally(() => underWay.delete(id));
    underWay.set(id, running);
    return running;
  }

  async function endBrowser(id: string, accountId: string, ending: Ending): Promise<void> {
    await remember(id, lifetimes.kept.longestBound);
    const attempts = createAttempts();
    for await (const { value } of sessions.entries(sessionsPrefix(accountId))) {
      if (value.browser !== id || value.clientId === undefined) continue;
      if (value.bound) await attempts.try(endGrant(value.id, ending));
      else await attempts.try(deps.onEnd({ accountId, clientId: value.clientId, sid: value.id }));
    }
    attempts.conclude();
    await sessions.delete(sessionKey(accountId, id));
    await record(ending, accountId, { browser: id });
    // Last: it is by this that an end which was interrupted finds its session again.
    const index = await indexes.get(indexKey('Session', 'uid', id));
    if (index !== undefined) await records.delete(modelKey('Session', index.value));
  }

  async function browserOwner(id: string): Promise<string | undefined> {
    const index = await indexes.get(indexKey('Session', 'uid', id));
    return index && (await payloadOf(modelKey('Session', index.value)))?.accountId;
  }

  return {
    endGrant,
    endBrowser,
    ownerOf: async (id) => (await payloadOf(modelKey('Grant', id)))?.accountId ?? (await browserOwner(id)),
    async end(id, ending) {
      if ((await records.get(modelKey('Grant', id))) !== undefined) {
        await endGrant(id, ending);
        return true;
      }
      const accountId = await browserOwner(id);
      if (accountId === undefined) return false;
      await endBrowser(id, accountId, ending);
      return true;
    },
  };
}
