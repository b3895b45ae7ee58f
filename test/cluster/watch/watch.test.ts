import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepIntervalMs } from '../../../src/cluster/events/expire-events.ts';
import { configMap, eventually, startCluster, type TestCluster } from '../support.ts';

const path = '/api/v1/namespaces/kube-public/configmaps';
const merge = { 'Content-Type': 'application/merge-patch+json' };
const tableAccept = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const metadataAccept = { Accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' };

/** A clock that rings only when told to. */
function createTimers() {
  const waiting = new Map<() => void, number>();
  return {
    schedule(ms: number, callback: () => void) {
      waiting.set(callback, ms);
      return () => void waiting.delete(callback);
    },
    count: (ms?: number) => [...waiting.values()].filter((each) => ms === undefined || each === ms).length,
    ring(ms: number) {
      for (const [callback, each] of [...waiting]) {
        if (each !== ms) continue;
        waiting.delete(callback);
        callback();
      }
    },
  };
}

let cluster: TestCluster;
let timers: ReturnType<typeof createTimers>;
beforeEach(async () => {
  timers = createTimers();
  cluster = await startCluster({
    // The sweep of old events is no part of a watch.
    schedule: (ms, callback) => (ms === sweepIntervalMs ? () => {} : timers.schedule(ms, callback)),
  });
});
afterEach(() => cluster.close());

async function currentRevision(): Promise<string> {
  return (await cluster.send('GET', path)).json.metadata.resourceVersion;
}

function brief(events: readonly { type: string; object: { metadata: { name?: string } } }[]) {
  return events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`.trim());
}

describe('a watch', () => {
  it.each([
    ['without a revision', ''],
    ['with revision 0', '&resourceVersion=0'],
  ])('%s begins with everything there is', async (_, query) => {
    const watch = await cluster.watch(`${path}?watch=1${query}`);
    expect([watch.code, watch.headers['content-type']]).toEqual([200, 'application/json']);
    await watch.until(1);
    await cluster.send('POST', path, configMap('new'));
    expect(brief(await watch.until(2))).toEqual(['ADDED kube-root-ca.crt', 'ADDED new']);
    expect(watch.events[1]?.object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' });
  });

  it('from a revision replays what came after it, then goes on', async () => {
    const revision = await currentRevision();
    await cluster.send('POST', path, configMap('x', { a: '1' }));
    await cluster.send('PATCH', `${path}/x`, { data: { a: '2' } }, merge);
    const watch = await cluster.watch(`${path}?watch=1&resourceVersion=${revision}`);
    await watch.until(2);
    const deleted = await cluster.send('DELETE', `${path}/x`);
    expect(deleted.code).toBe(200);
    expect(brief(await watch.until(3))).toEqual(['ADDED x', 'MODIFIED x', 'DELETED x']);
    const revisions = watch.events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    expect(new Set(revisions).size).toBe(3);
    expect(watch.events[2]?.object.data).toEqual({ a: '2' });
  });

  it('sends its headers before there is any event', async () => {
    const watch = await cluster.watch(`${path}?watch=1&resourceVersion=${await currentRevision()}`);
    expect([watch.code, watch.events]).toEqual([200, []]);
  });

  it('tells a selector’s watchers who comes and who leaves', async () => {
    const watch = await cluster.watch(
      `${path}?watch=1&resourceVersion=${await currentRevision()}&labelSelector=l%3D1`,
    );
    const label = (l: string) => cluster.send('PATCH', `${path}/w`, { metadata: { labels: { l } } }, merge);
    await cluster.send('POST', path, configMap('w', {}, { labels: { l: '1' } }));
    await label('2');
    await label('3');
    await label('1');
    await cluster.send('DELETE', `${path}/w`);
    expect(brief(await watch.until(4))).toEqual(['ADDED w', 'DELETED w', 'ADDED w', 'DELETED w']);
    const [added, left] = watch.events;
    expect(left?.object.metadata.labels).toEqual({ l: '1' });
    expect(Number(left?.object.metadata.resourceVersion)).toBeGreaterThan(
      Number(added?.object.metadata.resourceVersion),
    );
  });

  it('sees one namespace or one name only', async () => {
    const revision = await currentRevision();
    const one = await cluster.watch(
      `${path}?watch=1&resourceVersion=${revision}&fieldSelector=metadata.name%3Db`,
    );
    const legacy = await cluster.watch(
      `/api/v1/watch/namespaces/kube-public/configmaps/b?resourceVersion=${revision}`,
    );
    await cluster.send('POST', '/api/v1/namespaces/default/configmaps', configMap('b'));
    for (const name of ['a', 'b', 'bb']) await cluster.send('POST', path, configMap(name));
    await cluster.send('DELETE', `${path}/b`);
    expect(brief(await one.until(2))).toEqual(['ADDED b', 'DELETED b']);
    expect(brief(await legacy.until(2))).toEqual(['ADDED b', 'DELETED b']);
    expect(one.events[0]?.object.metadata.namespace).toBe('kube-public');
  });

  it('is not started by watch=1 on one object', async () => {
    const answer = await cluster.send('GET', `${path}/kube-root-ca.crt?watch=1&resourceVersion=0`);
    expect([answer.code, answer.json.kind]).toEqual([200, 'ConfigMap']);
  });

  it('of a revision in the future waits silently', async () => {
    const watch = await cluster.watch(`${path}?watch=1&resourceVersion=99999`);
    await cluster.send('POST', path, configMap('early'));
    await cluster.send('GET', path);
    expect([watch.code, watch.events]).toEqual([200, []]);
  });

  it('of a forgotten revision ends with one ERROR that says 410', async () => {
    const revision = await currentRevision();
    await cluster.send('POST', path, configMap('x'));
    await cluster.store.compact(await cluster.store.revision());
    const watch = await cluster.watch(`${path}?watch=1&resourceVersion=${revision}`);
    const events = await watch.ended();
    expect(watch.code).toBe(200);
    expect(events).toEqual([
      {
        type: 'ERROR',
        object: expect.objectContaining({
          kind: 'Status',
          code: 410,
          reason: 'Expired',
          message: expect.stringMatching(/^too old resource version: \d+ \(\d+\)$/),
        }),
      },
    ]);
  });

  it.each([
    ['sendInitialEvents=true&allowWatchBookmarks=true', 422, 'sendInitialEvents requires setting'],
    ['resourceVersionMatch=NotOlderThan', 422, 'forbidden for watch unless sendInitialEvents is provided'],
    ['resourceVersion=abc', 400, 'invalid resource version'],
    ['labelSelector=a%3D%3D%3Db', 400, 'unable to parse requirement'],
    ['timeoutSeconds=x', 400, 'strconv.ParseInt'],
    [
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=99999',
      504,
      'Too large resource version',
    ],
  ])('is refused: %s', async (query, code, text) => {
    const answer = await cluster.send('GET', `${path}?watch=1&${query}`);
    expect([answer.code, answer.json.message]).toEqual([code, expect.stringContaining(text)]);
  });
});

describe('initial events', () => {
  const initial = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';

  it('end with an annotated bookmark when bookmarks are allowed', async () => {
    const revision = await currentRevision();
    const watch = await cluster.watch(`${path}?${initial}&allowWatchBookmarks=true`);
    const [, end] = await watch.until(2);
    expect(end).toEqual({
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { resourceVersion: revision, annotations: { 'k8s.io/initial-events-end': 'true' } },
      },
    });
  });

  it('have no mark without bookmarks, and can be declined', async () => {
    const all = await cluster.watch(`${path}?${initial}`);
    const none = await cluster.watch(
      `${path}?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan`,
    );
    await all.until(1);
    await cluster.send('POST', path, configMap('x'));
    expect(brief(await all.until(2))).toEqual(['ADDED kube-root-ca.crt', 'ADDED x']);
    expect(brief(await none.until(1))).toEqual(['ADDED x']);
  });
});

describe('bookmarks', () => {
  it('come every minute and before the end, with the revision of the whole store', async () => {
    const watch = await cluster.watch(
      `${path}?watch=1&resourceVersion=${await currentRevision()}&allowWatchBookmarks=true&timeoutSeconds=90`,
    );
    await cluster.send('POST', '/api/v1/namespaces/default/configmaps', configMap('elsewhere'));
    timers.ring(60_000);
    const [first] = await watch.until(1);
    expect(first).toMatchObject({ type: 'BOOKMARK', object: { kind: 'ConfigMap' } });
    expect(first?.object.metadata).toEqual({ resourceVersion: String(await cluster.store.revision()) });
    await eventually(async () => (timers.count(60_000) === 1 ? true : undefined));
    timers.ring(90_000);
    expect(brief(await watch.ended())).toEqual(['BOOKMARK', 'BOOKMARK']);
    expect(timers.count()).toBe(0);
  });

  it('are not sent to whom did not ask', async () => {
    const watch = await cluster.watch(
      `${path}?watch=1&resourceVersion=${await currentRevision()}&timeoutSeconds=9`,
    );
    timers.ring(60_000);
    timers.ring(9000);
    expect(await watch.ended()).toEqual([]);
  });
});

describe('representations of a watch', () => {
  it('define a Table’s columns in the first event only', async () => {
    const watch = await cluster.watch(
      `${path}?watch=1&allowWatchBookmarks=true&timeoutSeconds=9`,
      tableAccept,
    );
    await cluster.send('POST', path, configMap('x', { a: '1', b: '2' }));
    await watch.until(2);
    timers.ring(9000);
    const [first, second, bookmark] = await watch.ended();
    expect(first?.object).toMatchObject({ kind: 'Table', columnDefinitions: [{ name: 'Name' }, {}, {}] });
    expect(second?.object).toMatchObject({ columnDefinitions: null, rows: [{ cells: ['x', 2, '0s'] }] });
    expect(second?.object.metadata.resourceVersion).toBe(
      second?.object.rows[0].object.metadata.resourceVersion,
    );
    expect(bookmark).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'Table', rows: [{ cells: ['', 0, '<unknown>'] }] },
    });
  });

  it('show metadata only', async () => {
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = await cluster.watch(`${path}?${query}`, metadataAccept);
    const [added, end] = await watch.until(2);
    expect(Object.keys(added?.object)).toEqual(['kind', 'apiVersion', 'metadata']);
    expect([added?.object.kind, end?.type, end?.object.kind]).toEqual([
      'PartialObjectMetadata',
      'BOOKMARK',
      'PartialObjectMetadata',
    ]);
  });
});

describe('the end of a watch', () => {
  it('frees everything when the client leaves', async () => {
    const watch = await cluster.watch(`${path}?watch=1&allowWatchBookmarks=true`);
    await watch.until(1);
    expect(timers.count()).toBe(2);
    watch.leave();
    await eventually(async () => (timers.count() === 0 ? true : undefined));
    expect(cluster.logged).toEqual([]);
  });

  it('comes cleanly when the cluster closes', async () => {
    const watch = await cluster.watch(`${path}?watch=1`);
    await watch.until(1);
    await cluster.cluster.close();
    expect(brief(await watch.ended())).toEqual(['ADDED kube-root-ca.crt']);
    expect(watch.response.complete).toBe(true);
  });

  it('is forced on a client that does not read', async () => {
    const watch = await cluster.watch(`${path}?watch=1&resourceVersion=${await currentRevision()}`);
    watch.response.pause();
    const data = { k: 'x'.repeat(900_000) };
    await cluster.send('POST', path, configMap('big', data));
    await eventually(async () => {
      await cluster.send(
        'PATCH',
        `${path}/big`,
        { metadata: { labels: { n: String(Math.random()) } } },
        merge,
      );
      return cluster.logged.length > 0 ? true : undefined;
    });
    watch.response.resume();
    await watch.ended();
    expect(watch.response.complete).toBe(false);
    expect(cluster.logged).toEqual([{ resource: 'configmaps', user: 'system:admin' }]);
  }, 30_000);
});
