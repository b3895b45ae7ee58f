import { onAnyCore } from '../cores.ts';
import { createPerson, createTokenClient, type TokenClient } from './token-client.ts';
import { startDoor } from './token-server.ts';

const ROUNDS = 5;
const REFRESHES = 500;
const WARM_UP = 1_000;
/** Each from a host of its own: one host has few places in the queue of password checks. */
const LOGINS = 32;

/** Milliseconds. */
export interface Waits {
  readonly p50: number;
  readonly p99: number;
}

export interface PasswordLoad {
  readonly rounds: readonly { readonly idle: Waits; readonly busy: Waits }[];
  /** Sign-ins that were finished while refreshes were measured. */
  readonly logins: number;
}

/** How long a refresh takes, one at a time, when nothing else is done, and while people sign in; in alternating rounds. */
export async function measurePasswordLoad(): Promise<PasswordLoad> {
  const door = await startDoor(onAnyCore());
  const client = createTokenClient(door.origin, 1);
  try {
    let token = await client.exchange(await createPerson(door.origin, 0).authorize());
    const measure = async (count: number) => {
      const measured = await timeRefreshes(client, token, count);
      token = measured.token;
      return measured.waits;
    };
    await measure(WARM_UP);
    const rounds: { idle: Waits; busy: Waits }[] = [];
    let logins = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const idle = await measure(REFRESHES);
      const crowd = await startLogins(door.origin, round);
      rounds.push({ idle, busy: await measure(REFRESHES) });
      logins += await crowd.stop();
    }
    return { rounds, logins };
  } finally {
    await client.close();
    await door.close();
  }
}

async function timeRefreshes(client: TokenClient, first: string, count: number) {
  const times: number[] = [];
  let token = first;
  while (times.length < count) {
    const before = performance.now();
    token = await client.refresh(token);
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.floor(part * times.length)] ?? Number.NaN;
  return { token, waits: { p50: at(0.5), p99: at(0.99) } };
}

/** People who sign in, each in a browser that has not been here before, again and again. */
async function startLogins(origin: string, round: number) {
  let next = 0;
  let done = 0;
  let stopped = false;
  const first = Promise.withResolvers<void>();
  const signIn = async (index: number) => {
    const host = (round * 1_000 + next++) * LOGINS + index;
    await createPerson(origin, host).authorize();
    done++;
    first.resolve();
  };
  const loops = Array.from({ length: LOGINS }, async (_, index) => {
    while (!stopped) await signIn(index);
  });
  const all = Promise.all(loops);
  all.catch((error: unknown) => first.reject(error));
  await first.promise;
  return {
    async stop() {
      stopped = true;
      const during = done;
      await all;
      return during;
    },
  };
}
