import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Candidate,
  type Candidates,
  createCandidates,
  LEADER_KEY,
  TTL_MS,
} from './leader-election/candidates.ts';
import type { OpenStore, StoreUnderTest } from './store.ts';

type Action =
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'pause' | 'cutOff'; readonly who: number; readonly on: boolean }
  | { readonly do: 'replace'; readonly who: number }
  | { readonly do: 'delete' };

const who = fc.nat({ max: 2 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('advance'), ms: fc.integer({ min: 1, max: 2 * TTL_MS }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('pause', 'cutOff'), who, on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace'), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete') }) },
);

/**
 * What a leader election keeps to on every store.
 * @param open gives an empty, isolated store each time
 */
export function describeLeaderElectionContract(name: string, open: OpenStore, modelRuns: number): void {
  describe(`a leader election on ${name}`, () => {
    let store: StoreUnderTest;
    let candidates: Candidates;
    beforeEach(async () => {
      store = await open();
      candidates = createCandidates(store);
    });
    afterEach(async () => {
      await candidates.close();
      await store.dispose();
    });

    it('elects the only candidate at once, and it stays for as long as it lives', async () => {
      const only = await candidates.open();
      expect(only.election.isLeader()).toBe(true);
      const held = await candidates.held();
      await candidates.advance(20 * TTL_MS);
      expect(candidates.leaders()).toEqual([only]);
      expect(await candidates.held()).toBe(held);
      expect(only.told).toEqual(['elected']);
    });

    it('elects one of two, and the other at once when the first resigns', async () => {
      const [first, second] = [await candidates.open(), await candidates.open()];
      await candidates.advance(5 * TTL_MS);
      expect(candidates.leaders()).toEqual([first]);
      await first.election.close();
      await candidates.advance(0);
      expect(candidates.leaders()).toEqual([second]);
      expect([first.told, second.told]).toEqual([['elected', 'lost'], ['elected']]);
      expect(first.errors).toEqual([]);
    });

    it('has a leader that stood still give way, before another one leads', async () => {
      const [first, second] = [await candidates.open(), await candidates.open()];
      first.paused = true;
      await candidates.advance(TTL_MS - 1);
      // It has not noticed yet, its timers stand still; but asked, it knows.
      expect([first.told, candidates.leaders()]).toEqual([['elected'], []]);
      await candidates.advance(1);
      expect(candidates.leaders()).toEqual([second]);
      first.paused = false;
      await candidates.advance(0);
      expect(first.told).toEqual(['elected', 'lost']);
      expect(candidates.leaders()).toEqual([second]);
    });

    it('has a leader that cannot renew stop in time, and stand again', async () => {
      const only = await candidates.open();
      only.cutOff = true;
      await candidates.advance(TTL_MS);
      expect(only.told).toEqual(['elected', 'lost']);
      expect(only.errors.length).toBeGreaterThan(0);
      only.cutOff = false;
      await candidates.advance(2 * TTL_MS);
      expect(candidates.leaders()).toEqual([only]);
    });

    it('has a leader stop in time whose renewal is never answered, and somebody leads again', async () => {
      const [only, other] = [await candidates.open(), await candidates.open()];
      only.unanswered = true;
      await candidates.advance(TTL_MS - 1);
      expect(only.told).toEqual(['elected', 'lost']);
      expect(candidates.leaders()).toEqual([]);
      await candidates.advance(1);
      expect(candidates.leaders()).toHaveLength(1);
      only.unanswered = false;
      await other.election.close();
      await candidates.advance(2 * TTL_MS);
      expect(candidates.leaders()).toEqual([only]);
    });

    it('survives failures that end before the lease does', async () => {
      const only = await candidates.open();
      await candidates.advance(TTL_MS / 3 - 1);
      only.cutOff = true;
      await candidates.advance(TTL_MS / 3);
      only.cutOff = false;
      await candidates.advance(5 * TTL_MS);
      expect(only.told).toEqual(['elected']);
      expect(only.errors.length).toBeGreaterThan(0);
    });

    it('tells a leader at once whose key was taken away', async () => {
      const only = await candidates.open();
      await store.store.txn([], [{ type: 'put', key: LEADER_KEY, value: 'somebody else' }]);
      await candidates.advance(0);
      expect(only.told).toEqual(['elected', 'lost']);
      await store.store.txn([], [{ type: 'delete', key: LEADER_KEY }]);
      await candidates.advance(0);
      expect(candidates.leaders()).toEqual([only]);
    });

    it('never has two leaders, whatever fails, and one in the end', async () => {
      const actions = fc.array(action, { maxLength: 25 });
      await fc.assert(
        fc.asyncProperty(actions, (steps) => neverTwo(open, steps)),
        { numRuns: modelRuns },
      );
    });
  });
}

async function neverTwo(open: OpenStore, steps: readonly Action[]): Promise<void> {
  const store = await open();
  const candidates = createCandidates(store);
  const standing: Candidate[] = [];
  for (let n = 0; n < 3; n++) standing.push(await candidates.open());
  try {
    for (const step of steps) {
      await act(step, { store, candidates, standing });
      const leaders = candidates.leaders();
      expect(leaders.length).toBeLessThanOrEqual(1);
      // Who leads holds the key by the store's own account.
      if (leaders.length > 0) expect(await candidates.held()).toBeDefined();
    }
    for (const candidate of standing) Object.assign(candidate, { paused: false, cutOff: false });
    await candidates.advance(3 * TTL_MS);
    expect(candidates.leaders()).toHaveLength(1);
    for (const { told } of standing) {
      expect(told.filter((word, n) => word !== (n % 2 === 0 ? 'elected' : 'lost'))).toEqual([]);
    }
  } finally {
    await candidates.close();
    await store.dispose();
  }
}

interface Scene {
  readonly store: StoreUnderTest;
  readonly candidates: Candidates;
  readonly standing: Candidate[];
}

async function act(step: Action, { store, candidates, standing }: Scene): Promise<void> {
  if (step.do === 'advance') return candidates.advance(step.ms);
  if (step.do === 'delete') {
    await store.store.txn([], [{ type: 'delete', key: LEADER_KEY }]);
    return candidates.advance(0);
  }
  const candidate = standing[step.who]!;
  if (step.do === 'pause') candidate.paused = step.on;
  else if (step.do === 'cutOff') candidate.cutOff = step.on;
  else {
    await candidate.election.close();
    standing[step.who] = await candidates.open();
  }
}
