import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex, Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createWatches, type Watches, type WatchLimits } from '../../../src/cluster/watch/index.ts';
import { resolveRequestInfo } from '../../../src/kube/index.ts';
import { configMap, eventually, startCluster, type TestCluster } from '../support.ts';

const path = '/api/v1/namespaces/kube-public/configmaps';
const merge = { 'Content-Type': 'application/merge-patch+json' };
const tableAccept = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const bigLine = 900_000;

let cluster: TestCluster;
let watches: Watches;
afterEach(() => cluster.close());

async function start(limits: Partial<WatchLimits> = {}): Promise<void> {
  watches = createWatches(limits);
  cluster = await startCluster({ watches });
}

/** A watch whose connection takes nothing, not even into the system's buffers. */
function openUnread(target: string, username = 'mallory', headers = {}): ServerResponse {
  const socket = new Duplex({ read() {}, write() {} }) as unknown as Socket;
  const response = new ServerResponse(new IncomingMessage(socket));
  response.assignSocket(socket);
  const request = {
    method: 'GET',
    target,
    requestInfo: resolveRequestInfo('GET', target),
    user: { username, groups: [] },
    headers,
    body: Readable.from([]),
    signal: new AbortController().signal,
    authorize: () => ({ decision: 'allow', reason: '' }) as const,
  };
  void cluster.cluster.handle(request, response);
  return response;
}

async function followers(count: number): Promise<void> {
  await eventually(async () => (watches.count() === count ? true : undefined));
}

async function fromNow(): Promise<string> {
  return `${path}?watch=1&resourceVersion=${(await cluster.send('GET', path)).json.metadata.resourceVersion}`;
}

const label = (name: string, n: number) =>
  cluster.send('PATCH', `${path}/${name}`, { metadata: { labels: { n: String(n) } } }, merge);

describe('hundreds of watches that nobody reads', () => {
  it.each([
    ['objects', {}],
    ['Tables', tableAccept],
  ])(
    'of %s keep each event once, are cut off, and trouble nobody who reads',
    async (_, headers) => {
      await start({ perUser: 300 });
      const target = `${await fromNow()}&includeObject=Object`;
      const reader = await cluster.watch(target);
      for (let n = 0; n < 300; n++) openUnread(target, 'mallory', headers);
      await followers(301);
      // Watches are told of a commit in the order in which they began: this one sees what waits after all others.
      let most = 0;
      cluster.store.watch('', await cluster.store.revision(), {
        onEvents: () => {
          most = Math.max(most, watches.waiting());
        },
        onError: (error) => expect.unreachable(String(error)),
      });
      await cluster.send('POST', path, configMap('big', { k: 'x'.repeat(bigLine) }));
      for (let n = 1; n <= 6; n++) {
        expect((await label('big', n)).code).toBe(200);
        await reader.until(n + 1);
        expect((await cluster.send('GET', '/api/v1/namespaces/default')).code).toBe(200);
      }
      expect(most).toBeGreaterThan(4 * bigLine);
      // At most one watch's share, twice: the reader's lines are other ones than Tables.
      expect(most).toBeLessThan(2 * (4 * 1024 * 1024 + bigLine));
      await followers(1);
      expect(reader.events.map(({ object }) => object.metadata.labels?.n)).toEqual([
        undefined,
        ...['1', '2', '3', '4', '5', '6'],
      ]);
      expect(cluster.logged).toEqual(Array(300).fill({ resource: 'configmaps', user: 'mallory' }));
      await eventually(async () => (watches.waiting() === 0 ? true : undefined));
    },
    30_000,
  );

  it('stay within the budget of all, and those who read are spared', async () => {
    await start({ waitingTotal: 2 * 1024 * 1024 });
    const reader = await cluster.watch(await fromNow());
    const names = ['a', 'b', 'c', 'd'];
    // Each holds another object, so none is over its own share.
    for (const name of names) openUnread(`${await fromNow()}&fieldSelector=metadata.name%3D${name}`, name);
    await followers(5);
    for (const [index, name] of names.entries()) {
      await cluster.send('POST', path, configMap(name, { k: 'x'.repeat(bigLine) }));
      await reader.until(index + 1);
      expect(watches.waiting()).toBeLessThanOrEqual(2 * 1024 * 1024);
    }
    expect(reader.events.map(({ object }) => object.metadata.name)).toEqual(names);
    expect(watches.count()).toBe(3);
    expect(cluster.logged).toHaveLength(2);
  });

  it('keep no list waiting', async () => {
    await start();
    const names = Array.from({ length: 40 }, (_, n) => `m${String(n).padStart(2, '0')}`);
    for (const name of names) await cluster.send('POST', path, configMap(name, { k: 'x'.repeat(50_000) }));
    const unread = openUnread(`${path}?watch=1`);
    await eventually(async () => (watches.waiting() > 256 * 1024 ? true : undefined));
    await cluster.send('DELETE', `${path}/m39`);
    expect(watches.waiting()).toBeLessThan(320 * 1024);
    const reader = await cluster.watch(`${path}?watch=1`);
    const events = await reader.until(40);
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual(
      ['kube-root-ca.crt', ...names.slice(0, 39)].map((name) => `ADDED ${name}`),
    );
    unread.destroy();
    await followers(1);
    expect(cluster.logged).toEqual([]);
  });
});

