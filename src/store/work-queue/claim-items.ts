import type { Entry, Lease, Store, Write } from '../store.ts';
import { type Change, commitEach } from './commit-each.ts';
import { burial, type DeadLetterPolicy, isGivenUp, trimDeadLetters } from './dead-letters.ts';
import { type QueueKeys, timeOfItem } from './queue-keys.ts';
import { type RetryDelays, retryDelay } from './retry-delay.ts';
import { parseTry, tryText, UNTRIED } from './try-record.ts';
import type { WorkClaim, WorkItem } from './work-queue.ts';

export interface ClaimDeps {
  readonly store: Store;
  readonly keys: QueueKeys;
  readonly retry: RetryDelays;
  /** undefined: no item is ever given up. */
  readonly deadLetter: DeadLetterPolicy | undefined;
  now(): number;
  random(): number;
}

/** An item as it was read, to be claimed if it is still so. */
interface Candidate {
  readonly id: string;
  readonly item: Entry;
  readonly tried: Entry | undefined;
  readonly attempts: number;
}

/** A claimed item and the revision of its claim. */
interface Held {
  readonly item: WorkItem;
  readonly revision: number;
}

/**
 * Claims what can still be claimed of these items: a claim is created only where there is none, so that of several
 * workers exactly one gets an item.
 * @param ids from the index; some may be gone or taken meanwhile
 */
export async function claimItems(deps: ClaimDeps, ids: readonly string[], ttlMs: number): Promise<WorkClaim> {
  const read = await Promise.all(ids.map((id) => readCandidate(deps, id)));
  const candidates = await buryGivenUp(
    deps,
    read.filter((candidate) => candidate !== undefined),
  );
  if (candidates.length === 0) return NOTHING;
  const lease = await deps.store.lease(ttlMs);
  const changes = candidates.map((candidate) => taking(deps, candidate, lease));
  const revisions = await commitEach(deps.store, changes);
  const held = candidates.flatMap(({ id, item, attempts }, position): Held[] => {
    const revision = revisions[position];
    if (revision === undefined) return [];
    return [{ item: { id, value: item.value, addedAt: timeOfItem(id), attempts: attempts + 1 }, revision }];
  });
  if (held.length > 0) return createClaim(deps, held, lease);
  await lease.revoke();
  return NOTHING;
}

async function readCandidate({ store, keys }: ClaimDeps, id: string): Promise<Candidate | undefined> {
  const [item, tried] = await Promise.all([store.get(keys.item + id), store.get(keys.try + id)]);
  if (item === undefined) return undefined;
  const { attempts } = tried === undefined ? UNTRIED : parseTry(tried.value);
  return { id, item, tried, attempts };
}

/** Items whose workers died with them never come to `retry`: they are given up here. */
async function buryGivenUp(deps: ClaimDeps, candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
  const { store, keys, deadLetter, now } = deps;
  if (deadLetter === undefined) return candidates;
  const time = now();
  const given = candidates.filter((candidate) => isGivenUp(candidate.id, candidate, deadLetter, time));
  const burials = given.map((candidate): Change => {
    const { id, item } = candidate;
    return { conditions: unclaimed(deps, candidate), writes: burial(keys, id, item.value) };
  });
  if (burials.length > 0) {
    await commitEach(store, burials);
    await trimDeadLetters(store, keys, deadLetter.keep);
  }
  return candidates.filter((candidate) => !given.includes(candidate));
}

function unclaimed({ keys }: ClaimDeps, { id, item, tried }: Candidate): Change['conditions'] {
  return [
    { key: item.key, modRevision: item.modRevision },
    { key: keys.try + id, modRevision: tried?.modRevision ?? 0 },
    { key: keys.claim + id, modRevision: 0 },
  ];
}

function taking(deps: ClaimDeps, candidate: Candidate, lease: Lease): Change {
  const { keys } = deps;
  const attempts = candidate.attempts + 1;
  return {
    conditions: unclaimed(deps, candidate),
    writes: [
      { type: 'put', key: keys.claim + candidate.id, value: '', leaseId: lease.id },
      { type: 'put', key: keys.try + candidate.id, value: tryText({ attempts, notBefore: 0 }) },
    ],
  };
}

const NOTHING: WorkClaim = {
  items: [],
  keepAlive: async () => false,
  done: async () => {},
  retry: async () => {},
  end: async () => {},
};

function createClaim(deps: ClaimDeps, held: readonly Held[], lease: Lease): WorkClaim {
  const { store, keys, retry, deadLetter, now, random } = deps;
  const revisions = new Map(held.map(({ item, revision }) => [item.id, revision]));

  function givingBack(item: WorkItem): Change {
    const { id, value, attempts } = item;
    const time = now();
    const conditions = [{ key: keys.claim + id, modRevision: revisions.get(id) ?? 0 }];
    if (deadLetter !== undefined && isGivenUp(id, item, deadLetter, time)) {
      return { conditions, writes: burial(keys, id, value) };
    }
    const notBefore = time + retryDelay(attempts, retry, random());
    return {
      conditions,
      writes: [
        { type: 'put', key: keys.try + id, value: tryText({ attempts, notBefore }) },
        { type: 'delete', key: keys.claim + id },
      ],
    };
  }

  return {
    items: held.map(({ item }) => item),
    keepAlive: () => lease.keepAlive(),
    async done(items) {
      await store.txn(
        [],
        items.flatMap(({ id }) => removal(keys, id)),
      );
    },
    async retry(items) {
      // A claim that has ended is nobody's to give back; its items are in the queue, or somebody else's.
      await commitEach(store, items.map(givingBack));
      if (deadLetter !== undefined) await trimDeadLetters(store, keys, deadLetter.keep);
    },
    end: () => lease.revoke(),
  };
}

function removal(keys: QueueKeys, id: string): Write[] {
  return [keys.item, keys.try, keys.claim].map((place): Write => ({ type: 'delete', key: place + id }));
}
