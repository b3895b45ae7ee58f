import {
  type AccessBinding,
  type AccessRequests,
  type Authority,
  type Bindings,
  createAccessRequests,
  createRequestStore,
  type Happening,
  type Sweeper,
  startSweeper,
} from '../../../src/access-requests/index.ts';
import type { UserInfo } from '../../../src/kube/index.ts';
import { createMemoryStore, type Store } from '../../../src/store/index.ts';

export const HOUR = 3_600_000;
export const START = Date.parse('2026-11-25T12:00:00Z');

/** Bindings in a cluster that can be away. */
export function fakeBindings() {
  const there = new Map<string, AccessBinding>();
  const state = {
    /** What an attempt to write, or only to try it, fails with. */
    failing: undefined as Error | undefined,
    /** What `confirmMayBind` throws. */
    escalation: undefined as Error | undefined,
    /** Runs in the middle of a write, before it has taken effect. */
    onWrite: undefined as (() => Promise<void>) | undefined,
  };
  const fail = () => {
    if (state.failing !== undefined) throw state.failing;
  };
  const bindings: Bindings = {
    async confirmMayBind() {
      if (state.escalation !== undefined) throw state.escalation;
    },
    async tryWrite() {
      fail();
    },
    async write(binding) {
      fail();
      await state.onWrite?.();
      there.set(binding.metadata.name ?? '', binding);
    },
    async remove({ metadata }) {
      fail();
      there.delete(metadata.name ?? '');
    },
    list: async () => [...there.values()],
  };
  return { bindings, there, state };
}

/** Somebody who may do everything. @param through who acts as that user */
function authorityOf(username: string, through?: string, allowed = true): Authority {
  const user: UserInfo = { username, groups: [] };
  return {
    user,
    caller: through === undefined ? user : { username: through, groups: [] },
    decide: async () => ({ decision: allowed ? 'allow' : 'noOpinion', reason: '' }),
  };
}

export interface AskedAccess {
  readonly requests: AccessRequests;
  readonly sweeper: Sweeper;
  readonly clock: { now: number };
  readonly leader: { leads: boolean };
  readonly happenings: Happening[];
  readonly cluster: ReturnType<typeof fakeBindings>;
  readonly store: Store;
  /** Runs what has been scheduled, as if its time had come. */
  wake(): Promise<void>;
}

/** Requests on a store in memory, with a clock that is set by hand. */
export async function askedAccess({
  store = createMemoryStore(),
  cluster = fakeBindings(),
  clock = { now: START },
  leader = { leads: true },
}: Partial<Pick<AskedAccess, 'store' | 'cluster' | 'clock' | 'leader'>> = {}): Promise<AskedAccess> {
  const happenings: Happening[] = [];
  let scheduled: (() => void) | undefined;
  const deps = {
    store,
    requests: createRequestStore(store, 'access-requests/-/'),
    bindings: cluster.bindings,
    bounds: { maxDuration: 8 * HOUR, pendingFor: 24 * HOUR },
    record: async (happening: Happening) => void happenings.push(happening),
    now: () => clock.now,
    log: { warn() {} },
  };
  const sweeper = await startSweeper({
    ...deps,
    leader: { isLeader: () => leader.leads },
    keepFor: 720 * HOUR,
    schedule(_ms, callback) {
      scheduled = callback;
      return () => {
        if (scheduled === callback) scheduled = undefined;
      };
    },
  });
  return {
    requests: createAccessRequests(deps),
    sweeper,
    clock,
    leader,
    happenings,
    cluster,
    store,
    async wake() {
      scheduled?.();
      await sweeper.sweep();
    },
  };
}

export const wanted = {
  namespace: 'team-a',
  name: 'first',
  role: { kind: 'ClusterRole', name: 'edit' },
  duration: '2h',
  reason: 'the pager rang',
};

/** What somebody does without a word. */
export function act(username: string, more: { through?: string; allowed?: boolean; dryRun?: boolean } = {}) {
  const { through, allowed, dryRun = false } = more;
  return { authority: authorityOf(username, through, allowed), dryRun, message: '' };
}
