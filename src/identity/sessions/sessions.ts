import type { Expiring } from '../../store/index.ts';
import type { AccountEnds } from './account-ends.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import type { Ending } from './ending.ts';
import type { SessionEnd } from './session-end.ts';
import { placeOfSession, readSessionPage, type SessionPage, type SessionQuery } from './session-page.ts';
import { type SessionRecord, sessionsPrefix } from './session-record.ts';
import { type Session, toSession } from './to-session.ts';

/** Who is signed in where, account by account. What was ended is dead at the next request, on every process. */
export interface Sessions {
  /** The last used first. */
  list(accountId: string): Promise<readonly Session[]>;
  /** The same of everybody, account by account, or of one account: so many at once. */
  page(query: SessionQuery): Promise<SessionPage>;
  /** Behind which place a page goes on that begins after this one. */
  placeOf(session: Pick<Session, 'accountId' | 'id'>): string;
  find(id: string): Promise<Session | undefined>;
  /**
   * Ends a session and all that was issued in it. False when there is none with this id.
   * @param why and by whom, for the audit trail; the same for the other two. Default: somebody who asked for it
   */
  end(id: string, why?: Ending): Promise<boolean>;
  /** Ends all sessions of an account, applications' too. Returns how many. */
  endAllOf(accountId: string, why?: Ending): Promise<number>;
  /** Ends all sessions of everybody. Returns how many. */
  endAll(why?: Ending): Promise<number>;
}

export interface SessionsDeps {
  readonly sessions: Expiring<SessionRecord>;
  readonly ending: SessionEnd;
  readonly accountEnds: Pick<AccountEnds, 'remember'>;
}

const asked: Ending = { cause: 'request' };

export function createSessions({ sessions, ending, accountEnds }: SessionsDeps): Sessions {
  async function endGrantsUnder(prefix: string, why: Ending, attempts: Attempts): Promise<number> {
    let count = 0;
    for await (const { value } of sessions.entries(prefix)) {
      if (value.kind === 'browser') continue;
      const done = await attempts.try(ending.endGrant(value.id, why));
      if (done && !value.bound) count += 1;
    }
    return count;
  }

  /**
   * Grants first: then no browser session has any left to end once more. And last: one that was given meanwhile, in a
   * browser session that had not ended yet.
   */
  async function endUnder(prefix: string, why: Ending): Promise<number> {
    const attempts = createAttempts();
    let count = await endGrantsUnder(prefix, why, attempts);
    for await (const { value } of sessions.entries(prefix)) {
      if (value.kind !== 'browser') continue;
      if (await attempts.try(ending.endBrowser(value.id, value.accountId, why))) count += 1;
    }
    count += await endGrantsUnder(prefix, why, attempts);
    attempts.conclude();
    return count;
  }

  async function recordsUnder(prefix: string): Promise<readonly SessionRecord[]> {
    const records: SessionRecord[] = [];
    for await (const { value } of sessions.entries(prefix)) records.push(value);
    return records;
  }

  const list = async (accountId: string) => toSessions(await recordsUnder(sessionsPrefix(accountId)));

  return {
    list,
    page: (query) => readSessionPage(sessions, query),
    placeOf: placeOfSession,
    async find(id) {
      const owner = await ending.ownerOf(id);
      return owner === undefined ? undefined : (await list(owner)).find((session) => session.id === id);
    },
    end: (id, why = asked) => ending.end(id, why),
    async endAllOf(accountId, why = asked) {
      await accountEnds.remember(accountId);
      return endUnder(sessionsPrefix(accountId), why);
    },
    async endAll(why = asked) {
      await accountEnds.remember(undefined);
      return endUnder('', why);
    },
  };
}

/** Of one account; the last used first. */
function toSessions(records: readonly SessionRecord[]): readonly Session[] {
  return records
    .filter(({ bound }) => !bound)
    .map((record) => toSession(record, clientsWithin(record.id, records)))
    .sort((a, b) => b.lastUsedAt - a.lastUsedAt);
}

function clientsWithin(id: string, records: readonly SessionRecord[]): ReadonlySet<string> {
  const within = records.filter(({ bound, browser }) => bound && browser === id);
  return new Set(within.flatMap(({ clientId }) => clientId ?? []));
}