describe('a list of many pages', () => {
  it('is told as it was when the watch began, and then what came since', async () => {
    await start();
    const names = Array.from({ length: 100 }, (_, n) => `m${String(n).padStart(2, '0')}`);
    for (const name of names) await cluster.send('POST', path, configMap(name, { k: 'x'.repeat(50_000) }));
    const watch = await cluster.watch(
      `${path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    );
    watch.response.pause();
    await cluster.send('DELETE', `${path}/m99`);
    watch.response.resume();
    const events = (await watch.until(103)).map(({ type, object }) => [type, object.metadata.name]);
    expect(events).toEqual([
      ...['kube-root-ca.crt', ...names].map((name) => ['ADDED', name]),
      ['BOOKMARK', undefined],
      ['DELETED', 'm99'],
    ]);
  });
});

describe('too much history', () => {
  it('ends in 410 after whole lines', async () => {
    await start({ waitingEach: 500_000 });
    const target = await fromNow();
    await cluster.send('POST', path, configMap('x', { k: 'x'.repeat(200_000) }));
    for (let n = 1; n <= 4; n++) await label('x', n);
    const events = await (await cluster.watch(target)).ended();
    expect(events.map(({ type, object }) => [type, object.code])).toEqual([
      ['ADDED', undefined],
      ['ERROR', 410],
    ]);
    expect(cluster.logged).toEqual([]);
  });
});

describe('too many watches', () => {
  it.each([
    ['of one user', { perUser: 2 }],
    ['of all users', { total: 2 }],
  ])('%s are refused with 429 until one ends, however it ends', async (_, limits) => {
    await start(limits);
    const target = await fromNow();
    const left = await cluster.watch(target);
    await cluster.watch(target);
    const refused = await cluster.send('GET', target);
    expect([refused.code, refused.headers.get('retry-after'), refused.json]).toEqual([
      429,
      '1',
      expect.objectContaining({
        kind: 'Status',
        reason: 'TooManyRequests',
        details: { retryAfterSeconds: 1 },
      }),
    ]);
    expect((await cluster.send('GET', path)).code).toBe(200);
    left.leave();
    await followers(1);
    // One that is refused for another reason, and one that ends by itself with an error, give their place back too.
    const early = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=99999';
    expect((await cluster.send('GET', `${path}?${early}`)).code).toBe(504);
    expect(watches.count()).toBe(1);
    await cluster.send('POST', path, configMap('x'));
    await cluster.store.compact(await cluster.store.revision());
    expect((await (await cluster.watch(target)).ended()).map(({ type }) => type)).toEqual(['ERROR']);
    await followers(1);
    const again = await cluster.watch(target.replace(/resourceVersion=\d+/, 'resourceVersion=0'));
    expect([again.code, watches.count()]).toEqual([200, 2]);
    await cluster.cluster.close();
    await followers(0);
  });
});
