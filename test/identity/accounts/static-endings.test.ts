import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createMemoryStore,
  type Store,
  StoreUnavailableError,
  type WatchHandlers,
} from '../../../src/store/index.ts';
import { PATIENTLY } from '../../support/patiently.ts';
import { bob, jane } from '../support/door.ts';
import {
  type LocalAccounts,
  type LocalAccountsOptions,
  openLocalAccounts,
} from '../support/local-accounts.ts';

const other = { ...jane, hash: bob.hash.replace(/.$/, 'x') };

/** Processes on one store. */
function processes() {
  const store = createMemoryStore();
  return async (passwords: LocalAccountsOptions['passwords'] = []): Promise<LocalAccounts> => {
    const opened = await openLocalAccounts({ store, passwords });
    onTestFinished(() => opened.close());
    return opened;
  };
}

/** Whichever of them has noticed. */
const ended = (processes: readonly LocalAccounts[], ...ids: readonly string[]) =>
  vi.waitFor(() => expect(processes.flatMap((one) => one.ended).sort()).toEqual(ids), PATIENTLY);

/** The store as a process sees it, which the network may part from it. */
function createSeveredStore(store: Store) {
  let isCut = false;
  let withheld: (() => void)[] = [];
  const reachable =
    <A extends unknown[], R>(operation: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (isCut) throw new StoreUnavailableError('cut off');
      return operation(...args);
    };
  const severed: Store = Object.assign(Object.create(store) as Store, {
    get: reachable(store.get.bind(store)),
    list: reachable(store.list.bind(store)),
    txn: reachable(store.txn.bind(store)),
    lease: reachable(async (ttlMs: number) => {
      const lease = await store.lease(ttlMs);
      return {
        id: lease.id,
        keepAlive: reachable(() => lease.keepAlive()),
        revoke: reachable(() => lease.revoke()),
      };
    }),
    watch: (prefix: string, after: number, { onEvents, onError }: WatchHandlers) =>
      store.watch(prefix, after, {
        onEvents: (...told) => (isCut ? void withheld.push(() => onEvents(...told)) : onEvents(...told)),
        onError,
      }),
  });
  return {
    store: severed,
    cut() {
      isCut = true;
    },
    /** What was missed is told now, as etcd's watches do. */
    mend() {
      isCut = false;
      const missed = withheld;
      withheld = [];
      for (const tell of missed) tell();
    },
  };
}

