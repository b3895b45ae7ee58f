import { expiryOf } from '../rbac/index.ts';
import { followPrefix, type LeaderElection, type Store } from '../store/index.ts';
import { type AccessRequest, isOpen, type StoredRequest } from './access-request.ts';
import type { Bindings } from './bindings.ts';
import type { RequestStore } from './request-store.ts';
import { requestUidOf } from './role-binding.ts';
import { type SettleDeps, settle } from './settle.ts';
import { endOf } from './transitions.ts';

export interface SweeperDeps extends SettleDeps {
  readonly store: Store;
  readonly requests: RequestStore;
  readonly bindings: Bindings;
  /** Only a leader sweeps, so that replicas do not do it all at once; two at once would do no harm. */
  readonly leader: Pick<LeaderElection, 'isLeader'>;
  /** How long a request is kept after its end, in milliseconds. */
  readonly keepFor: number;
  /** Calls back once after `ms` milliseconds; returns the way to cancel. */
  schedule(ms: number, callback: () => void): () => void;
}

export interface Sweeper {
  /** Settles all whose time has come, now; a leader only. */
  sweep(): Promise<void>;
  /** How many requests there are that are pending, and that grant something. */
  counts(): { readonly pending: number; readonly active: number };
  close(): Promise<void>;
}

/** The longest until the next look: who was not the leader may have become it, and what failed may work again. */
const LOOK_MS = 5_000;
/** Between two looks at what bindings there are. */
const STRAYS_MS = 300_000;

/**
 * Ends what has run out, and takes up what was left half done. The requests themselves are the work that waits: each says what
 * is still to be done for it, so nothing has to be put anywhere else in the same moment, and nothing is lost with a process.
 * An end is late by as long as the cluster is away or nobody leads; else by some milliseconds.
 */
export async function startSweeper(deps: SweeperDeps): Promise<Sweeper> {
  const { requests, bindings, leader, now, log } = deps;
  const known = new Map<string, StoredRequest>();
  let cancel = (): void => {};
  let underWay: Promise<void> | undefined;
  let straysAt = 0;
  /** Rounds, one after the other, after which something was still due. */
  let failures = 0;
  let closed = false;

  const isOurTurn = () => !closed && leader.isLeader();

  async function settleDue(): Promise<void> {
    for (const request of [...known.values()]) {
      if (!isOurTurn()) return;
      if (dueAt(request, deps.keepFor) > now()) continue;
      // One that cannot be settled, or told of, must not keep the others from their end.
      await settleOne(request).catch(failed);
    }
  }

  async function settleOne(request: StoredRequest): Promise<void> {
    const settled = await settle(deps, request);
    if (isForgotten(settled, deps.keepFor, now())) await requests.remove(settled);
  }

  /** Bindings that no request wants: what was left behind by whoever was killed at the worst moment. */
  async function removeStrays(): Promise<void> {
    if (now() < straysAt || !isOurTurn()) return;
    straysAt = now() + STRAYS_MS;
    const there = await bindings.list();
    const wanted = new Map([...known.values()].map((request) => [request.uid, request]));
    for (const binding of there) {
      const request = wanted.get(requestUidOf(binding) ?? '');
      const isOver = (expiryOf(binding.metadata) ?? Number.POSITIVE_INFINITY) <= now();
      // Of a request that is not known here another installation may know.
      if (isOver || (request !== undefined && !isOpen(request))) await bindings.remove(binding);
    }
  }

  async function round(): Promise<void> {
    if (!isOurTurn()) return;
    await settleDue();
    failures = earliestDue() <= now() ? failures + 1 : 0;
    await removeStrays();
  }

  function earliestDue(): number {
    return Math.min(...known.values().map((request) => dueAt(request, deps.keepFor)));
  }

  /** Rounds never overlap: whoever asks during one gets one more behind it. */
  function sweep(): Promise<void> {
    const before = (underWay ?? Promise.resolve()).catch(() => undefined);
    const own = before.then(round).finally(() => {
      if (underWay === own) underWay = undefined;
      plan();
    });
    underWay = own;
    return own;
  }

  function plan(): void {
    cancel();
    if (closed) return;
    const due = earliestDue();
    // What is due and could not be done is not tried again at once.
    const retry = Math.min(RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
    const wait = due <= now() ? retry : Math.min(due - now(), LOOK_MS);
    cancel = deps.schedule(wait, () => void sweep().catch(failed));
  }

  function failed(error: unknown): void {
    log.warn({ err: error }, 'looking after access requests failed');
  }

  const watcher = await followPrefix({ store: deps.store, onError: failed }, requests.prefix, {
    put(entry) {
      known.set(entry.key, requests.parse(entry));
      plan();
    },
    remove(entry) {
      known.delete(entry.key);
    },
  });
  void sweep().catch(failed);

  return {
    sweep,
    counts() {
      const all = [...known.values()];
      const count = (...phases: AccessRequest['phase'][]) =>
        all.filter(({ phase }) => phases.includes(phase)).length;
      return { pending: count('Pending'), active: count('Approved', 'Active') };
    },
    async close() {
      closed = true;
      cancel();
      watcher.close();
      await underWay?.catch(() => undefined);
    },
  };
}

const RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

/** When there is something to be done for it, in milliseconds since the epoch. */
function dueAt(request: StoredRequest, keepFor: number): number {
  if (request.phase === 'Approved') return 0;
  if (isOpen(request)) return endOf(request);
  return request.mayBeBound ? 0 : (request.endedAt ?? 0) + keepFor;
}

function isForgotten(request: StoredRequest, keepFor: number, now: number): boolean {
  return !isOpen(request) && !request.mayBeBound && (request.endedAt ?? 0) + keepFor <= now;
}
