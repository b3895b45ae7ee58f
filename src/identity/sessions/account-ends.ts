import type { Expiring } from '../../store/index.ts';
import type { Lifetimes } from '../provider/lifetimes.ts';
import { sessionsPrefix } from './session-record.ts';

/**
 * When all of an account was last ended. A sign-in between its password and its session is in no list that could be ended:
 * it keeps where its account stood, and does not go on when that has changed. Counted in revisions of the store: no
 * clock says which of two things came first.
 */
export interface AccountEnds {
  /** Of the last end of the account, or of everybody; 0 when none is remembered. */
  last(accountId: string): Promise<number>;
  /** @param accountId undefined: everybody's */
  remember(accountId: string | undefined): Promise<void>;
}

export interface AccountEndsDeps {
  readonly records: Expiring<true>;
  readonly lifetimes: Pick<Lifetimes, 'kept'>;
  now(): number;
}

const everybody = 'everybody';

export function createAccountEnds({ records, lifetimes, now }: AccountEndsDeps): AccountEnds {
  const revisionOf = async (key: string) => (await records.get(key))?.revision ?? 0;
  return {
    async last(accountId) {
      return Math.max(await revisionOf(sessionsPrefix(accountId)), await revisionOf(everybody));
    },
    async remember(accountId) {
      const key = accountId === undefined ? everybody : sessionsPrefix(accountId);
      await records.put(key, true, now() + 2 * lifetimes.kept.signIn);
    },
  };
}