describe('processes that the network parts from the store', () => {
  const second = 1000;

  /** Two of them, the other one nine seconds later: they do not renew their leases at the same moments. */
  async function openTwo() {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const store = createMemoryStore();
    const [one, two, three] = [
      createSeveredStore(store),
      createSeveredStore(store),
      createSeveredStore(store),
    ];
    const open = async (network: typeof one, passwords: LocalAccountsOptions['passwords'] = []) => {
      const accounts = await openLocalAccounts({ store: network.store, passwords });
      onTestFinished(() => accounts.close());
      return accounts;
    };
    const first = await open(one, [jane]);
    await vi.advanceTimersByTimeAsync(9 * second);
    const other = await open(two, [bob]);
    await vi.advanceTimersByTimeAsync(10.5 * second);
    return { store, first, other, one, two, join: () => open(three, [bob]) };
  }

  it.each([
    ['both leases have ended', 50],
    ['one lease has ended, and the other nearly', 25],
    ['none has', 15],
  ])('end nothing of each other’s when they are back and %s', async (_what, seconds) => {
    const { first, other, one, two } = await openTwo();
    for (const network of [one, two]) network.cut();
    await vi.advanceTimersByTimeAsync(seconds * second);
    for (const network of [two, one]) network.mend();
    await vi.advanceTimersByTimeAsync(120 * second);
    expect([first.ended, other.ended]).toEqual([[], []]);
    await first.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(other.ended).toEqual([jane.userID]);
  });

  it('end what one of them had that does not come back', async () => {
    const { first, other, one, two } = await openTwo();
    for (const network of [one, two]) network.cut();
    await vi.advanceTimersByTimeAsync(50 * second);
    two.mend();
    await vi.advanceTimersByTimeAsync(25 * second);
    expect(other.ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(10 * second);
    expect(other.ended).toEqual([jane.userID]);
    one.mend();
    await vi.advanceTimersByTimeAsync(60 * second);
    expect([first.ended, other.ended]).toEqual([[], [jane.userID]]);
  });

  it('end nothing of each other’s when one is started that reaches the store before they do', async () => {
    const { first, other, one, two, join } = await openTwo();
    for (const network of [one, two]) network.cut();
    await vi.advanceTimersByTimeAsync(50 * second);
    const third = await join();
    await vi.advanceTimersByTimeAsync(19 * second);
    for (const network of [two, one]) network.mend();
    await vi.advanceTimersByTimeAsync(120 * second);
    expect([first.ended, other.ended, third.ended]).toEqual([[], [], []]);
    await first.close();
    await vi.advanceTimersByTimeAsync(0);
    expect([...other.ended, ...third.ended]).toEqual([jane.userID]);
  });

  it('end what one of them had that was killed, when its lease is over', async () => {
    const { other, one } = await openTwo();
    one.cut();
    await vi.advanceTimersByTimeAsync(19 * second);
    expect(other.ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(12 * second);
    expect(other.ended).toEqual([jane.userID]);
  });

  it('end it half a minute after the next start when the last of them was killed, and remember it no longer', async () => {
    const { store, one, two, join } = await openTwo();
    for (const network of [one, two]) network.cut();
    await vi.advanceTimersByTimeAsync(600 * second);
    const third = await join();
    await vi.advanceTimersByTimeAsync(29 * second);
    expect(third.ended).toEqual([]);
    expect((await store.list('identity/static-holders/')).entries).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(2 * second);
    expect(third.ended).toEqual([jane.userID]);
    expect((await store.list('identity/static-holders/')).entries).toHaveLength(2);
    await third.close();
    expect((await store.list('identity/static-holders/')).entries).toEqual([]);
  });

  it('end nothing by a file that is read anew before the others are back', async () => {
    const { other, one, two } = await openTwo();
    for (const network of [one, two]) network.cut();
    await vi.advanceTimersByTimeAsync(50 * second);
    two.mend();
    await other.replaceStatics([bob]);
    expect(other.ended).toEqual([]);
    one.mend();
    await vi.advanceTimersByTimeAsync(60 * second);
    expect(other.ended).toEqual([]);
  });
});

describe('processes whose files have other accounts', () => {
  it('do not end each other’s, at a start, a reload or a start anew', async () => {
    const open = processes();
    const older = await open([jane]);
    const newer = await open([other, bob]);
    await older.replaceStatics([jane]);
    await newer.replaceStatics([other, bob]);
    const third = await open([jane]);
    await third.close();
    const fourth = await open([bob, other]);
    expect([older, newer, third, fourth].map(({ ended }) => ended)).toEqual([[], [], [], []]);
  });

  it('end an account when the last of them has its password no more, and once', async () => {
    const open = processes();
    const [first, second] = [await open([jane, bob]), await open([jane, bob])];
    await first.replaceStatics([other]);
    expect([first.ended, second.ended]).toEqual([[], []]);
    await second.replaceStatics([other]);
    await ended([first, second], 'id-bob', 'id-jane');
    await first.replaceStatics([other]);
    await ended([first, second], 'id-bob', 'id-jane');
  });

  it('end what only one of them had that is stopped', async () => {
    const open = processes();
    const [older, newer] = [await open([jane, bob]), await open([bob])];
    expect(newer.ended).toEqual([]);
    await older.close();
    await ended([newer], 'id-jane');
  });

  it('end it at the next start when none of them was there', async () => {
    const open = processes();
    await (await open([jane, bob])).close();
    expect((await open([other])).ended).toEqual(['id-bob', 'id-jane']);
  });
});
