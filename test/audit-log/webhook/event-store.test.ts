import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventStore, type EventStoreOptions } from '../../../src/audit-log/webhook/event-store.ts';
import { fakeQueue } from './support/fake-queue.ts';

const FULL = new Error('the work queue is full');

let fake: ReturnType<typeof fakeQueue>;
let said: string[];
const open: EventStore[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  fake = fakeQueue();
  said = [];
});

afterEach(async () => {
  fake.refuse(undefined);
  for (const store of open.splice(0)) await store.close();
  vi.useRealTimers();
});

function openStore(options: Partial<EventStoreOptions> = {}): EventStore {
  const store = new EventStore({
    queue: fake.queue,
    maxBatchSize: 3,
    maxWaitMs: 1000,
    durability: 'batch',
    strict: false,
    log: {
      error: (_fields, message) => void said.push(message),
      info: (_fields, message) => void said.push(message),
    },
    ...options,
  });
  open.push(store);
  return store;
}

const line = (n: number | string) => `{"n":${JSON.stringify(n)}}`;
const turn = () => new Promise(setImmediate);

describe('events in batches', () => {
  it('are stored together when their time is over', () => {
    const store = openStore();
    store.write(line(1));
    expect(store.offer(line(2))).toBe(true);
    vi.advanceTimersByTime(999);
    expect(fake.batches()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fake.batches()).toEqual([[line(1), line(2)]]);
  });

  it('are stored earlier when there are enough of them', () => {
    const store = openStore();
    for (const n of [1, 2, 3, 4]) store.write(line(n));
    expect(fake.batches()).toEqual([[line(1), line(2), line(3)]]);
    vi.advanceTimersByTime(1000);
    expect(fake.events()).toHaveLength(4);
  });

  it('are stored earlier when they are large', () => {
    const store = openStore();
    store.write(line('x'.repeat(256 * 1024)));
    expect(fake.events()).toHaveLength(1);
  });

  it('are stored at the end of the turn without a wait', async () => {
    const store = openStore({ maxWaitMs: 0 });
    store.write(line(1));
    store.write(line(2));
    expect(fake.batches()).toEqual([]);
    await turn();
    expect(fake.batches()).toEqual([[line(1), line(2)]]);
  });

  it('are stored when the backend is closed; what comes later is told of', async () => {
    const store = openStore();
    store.write(line(1));
    await store.close();
    store.write(line(2));
    expect(fake.events()).toEqual([line(1)]);
    expect(said).toEqual(['audit event after the audit webhook was closed']);
  });
});

describe('events each', () => {
  it('are stored at the end of their turn, or before the call returns when one is the first of its request', async () => {
    const store = openStore({ durability: 'each' });
    store.write(line(1));
    expect(fake.events()).toEqual([]);
    await turn();
    store.write(line(2));
    const release = fake.hold();
    let ended = false;
    const wait = store.writeFirst(line(3))?.then(() => (ended = true));
    expect(fake.batches()).toEqual([[line(1)], [line(2), line(3)]]);
    await turn();
    expect(ended).toBe(false);
    release();
    expect(await wait).toBe(true);
  });

  it('share one write when they are the first of requests of one turn, which wait for it', async () => {
    const store = openStore({ durability: 'each' });
    const release = fake.hold();
    const taken: unknown[] = [];
    for (const n of [1, 2]) void Promise.resolve(store.offer(line(n))).then((answer) => taken.push(answer));
    await turn();
    await turn();
    expect([fake.batches(), taken]).toEqual([[[line(1), line(2)]], []]);
    release();
    await expect.poll(() => taken).toEqual([true, true]);
  });

  it('keep their order', async () => {
    const store = openStore({ durability: 'each' });
    const first = store.offer(line(1));
    store.write(line(2));
    expect(await first).toBe(true);
    expect(fake.attempts()).toBe(1);
    expect(fake.batches()).toEqual([[line(1), line(2)]]);
  });
});

describe('a queue that refuses', () => {
  it.each(['batch', 'each'] as const)(
    'loses nothing of what it is told until it takes it (%s)',
    async (durability) => {
      const store = openStore({ durability });
      fake.refuse(FULL);
      store.write(line(1));
      await store.flush();
      const passes = store.offer(line(2));
      await store.flush();
      expect(await passes).toBe(true);
      expect(said).toEqual(['audit events cannot be stored']);
      fake.refuse(undefined);
      await vi.advanceTimersByTimeAsync(1000);
      store.write(line(3));
      await store.flush();
      expect(fake.events()).toEqual([line(1), line(2), line(3)]);
      expect(said).toEqual(['audit events cannot be stored', 'audit events can be stored again']);
    },
  );

  it.each(['batch', 'each'] as const)(
    'makes a strict backend refuse requests until it takes events (%s)',
    async (durability) => {
      const store = openStore({ durability, strict: true });
      fake.refuse(FULL);
      store.write(line('terminal'));
      await store.flush();
      expect(store.refusing()).toBe(true);
      expect(store.offer(line('refused'))).toBe(false);
      fake.refuse(undefined);
      await vi.advanceTimersByTimeAsync(1000);
      expect(store.refusing()).toBe(false);
      const passes = store.offer(line('taken'));
      await store.flush();
      expect(await passes).toBe(true);
      expect(fake.events()).toEqual([line('terminal'), line('taken')]);
    },
  );

  it('refuses the requests that wait for it, strictly, and keeps only what has happened', async () => {
    const store = openStore({ durability: 'each', strict: true });
    fake.refuse(FULL);
    const [one, two] = [store.offer(line('a')), store.offer(line('b'))];
    store.write(line('happened'));
    expect([await one, await two]).toEqual([false, false]);
    fake.refuse(undefined);
    await vi.advanceTimersByTimeAsync(1000);
    expect(fake.events()).toEqual([line('happened')]);
  });

  it('is asked once a second, and told of once', async () => {
    const store = openStore({ durability: 'each', strict: true });
    fake.refuse(FULL);
    for (let second = 0; second < 5; second++) {
      for (let n = 0; n < 10; n++) await store.offer(line(n));
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(fake.attempts()).toBe(5);
    expect(said).toEqual(['audit events cannot be stored']);
  });

  it('fills the memory up to a bound, and then drops with a word', async () => {
    const store = openStore({ maxBatchSize: 1 });
    fake.refuse(FULL);
    // What cannot be compressed.
    const noise = Array.from({ length: 200 }, () => line(randomBytes(90_000).toString('base64')));
    let kept = 0;
    for (const text of noise) {
      store.write(text);
      await store.flush();
      if (said.includes('audit events are being dropped')) break;
      kept += 1;
    }
    store.write(noise[0] ?? '');
    await store.flush();
    expect(said).toEqual(['audit events cannot be stored', 'audit events are being dropped']);
    fake.refuse(undefined);
    await store.flush();
    expect(fake.events()).toHaveLength(kept);
  });

  it('is told of at the end when something was lost', async () => {
    const store = openStore();
    fake.refuse(FULL);
    store.write(line(1));
    await store.close();
    expect(said).toEqual(['audit events cannot be stored', 'audit events lost at shutdown']);
  });
});
