import type { Expiring } from '../../store/index.ts';
import { type SessionRecord, sessionKey, sessionsPrefix } from './session-record.ts';
import { type Session, toSession } from './to-session.ts';

export interface SessionQuery {
  /** Only this account's. Default: everybody's, account by account. */
  readonly accountId?: string | undefined;
  readonly limit: number;
  /** The `next` of the page before, or the place of a session. Default: from the beginning. */
  readonly after?: string | undefined;
}

export interface SessionPage {
  readonly items: readonly Session[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

type Sessions = Pick<Expiring<SessionRecord>, 'entries'>;

/** Behind which place of all sessions a page goes on: also when that session has ended meanwhile. */
export function placeOfSession({ accountId, id }: Pick<Session, 'accountId' | 'id'>): string {
  return sessionKey(accountId, id);
}

/** A page of sessions. What is held at once is the page, however many there are; each page is of its own moment. */
export async function readSessionPage(sessions: Sessions, query: SessionQuery): Promise<SessionPage> {
  const { limit, after } = query;
  const prefix = query.accountId === undefined ? '' : sessionsPrefix(query.accountId);
  const found: SessionRecord[] = [];
  for await (const { value } of sessions.entries(prefix, after)) {
    if (!value.bound) found.push(value);
    if (found.length > limit) break;
  }
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const within = await grantsWithin(sessions, page);
  return {
    items: page.map((record) => toSession(record, within.get(record.id) ?? [])),
    next: last && placeOfSession(last),
  };
}

/** Clients that browsers of the page are signed in to, by the browser: their grants lie anywhere among the account's records. */
async function grantsWithin(
  sessions: Sessions,
  page: readonly SessionRecord[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const browsers = page.filter(({ kind }) => kind === 'browser');
  const clients = new Map(browsers.map(({ id }) => [id, new Set<string>()]));
  for (const accountId of new Set(browsers.map((browser) => browser.accountId))) {
    for await (const { value } of sessions.entries(sessionsPrefix(accountId))) {
      const { bound, browser, clientId } = value;
      if (bound && browser !== undefined && clientId !== undefined) clients.get(browser)?.add(clientId);
    }
  }
  return clients;
}
