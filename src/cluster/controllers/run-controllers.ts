import { type LeaderElection, openLeaderElection, type Store } from '../../store/index.ts';
import type { ClusterLog, Schedule } from '../cluster-deps.ts';
import type { EventRecorder } from '../events/index.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import type { ClusterAuthority } from '../signing/index.ts';
import type { Controller } from './controller.ts';
import { beginTerm, type Term } from './term.ts';

export interface Controllers {
  /** Resolves when nothing is left to do at the moment. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface ControllersDeps {
  readonly store: Store;
  readonly schedule: Schedule;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: ClusterLog;
  readonly events: EventRecorder;
  readonly authority: ClusterAuthority;
}

/** Whoever leads holds this key. */
const leaderKey = 'cluster/leaders/controllers';
const retryMs = 1000;

/**
 * Runs controllers while this process leads all those on its store: one writer at a time. Whoever leads anew looks at
 * everything once; after that, nothing happens while nothing changes.
 */
export async function runControllers(
  deps: ControllersDeps,
  context: ObjectContext,
  controllers: readonly Controller[],
): Promise<Controllers> {
  const onError = (error: unknown, key = '') =>
    deps.log.error({ err: error, key }, 'a controller of the embedded API failed');
  let election: LeaderElection | undefined;
  let term: Promise<Term | undefined> = Promise.resolve(undefined);
  let cancelRetry = (): void => {};

  function begin(): void {
    // The first time, the election is still being opened by the time it is won.
    const isLeader = () => election?.isLeader() ?? true;
    term = beginTerm({ ...deps, isLeader, onError }, context, controllers).catch((error: unknown) => {
      onError(error);
      cancelRetry = deps.schedule(retryMs, begin);
      return undefined;
    });
  }

  async function end(): Promise<void> {
    cancelRetry();
    const ending = term;
    term = Promise.resolve(undefined);
    await (await ending)?.close();
  }

  election = await openLeaderElection({
    store: deps.store,
    key: leaderKey,
    onError,
    onElected: begin,
    onLost: () => void end(),
  });
  await term;
  return {
    idle: async () => (await term)?.idle(),
    async close() {
      await end();
      await election.close();
    },
  };
}
