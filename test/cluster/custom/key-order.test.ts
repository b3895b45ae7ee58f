import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inKeyOrder } from '../../../src/cluster/schema/index.ts';
import { startCluster, type TestCluster } from '../support.ts';
import { cronTab, cronTabs, cronTabsPath, define } from './cron-tab.ts';

const merge = { 'Content-Type': 'application/merge-patch+json' };
const asTable = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const asMetadata = { Accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' };
let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
  await define(cluster, cronTabs);
});
afterAll(() => cluster.close());

/** Go's encoding/json of a map: what JSON.parse and a walk that sorts every key make of it is the same text. */
function goMap(text: string): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };
  return `${JSON.stringify(sorted(JSON.parse(text)))}\n`;
}

const spec = {
  replicas: 2,
  port: 1,
  extra: { z: { b: 1, a: [{ d: 1, c: 2 }] }, y: 1 },
  image: 'i',
  env: [{ name: 'n' }],
};
const more = (name: string) => ({
  metadata: {
    name,
    labels: { b: '1', a: '2' },
    ownerReferences: [{ uid: 'u', name: 'o', kind: 'ConfigMap', apiVersion: 'v1' }],
    finalizers: ['example.com/held'],
  },
});

describe('the members of a custom resource', () => {
  it.each([
    ['made', 'POST', cronTabsPath, cronTab('made', spec, more('made')), {}],
    ['tried', 'POST', `${cronTabsPath}?dryRun=All`, cronTab('tried', spec, more('tried')), {}],
    ['read', 'GET', `${cronTabsPath}/made`, undefined, {}],
    ['patched', 'PATCH', `${cronTabsPath}/made`, { spec: { timeZone: 'UTC', image: 'j' } }, merge],
    [
      'patched for a try',
      'PATCH',
      `${cronTabsPath}/made?dryRun=All`,
      { spec: { hosts: ['h'], image: 'k' } },
      merge,
    ],
    ['left as it is', 'PATCH', `${cronTabsPath}/made`, { spec: {} }, merge],
    ['read in another version', 'GET', `${cronTabsPath.replace('v1', 'v1beta1')}/made`, undefined, {}],
    ['listed', 'GET', `${cronTabsPath}?limit=1`, undefined, {}],
    ['marked for deletion', 'DELETE', `${cronTabsPath}/made`, undefined, {}],
  ])('are sorted when it is %s', async (_what, method, path, body, headers) => {
    const { code, text } = await cluster.send(method, path, body, headers as Record<string, string>);
    expect(code).toBeLessThan(300);
    expect(text).toBe(goMap(text));
  });

  it('are sorted in lists, which say whether there is more', async () => {
    const { text } = await cluster.send('GET', cronTabsPath);
    expect(text).toMatch(/^\{"apiVersion":"stable.example.com\/v1","items":\[\{"apiVersion":/);
    expect(text).toMatch(/"kind":"CronTabList","metadata":\{"continue":"","resourceVersion":"\d+"\}\}\n$/);
  });

  it('are sorted in events, bookmarks among them', async () => {
    const parameters =
      'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = await cluster.watch(`${cronTabsPath}?${parameters}`);
    const events = await watch.until(2);
    watch.leave();
    for (const { object } of events)
      expect(`${JSON.stringify(object)}\n`).toBe(goMap(JSON.stringify(object)));
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK']);
  });

  it('are in their own order where only the metadata is shown, which has a type', async () => {
    const row = (await cluster.send('GET', cronTabsPath, undefined, asTable)).json.rows[0].object;
    const partial = (await cluster.send('GET', `${cronTabsPath}/made`, undefined, asMetadata)).json;
    for (const { metadata } of [row, partial]) {
      expect(Object.keys(metadata).slice(0, 4)).toEqual(['name', 'namespace', 'uid', 'resourceVersion']);
      expect(Object.keys(metadata.managedFields[0]).slice(0, 3)).toEqual([
        'manager',
        'operation',
        'apiVersion',
      ]);
    }
    const path = `${cronTabsPath}?includeObject=Object`;
    const whole = (await cluster.send('GET', path, undefined, asTable)).json.rows[0].object;
    expect(`${JSON.stringify(whole)}\n`).toBe(goMap(JSON.stringify(whole)));
  });
});

it('what is in order already is not copied', () => {
  const key = fc.string({ minLength: 1 }).filter((each) => !/^\d/.test(each));
  const values = [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)];
  fc.assert(
    fc.property(fc.object({ key, values }), (object) => {
      const sorted = inKeyOrder(object);
      expect(sorted).toEqual(object);
      expect(`${JSON.stringify(sorted)}\n`).toBe(goMap(JSON.stringify(object)));
      expect(inKeyOrder(sorted)).toBe(sorted);
    }),
  );
});
