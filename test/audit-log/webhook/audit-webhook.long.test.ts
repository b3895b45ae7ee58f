import { afterEach, describe, expect, it } from 'vitest';
import {
  type AuditBackend,
  type AuditWebhookOptions,
  EVENT_RETRY,
  openAuditWebhook,
} from '../../../src/audit-log/index.ts';
import { createMemoryStore, openWorkQueue, type Store } from '../../../src/store/index.ts';

interface Sent {
  readonly auditID: string;
  readonly stage: string;
}

/** What failed is tried again after a second at the earliest. */
const WAIT = { timeout: 20_000 };

const open: AuditBackend[] = [];
afterEach(async () => {
  for (const backend of open.splice(0)) await backend.close();
});

/** A receiver that answers as it is told, and remembers. */
function fakeReceiver(answer: (ids: string[]) => Promise<void> | void = () => {}) {
  const requests: string[][] = [];
  let closed = 0;
  return {
    requests,
    events: () => requests.flat(),
    closed: () => closed,
    receiver: {
      url: 'https://receiver.example',
      async post(body: string) {
        const ids = (JSON.parse(body) as { items: Sent[] }).items.map(({ auditID }) => auditID);
        await answer(ids);
        requests.push(ids);
      },
      close: async () => {
        closed += 1;
      },
    },
  };
}

async function openBackend(
  receiver: AuditWebhookOptions['receiver'],
  options: Partial<AuditWebhookOptions> & { store?: Store } = {},
) {
  const { store = createMemoryStore(), ...rest } = options;
  const said: [string, object][] = [];
  const queue = await openWorkQueue(store, {
    prefix: 'audit/',
    now: Date.now,
    onError: () => {},
    retry: EVENT_RETRY,
    random: () => 0,
  });
  const backend = openAuditWebhook({
    queue,
    receiver,
    maxWaitMs: 0,
    random: () => 0,
    log: {
      error: (fields, message) => void said.push([message, fields]),
      info: (fields, message) => void said.push([message, fields]),
    },
    ...rest,
  });
  open.push(backend);
  return { backend, queue, store, said, messages: () => said.map(([message]) => message) };
}

const event = (id: string | number) => JSON.stringify({ auditID: `${id}`, stage: 'ResponseComplete' });

describe('the audit webhook', () => {
  it('delivers what is recorded, in order, and leaves nothing in the store', async () => {
    const { receiver, events } = fakeReceiver();
    const { backend, store } = await openBackend(receiver);
    const ids = Array.from({ length: 1000 }, (_, n) => `${n}`);
    for (const id of ids) backend.write(event(id));
    await expect.poll(events).toEqual(ids);
    await expect.poll(async () => (await store.list('audit/')).entries).toEqual([]);
  });

  it('sends at most so many events in a request', async () => {
    const { receiver, requests } = fakeReceiver();
    const { backend } = await openBackend(receiver, { maxBatchSize: 3 });
    for (let n = 0; n < 10; n++) backend.write(event(n));
    await expect.poll(() => requests.flat().length).toBe(10);
    expect(Math.max(...requests.map((ids) => ids.length))).toBe(3);
  });

  it('delivers later what a receiver does not take now, and says so once', async () => {
    let down = true;
    const { receiver, events } = fakeReceiver(() => {
      if (down) throw new Error('connection refused');
    });
    const { backend, messages, queue, said } = await openBackend(receiver);
    const failing = 'audit events cannot be delivered; they wait in the queue';
    for (let n = 0; n < 5; n++) {
      backend.write(event(n));
      await backend.flush();
    }
    await expect.poll(messages).toEqual([failing]);
    expect(queue.size().items).toBeGreaterThan(0);
    down = false;
    await expect.poll(() => events().sort(), WAIT).toEqual(['0', '1', '2', '3', '4']);
    await expect.poll(messages).toEqual([failing, 'audit events are delivered again']);
    expect(said[0]?.[1]).toMatchObject({ receiver: 'https://receiver.example' });
  });

  it('is not held up by a batch that the receiver never takes', async () => {
    const { receiver, events } = fakeReceiver((ids) => {
      if (ids.includes('poison')) throw new Error('413');
    });
    const { backend, queue } = await openBackend(receiver);
    for (const id of ['a', 'poison', 'b', 'c']) {
      backend.write(event(id));
      await backend.flush();
    }
    await expect.poll(() => events().sort(), WAIT).toEqual(['a', 'b', 'c']);
    expect(queue.size().items).toBe(1);
  });

  it('is not held up by a batch that cannot be read', async () => {
    const { receiver, events } = fakeReceiver();
    const { backend, queue, messages } = await openBackend(receiver);
    await queue.add(['not packed by us']);
    backend.write(event('a'));
    await expect.poll(events).toEqual(['a']);
    expect(messages()).toContain('a batch of audit events in the queue cannot be read');
    expect(queue.size().items).toBe(1);
  });

  it('leaves what it could not deliver to the next process', async () => {
    const store = createMemoryStore();
    const down = fakeReceiver(() => {
      throw new Error('down');
    });
    const first = await openBackend(down.receiver, { store });
    first.backend.write(event('a'));
    await first.backend.close();
    expect(down.closed()).toBe(1);
    const up = fakeReceiver();
    await openBackend(up.receiver, { store });
    await expect.poll(up.events, WAIT).toEqual(['a']);
  });

  it('lets a running request end when it is closed', async () => {
    const begun = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const { receiver, events } = fakeReceiver(() => {
      begun.resolve();
      return answer.promise;
    });
    const { backend, queue } = await openBackend(receiver);
    backend.write(event('a'));
    await begun.promise;
    const closed = backend.close();
    answer.resolve();
    await closed;
    expect([events(), queue.size().items]).toEqual([['a'], 0]);
  });

  it('shares the queue with other processes: each event goes out once while all live', async () => {
    const store = createMemoryStore();
    const { receiver, events } = fakeReceiver(() => new Promise(setImmediate));
    const one = await openBackend(receiver, { store, maxBatchSize: 2 });
    const two = await openBackend(receiver, { store, maxBatchSize: 2 });
    const ids = Array.from({ length: 200 }, (_, n) => `${n}`.padStart(3, '0'));
    for (const [n, id] of ids.entries()) (n % 2 === 0 ? one : two).backend.write(event(id));
    await expect.poll(() => one.queue.size().items + events().length * 1000).toBe(200_000);
    expect(events().sort()).toEqual(ids);
  });
});
