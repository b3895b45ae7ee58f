import type { Expiring } from '../../store/index.ts';
import { createAttempts } from './attempts.ts';
import type { Ending } from './ending.ts';
import type { SessionEnd } from './session-end.ts';
import { type SessionRecord, sessionsPrefix } from './session-record.ts';

/** An application that a person has let use their account. */
export interface Application {
  readonly clientId: string;
  /** What it may, by all that was given to it. */
  readonly scopes: readonly string[];
  /** Of the first that is still good; milliseconds since the epoch, like the other. */
  readonly since: number;
  readonly lastUsedAt: number;
}

/** Who uses a person's account, and the end of it (ASVS 5.0, 10.7.3). */
export interface Applications {
  /** By client id. */
  list(accountId: string): Promise<readonly Application[]>;
  /**
   * Ends all that a client was given: its tokens are dead at their next use, and it has to ask the person again.
   * @returns whether there was anything
   */
  end(accountId: string, clientId: string, why: Ending): Promise<boolean>;
  /** Ends all that these clients were given, by whomever; each for its own reason. All sessions are looked through. */
  endForEverybody(clients: ReadonlyMap<string, Ending>): Promise<void>;
}

export interface ApplicationsDeps {
  readonly sessions: Expiring<SessionRecord>;
  readonly ending: Pick<SessionEnd, 'endGrant'>;
}

export function createApplications({ sessions, ending }: ApplicationsDeps): Applications {
  async function grantsOf(accountId: string): Promise<Map<string, SessionRecord[]>> {
    const grants = new Map<string, SessionRecord[]>();
    for await (const { value } of sessions.entries(sessionsPrefix(accountId))) {
      const { clientId } = value;
      if (clientId === undefined) continue;
      grants.set(clientId, [...(grants.get(clientId) ?? []), value]);
    }
    return grants;
  }

  return {
    async list(accountId) {
      const grants = [...(await grantsOf(accountId))].map(([clientId, given]) => ({
        clientId,
        scopes: [...new Set(given.flatMap(({ scopes }) => scopes))],
        since: Math.min(...given.map(({ createdAt }) => createdAt)),
        lastUsedAt: Math.max(...given.map(({ lastUsedAt }) => lastUsedAt)),
      }));
      return grants.sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
    },
    async end(accountId, clientId, why) {
      const given = (await grantsOf(accountId)).get(clientId) ?? [];
      const attempts = createAttempts();
      for (const { id } of given) await attempts.try(ending.endGrant(id, why));
      attempts.conclude();
      return given.length > 0;
    },
    async endForEverybody(clients) {
      const attempts = createAttempts();
      for await (const { value } of sessions.entries('')) {
        const why = value.clientId === undefined ? undefined : clients.get(value.clientId);
        if (why !== undefined) await attempts.try(ending.endGrant(value.id, why));
      }
      attempts.conclude();
    },
  };
}
