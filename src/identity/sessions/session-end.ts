import type { Expiring } from '../../store/index.ts';
import type { Log } from '../identity-deps.ts';
import type { Lifetimes } from '../provider/lifetimes.ts';
import { indexKey, modelKey, type StoredModel } from '../provider/stored-model.ts';
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
  readonly lifetimes: Pick<Lifetimes, 'longest' | 'longestBound'>;
  readonly log: Log;
  now(): number;
  /** Told before the end of a grant is kept, so that a process that dies in between tells it again. */
  onEnd(ended: EndedSession): Promise<void>;
}

/** The one way in which sessions end before their time, whoever ends them. */
export interface SessionEnd {
  /** Ends a grant and all that was issued under it. */
  endGrant(id: string): Promise<void>;
  /**
   * Ends a browser session and the grants that are bound to it. Those with `offline_access` stay (OpenID Connect
   * Back-Channel Logout 1.0 §2.7); their clients are told, because their own session of that browser is over.
   */
  endBrowser(id: string, accountId: string): Promise<void>;
  /** Whose session or grant it is; undefined when there is none. */
  ownerOf(id: string): Promise<string | undefined>;
  /** Ends whichever it is. False when there is none. */
  end(id: string): Promise<boolean>;
}

export function createSessionEnd(deps: SessionEndDeps): SessionEnd {
  const { records, indexes, sessions, ended, lifetimes, now } = deps;
  /** The provider ends a grant once for each kind of token, all at once: told once. */
  const underWay = new Map<string, Promise<void>>();

  const remember = (id: string, duration: number) => ended.put(id, true, now() + duration);
  const payloadOf = async (key: string) => (await records.get(key))?.value.payload;

  async function finishGrant(id: string): Promise<void> {
    if ((await ended.get(id)) !== undefined) return;
    const { accountId, clientId, openid } = (await payloadOf(modelKey('Grant', id))) ?? {};
    if (accountId !== undefined && clientId !== undefined) await deps.onEnd({ accountId, clientId, sid: id });
    // Unknown is remembered longest.
    const scope: unknown = Reflect.get(openid ?? {}, 'scope');
    const isBound = typeof scope === 'string' && !scope.split(' ').includes('offline_access');
    await remember(id, isBound ? lifetimes.longestBound : lifetimes.longest);
    await records.delete(modelKey('Grant', id));
    if (accountId !== undefined) await sessions.delete(sessionKey(accountId, id));
    const about = { account: accountId, client_id: clientId, sid: id };
    deps.log.info({ event: 'session_ended', ...about }, 'session of an application ended');
  }

  function endGrant(id: string): Promise<void> {
    const running = underWay.get(id) ?? finishGrant(id).finally(() => underWay.delete(id));
    underWay.set(id, running);
    return running;
  }

  async function endBrowser(id: string, accountId: string): Promise<void> {
    await remember(id, lifetimes.longestBound);
    for await (const { value } of sessions.entries(sessionsPrefix(accountId))) {
      if (value.browser !== id || value.clientId === undefined) continue;
      if (value.bound) await endGrant(value.id);
      else await deps.onEnd({ accountId, clientId: value.clientId, sid: value.id });
    }
    await sessions.delete(sessionKey(accountId, id));
    deps.log.info({ event: 'session_ended', account: accountId }, 'session of a browser ended');
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
    async end(id) {
      if ((await records.get(modelKey('Grant', id))) !== undefined) {
        await endGrant(id);
        return true;
      }
      const accountId = await browserOwner(id);
      if (accountId === undefined) return false;
      await endBrowser(id, accountId);
      return true;
    },
  };
}
