import { createExpiring, type Expiring, type Store } from '../../store/index.ts';
import { ENDED_GRANTS } from '../provider/ended-grants.ts';
import type { Lifetimes } from '../provider/lifetimes.ts';
import type { StoredModel } from '../provider/stored-model.ts';
import { collectWithGrants } from './abandoned-grants.ts';
import { type AccountEnds, createAccountEnds } from './account-ends.ts';
import { type Applications, createApplications } from './applications.ts';
import { createBrowserRefresh } from './browser-refresh.ts';
import { createSessionEnd, type SessionEnd, type SessionEndDeps } from './session-end.ts';
import type { SessionRecord } from './session-record.ts';
import { createSessionUse, type SessionUse } from './session-use.ts';
import { createSessions, type Sessions } from './sessions.ts';

export interface OpenSessionsDeps extends Pick<SessionEndDeps, 'onEnd' | 'audit'> {
  readonly store: Store;
  /** The provider's records and its index. */
  readonly records: Expiring<StoredModel>;
  readonly indexes: Expiring<string>;
  readonly lifetimes: Lifetimes;
  now(): number;
}

/** Everything about sessions that the other rooms of this door need. */
export interface OpenSessions {
  readonly service: Sessions;
  readonly applications: Applications;
  readonly ending: SessionEnd;
  readonly use: SessionUse;
  readonly accountEnds: AccountEnds;
  /** Ids of what ended before its time. */
  readonly ended: Expiring<true>;
  /** Counts a refresh as use of the browser session that it is bound to. */
  refreshBrowser(id: string): Promise<void>;
  /** How many sessions and grants are listed, with those that ended by themselves lately. */
  count(): Promise<number>;
  /** What the provider keeps is among them. */
  readonly expiring: readonly Pick<Expiring<unknown>, 'collect'>[];
}

export function openSessions(deps: OpenSessionsDeps): OpenSessions {
  const { store, records, indexes, lifetimes, audit, now, onEnd } = deps;
  const ended = createExpiring<true>(store, { prefix: ENDED_GRANTS, now });
  const sessions = createExpiring<SessionRecord>(store, { prefix: 'identity/sessions/', now });
  const ends = createExpiring<true>(store, { prefix: 'identity/account-ends/', now });
  const accountEnds = createAccountEnds({ records: ends, lifetimes, now });
  const ending = createSessionEnd({
    records,
    indexes,
    sessions,
    ended,
    lifetimes,
    audit,
    now,
    onEnd,
  });
  return {
    service: createSessions({ sessions, ending, accountEnds }),
    applications: createApplications({ sessions, ending }),
    ending,
    accountEnds,
    use: createSessionUse({ sessions, ended, now }),
    ended,
    refreshBrowser: createBrowserRefresh({
      records,
      indexes,
      sessions,
      now,
      sessionEnd: lifetimes.sessionEnd,
    }),
    count: () => sessions.count(),
    expiring: [ended, ends, ...collectWithGrants({ records, sessions })],
  };
}
