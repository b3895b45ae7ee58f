import { afterEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../src/gateway/index.ts';
import type { Policy } from '../../../src/rbac/index.ts';
import { role, roleBinding } from '../../rbac/objects.ts';
import {
  configMap,
  type FilteringGateway,
  grant,
  openWatch,
  policyIn,
  revoke,
  serveFiltering,
  type WatchedEvent,
} from './support.ts';

const NAMESPACES = ['a', 'b', 'c'];
const MAPS = '/api/v1/configmaps';
/** Every namespace has one of its own. */
const OURS = 'fieldSelector=metadata.name!%3Dkube-root-ca.crt';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

const told = (events: readonly WatchedEvent[]) =>
  events.map(({ type, object }) => `${type} ${object.metadata.namespace}/${object.metadata.name}`);

describe('a watch over all namespaces for somebody who may watch in some', () => {
  let gateway: FilteringGateway;
  let policy: Policy;
  let writes = 0;
  const watches: { leave(): Promise<void> }[] = [];

  async function start(allowed: readonly string[], target?: (embedded: Target) => Target): Promise<void> {
    policy = policyIn(allowed);
    gateway = await serveFiltering(policy, NAMESPACES, target === undefined ? {} : { target });
  }

  afterEach(async () => {
    for (const watch of watches.splice(0)) await watch.leave();
    await gateway.close();
  });

  async function create(namespace: string): Promise<string> {
    writes += 1;
    const { status, json } = await gateway.write(
      'POST',
      `/api/v1/namespaces/${namespace}/configmaps`,
      configMap(`m${writes}`),
    );
    expect(status).toBe(201);
    return `ADDED ${namespace}/${json.metadata.name}`;
  }

  async function listRevision(): Promise<string> {
    return (await gateway.ask(MAPS)).json.metadata.resourceVersion;
  }

  async function watch(query: string, headers: Record<string, string> = {}) {
    const opened = await openWatch(`${gateway.url}${MAPS}?watch=1&${query}`, headers);
    watches.push(opened);
    return opened;
  }

  it('goes on where the list has ended, in these namespaces and no other', async () => {
    await start(['a', 'c']);
    await create('a');
    const revision = await listRevision();
    const expected = [];
    for (const namespace of ['c', 'b', 'a', 'b', 'c']) {
      const event = await create(namespace);
      if (namespace !== 'b') expected.push(event);
    }
    const opened = await watch(`resourceVersion=${revision}`);
    await opened.until(3);
    expected.push(await create('a'));
    await create('b');
    expected.push(await create('c'));
    const events = await opened.until(5);
    // In each namespace in order; among namespaces as they come.
    expect(told(events).toSorted()).toEqual(expected.toSorted());
    expect(gateway.streams.count()).toBe(1);
  });

  it('can be resumed from every event', async () => {
    await start(['a', 'c']);
    const first = await watch(`resourceVersion=${await listRevision()}`);
    for (const namespace of ['a', 'c', 'c', 'a']) await create(namespace);
    const events = await first.until(4);
    for (const [at, { object }] of events.entries()) {
      const again = await watch(`resourceVersion=${object.metadata.resourceVersion}`);
      const rest = await again.until(3 - at);
      expect(told(rest).toSorted()).toEqual(told(events.slice(at + 1)).toSorted());
    }
  });

  it('sends a client back to the list whose revision is not from one of the same namespaces', async () => {
    await start(['a', 'c']);
    const revision = await listRevision();
    grant(policy, 'b');
    for (const old of [revision, '1']) {
      const opened = await watch(`resourceVersion=${old}`);
      const events = await opened.ended();
      expect(events).toHaveLength(1);
      expect(events[0]).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    }
    await create('b');
    const fresh = await watch(`resourceVersion=${await listRevision()}`);
    const event = await create('b');
    expect(told(await fresh.until(1))).toEqual([event]);
  });

  it.each([
    ['gains a namespace', (held: Policy) => grant(held, 'b')],
    ['loses one', (held: Policy) => revoke(held, 'c')],
    ['loses all', (held: Policy) => ['a', 'c'].map((namespace) => revoke(held, namespace))],
  ])('ends with 410 when the caller %s', async (_, change) => {
    await start(['a', 'c']);
    const opened = await watch(`resourceVersion=${await listRevision()}`);
    gateway.streams.look();
    expect(gateway.streams.count()).toBe(1);
    change(policy);
    gateway.streams.look();
    const events = await opened.ended();
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    expect(gateway.streams.count()).toBe(0);
  });

  it('ends with 410, too, when the namespaces change while it begins', async () => {
    let isNew = true;
    await start(['a', 'c'], (embedded) => ({
      ...embedded,
      forward(authorized) {
        if (authorized.requestInfo.verb === 'watch' && isNew) {
          isNew = false;
          grant(policy, 'b');
          gateway.streams.look();
        }
        return embedded.forward(authorized);
      },
    }));
    const opened = await watch(`resourceVersion=${await listRevision()}`);
    expect(await opened.ended()).toMatchObject([{ type: 'ERROR', object: { code: 410 } }]);
  });

  it('begins with what there is, when asked to', async () => {
    await start(['a', 'c']);
    const there = [await create('c'), await create('a')];
    await create('b');
    const opened = await watch(OURS);
    expect(told(await opened.until(2)).toSorted()).toEqual(there.toSorted());
    const event = await create('a');
    expect(told(await opened.until(3)).at(-1)).toBe(event);
  });

  it('marks the end of the initial events once, after those of all namespaces', async () => {
    await start(['a', 'c']);
    const there = [await create('c'), await create('a')];
    const query = `${OURS}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`;
    const opened = await watch(query);
    const events = await opened.until(3);
    expect(told(events.slice(0, 2)).toSorted()).toEqual(there.toSorted());
    expect(events[2]).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    const resumed = await watch(`${OURS}&resourceVersion=${events[2]?.object.metadata.resourceVersion}`);
    const event = await create('c');
    expect(told(await resumed.until(1))).toEqual([event]);
    expect(told(await opened.until(4)).at(-1)).toBe(event);
    const silent = await watch(query.replace('&allowWatchBookmarks=true', ''));
    expect((await silent.until(3)).map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'ADDED']);
  });

  it('shows Tables, with columns in the first', async () => {
    await start(['a', 'c']);
    await create('c');
    const opened = await watch('', { Accept: TABLE });
    const [first] = await opened.until(1);
    expect(first?.object.kind).toBe('Table');
    expect(first?.object.columnDefinitions.length).toBeGreaterThan(1);
  });

  it('ends when its time is over', async () => {
    await start(['a', 'c']);
    const opened = await watch(`timeoutSeconds=1&resourceVersion=${await listRevision()}`);
    expect(await opened.ended()).toEqual([]);
  });

  it('ends at the API server when the client leaves', async () => {
    let open = 0;
    await start(['a', 'c'], (embedded) => ({
      ...embedded,
      forward(authorized) {
        if (authorized.requestInfo.verb === 'watch') {
          open += 1;
          authorized.response.once('close', () => {
            open -= 1;
          });
        }
        return embedded.forward(authorized);
      },
    }));
    const opened = await watch(`resourceVersion=${await listRevision()}`);
    expect(open).toBe(2);
    await opened.leave();
    while (open > 0 || gateway.streams.count() > 0) await new Promise(setImmediate);
  });

  it('is cut off when the API server breaks one off, and refused in its words when it refuses one', async () => {
    const breaks: (() => void)[] = [];
    let refuses = false;
    await start(['a', 'c'], (embedded) => ({
      ...embedded,
      forward(authorized) {
        const { requestInfo, response } = authorized;
        if (requestInfo.namespace === 'c' && refuses) {
          response.setHeader('Retry-After', '7');
          response.writeHead(429, { 'Content-Type': 'application/json' }).end('{"kind":"Status"}');
          return;
        }
        breaks.push(() => response.destroy());
        return embedded.forward(authorized);
      },
    }));
    const revision = await listRevision();
    breaks.length = 0;
    const opened = await watch(`resourceVersion=${revision}`);
    breaks[0]?.();
    expect(await opened.ended()).toEqual([]);
    refuses = true;
    const { status, headers, json } = await gateway.ask(`${MAPS}?watch=1&resourceVersion=${revision}`);
    expect([status, headers.get('retry-after'), json]).toEqual([429, '7', { kind: 'Status' }]);
    expect((await gateway.ask(MAPS)).status).toBe(429);
  });

  it('is only for who may list the same namespaces, and for what is in namespaces', async () => {
    await start(['a']);
    policy.put('test', role('b', 'r', ['watch configmaps']));
    policy.put('test', roleBinding('b', 'r', 'Role r', 'User jane'));
    expect((await gateway.ask(`${MAPS}?watch=1`)).status).toBe(403);
    expect((await gateway.ask(MAPS)).status).toBe(200);
    expect((await gateway.ask('/api/v1/nodes?watch=1')).status).toBe(403);
  });
});
