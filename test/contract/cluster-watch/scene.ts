import { expect } from 'vitest';
import type { Store } from '../../../src/store/index.ts';
import { startCluster, type TestCluster } from '../../cluster/support.ts';
import { type Followed, follow, objectOf } from './followed.ts';
import { createModel, describeObject } from './model.ts';
import type { Filter, Step } from './steps.ts';

/** One store, as one or several processes see it. */
export interface Replicas {
  readonly stores: readonly Store[];
  dispose(): Promise<void>;
}

interface Paging {
  readonly filter: Filter;
  readonly limit: number;
  readonly revision: number;
  /** What there was when it began. */
  readonly expected: readonly string[];
  readonly found: string[];
  token: string;
}

const BOOKMARK_MS = 60_000;

function pathOf({ namespace }: Pick<Filter, 'namespace'>): string {
  return namespace === '' ? '/api/v1/configmaps' : `/api/v1/namespaces/${namespace}/configmaps`;
}

/** What every namespace contains anyway is none of the model's. */
/** What every cluster has of its own is no part of the scene. */
const isOurs = ({ metadata }: { metadata: { name: string } }) => !metadata.name.startsWith('kube-');

export async function openScene({ stores, dispose }: Replicas) {
  const timers = new Map<() => void, number>();
  const schedule = (ms: number, callback: () => void) => {
    timers.set(callback, ms);
    return () => void timers.delete(callback);
  };
  const clusters: TestCluster[] = [];
  for (const store of stores) clusters.push(await startCluster({ store, schedule }));
  const [firstCluster, firstStore] = [clusters[0]!, stores[0]!];
  const clusterAt = (at: number) => clusters[at % clusters.length] ?? firstCluster;
  const storeAt = (at: number) => stores[at % stores.length] ?? firstStore;
  const model = createModel();
  const start = await firstStore.revision();
  const followed: Followed[] = [];
  const pages: Paging[] = [];
  let written = 0;

  async function write({ at, namespace, name, change }: Extract<Step, { do: 'write' }>): Promise<void> {
    const path = pathOf({ namespace });
    const before = model.get(namespace, name);
    if (change === 'delete') {
      if (before === undefined) return;
      expect((await clusterAt(at).send('DELETE', `${path}/${name}`)).code).toBe(200);
      model.change(await storeAt(at).revision(), { namespace, name }, undefined);
      return;
    }
    written += 1;
    const colour = change === 'data' ? (before?.colour ?? 'red') : change;
    const object = { metadata: { name, labels: { colour } }, data: { v: `${written}` } };
    const { json, code } =
      before === undefined
        ? await clusterAt(at).send('POST', path, object)
        : await clusterAt(at).send('PUT', `${path}/${name}`, object);
    expect([200, 201]).toContain(code);
    model.change(Number(json.metadata.resourceVersion), { namespace, name }, objectOf(json));
  }

  const watchOf = (filter: Filter) => (at: number, query: string) =>
    clusterAt(at).watch(`${pathOf(filter)}?watch=1&${query}`);

  async function readPage(page: Paging, at: number): Promise<void> {
    const token = page.token === '' ? '' : `&continue=${encodeURIComponent(page.token)}`;
    const path = `${pathOf(page.filter)}?${page.filter.selector}&limit=${page.limit}${token}`;
    const { code, json } = await clusterAt(at).send('GET', path);
    if (code === 410) {
      expect(page.revision).toBeLessThan(model.compacted);
      pages.splice(pages.indexOf(page), 1);
      return;
    }
    expect(code).toBe(200);
    expect(Number(json.metadata.resourceVersion)).toBe(page.revision);
    page.found.push(...json.items.filter(isOurs).map(objectOf).map(describeObject));
    page.token = json.metadata.continue ?? '';
    if (page.token !== '') return;
    pages.splice(pages.indexOf(page), 1);
    expect(page.found.toSorted()).toEqual(page.expected);
  }

  /** What there is, and then a mark: as a list and a watch in one. */
  async function initial({ at, filter }: Extract<Step, { do: 'initial' }>): Promise<void> {
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = await watchOf(filter)(at, `${filter.selector}&${query}`);
    await expect.poll(() => watch.events.at(-1)?.type).toBe('BOOKMARK');
    const added = watch.events.slice(0, -1).filter(({ object }) => isOurs(object));
    expect(added.map(({ object }) => describeObject(objectOf(object))).toSorted()).toEqual(
      model.list(filter),
    );
    watch.leave();
  }

  async function compact({ at, back }: Extract<Step, { do: 'compact' }>): Promise<void> {
    // A watch still in its replay may end here, on every store: let them catch up first.
    for (const each of followed) if (!each.isAway()) await each.confirm();
    const revision = (await storeAt(at).revision()) - back;
    if (revision <= model.compacted) return;
    await storeAt(at).compact(revision);
    model.compacted = revision;
  }

  return {
    logged: () => clusters.flatMap(({ logged }) => logged),

    async play(step: Step): Promise<void> {
      switch (step.do) {
        case 'write':
          return write(step);
        case 'watch': {
          const now = model.revision();
          const after = Math.max(now - step.back, start, model.compacted);
          followed.push(
            await follow({ model, filter: step.filter, watch: watchOf(step.filter) }, step.at, after),
          );
          return;
        }
        case 'initial':
          return initial(step);
        case 'cut':
          return followed[step.watch]?.reconnect(step.at);
        case 'leave':
          followed[step.watch]?.leave();
          return;
        case 'bookmark':
          for (const [callback, ms] of [...timers])
            if (ms === BOOKMARK_MS && timers.delete(callback)) callback();
          return;
        case 'compact':
          return compact(step);
        case 'page': {
          const { filter, limit } = step;
          const revision = await storeAt(step.at).revision();
          const page: Paging = {
            filter,
            limit,
            revision,
            expected: model.list(filter),
            found: [],
            token: '',
          };
          pages.push(page);
          return readPage(page, step.at);
        }
        case 'next': {
          const page = pages[step.page];
          return page && readPage(page, step.at);
        }
      }
    },

    async confirm(): Promise<void> {
      for (const each of followed) {
        if (each.isAway()) await each.reconnect(0);
        await each.confirm();
      }
      for (const page of [...pages]) while (pages.includes(page)) await readPage(page, 0);
      for (const cluster of clusters) {
        const { json } = await cluster.send('GET', '/api/v1/configmaps');
        const found = json.items.filter(isOurs).map(objectOf).map(describeObject).toSorted();
        expect(found).toEqual(model.list({ namespace: '', selector: '' }));
      }
    },

    async close(): Promise<void> {
      for (const each of followed) each.leave();
      for (const cluster of clusters) await cluster.close();
      await dispose();
    },
  };
}
