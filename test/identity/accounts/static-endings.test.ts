import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryStore } from '../../../src/store/index.ts';
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
  vi.waitFor(() => expect(processes.flatMap((one) => one.ended).sort()).toEqual(ids));

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

  it('end what only one of them had that was killed, when its lease is over', async () => {
    let now = 0;
    const store = createMemoryStore({ now: () => now });
    const killed = await openLocalAccounts({ store, passwords: [jane] });
    const left = await openLocalAccounts({ store, passwords: [bob] });
    onTestFinished(() => left.close());
    onTestFinished(() => killed.close());
    now += 31_000;
    await store.expireLeases();
    await ended([left], 'id-jane');
  });
});
