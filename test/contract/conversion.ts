import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ConversionWebhook,
  openConversionWebhook,
  refusal,
} from '../cluster/custom/conversion/conversion-webhook.ts';
import {
  betaHostPort,
  betaPath,
  hostPort,
  hostPorts,
  v1Path,
  versionsKeptIn,
} from '../cluster/custom/conversion/host-port.ts';
import { define, definitionsPath } from '../cluster/custom/cron-tab.ts';
import { eventually, startCluster, type TestCluster } from '../cluster/support.ts';
import type { StoreUnderTest } from './store.ts';

const merge = { 'Content-Type': 'application/merge-patch+json' };
const asTable = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const key = '/registry/conv.example.com/hostports/default/';

/** What versions that a webhook converts keep to, on every store. */
export function describeConversion(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`versions that a webhook converts, on ${name}`, () => {
    let opened: StoreUnderTest;
    let cluster: TestCluster;
    let webhook: ConversionWebhook;

    async function sent(code: number, method: string, path: string, body?: unknown, headers = {}) {
      const answer = await cluster.send(method, path, body, headers);
      expect(answer.code, answer.text).toBe(code);
      return answer.json;
    }

    async function kept(object: string) {
      return JSON.parse((await opened.store.get(key + object))?.value ?? 'null');
    }

    /** Resolves when objects are kept in the version: a store outside of this process tells of it a moment later. */
    async function keepIn(version: 'v1beta1' | 'v1') {
      const path = `${definitionsPath}/hostports.conv.example.com`;
      const definition = await sent(
        200,
        'PATCH',
        path,
        { spec: { versions: versionsKeptIn(version) } },
        merge,
      );
      await eventually(async () => {
        const { columnDefinitions } = await sent(200, 'GET', v1Path, undefined, asTable);
        return columnDefinitions.at(-1).description === `kept in ${version}` || undefined;
      });
      return definition;
    }

    beforeAll(async () => {
      opened = await open();
      webhook = await openConversionWebhook();
      cluster = await startCluster({ store: opened.store });
      await define(cluster, hostPorts(webhook));
      // A store outside of this process tells of the definition a moment later.
      await eventually(async () => (await cluster.send('GET', v1Path)).code === 200 || undefined);
    });

    beforeEach(() => {
      webhook.answer();
      webhook.reviews.length = 0;
    });

    afterAll(async () => {
      await cluster.close();
      await opened.dispose();
      await webhook.close();
      expect(cluster.logged).toEqual([]);
    });

    it('are written in any, kept in one, and read in all', async () => {
      const created = await sent(201, 'POST', v1Path, hostPort('a'));
      expect(created).toMatchObject({
        apiVersion: 'conv.example.com/v1',
        spec: { host: 'a', port: '1', replicas: 1 },
      });
      expect(await kept('a')).toMatchObject({
        apiVersion: 'conv.example.com/v1beta1',
        spec: { hostPort: 'a:1' },
      });
      const beta = await sent(200, 'GET', `${betaPath}/a`);
      expect(beta).toMatchObject({ apiVersion: 'conv.example.com/v1beta1', spec: { hostPort: 'a:1' } });
      const stable = await sent(200, 'GET', `${v1Path}/a`);
      expect(stable.spec).toMatchObject({ host: 'a', port: '1' });
      expect(stable.metadata).toEqual(beta.metadata);
      expect(created.metadata).toEqual(beta.metadata);
      const dry = await sent(201, 'POST', `${v1Path}?dryRun=All`, hostPort('dry'));
      expect(dry.spec).toEqual({ ...created.spec });
      expect(await kept('dry')).toBeNull();
    });

    it('get the defaults of the version that is written, and then of the one that is kept', async () => {
      const created = await sent(201, 'POST', v1Path, hostPort('defaults'));
      // `fresh` is v1's own: v1beta1 has no such field, so it is lost on the way, and is not set anew.
      expect(created.spec).toEqual({ host: 'a', port: '1', replicas: 1 });
      expect((await sent(200, 'GET', `${betaPath}/defaults`)).spec).toEqual({
        hostPort: 'a:1',
        replicas: 1,
        old: 'beta',
      });
      const [toKept, fromKept] = webhook.reviews.map(({ request }) => request.objects[0].spec);
      expect(toKept).toEqual({ host: 'a', port: '1', replicas: 1, fresh: 'stable' });
      expect(fromKept).toEqual({ hostPort: 'a:1', replicas: 1, old: 'beta' });
    });

    it('are listed with one review, and shown in Tables', async () => {
      await sent(201, 'POST', betaPath, betaHostPort('list-1', { hostPort: 'x:1' }));
      await sent(201, 'POST', betaPath, betaHostPort('list-2', { hostPort: 'y:2' }));
      webhook.reviews.length = 0;
      const list = await sent(200, 'GET', v1Path);
      expect(list).toMatchObject({ apiVersion: 'conv.example.com/v1', kind: 'HostPortList' });
      expect(list.items.length).toBeGreaterThan(1);
      expect(list.items.map((each: { apiVersion: string }) => each.apiVersion)).not.toContain(
        'conv.example.com/v1beta1',
      );
      expect(webhook.reviews.map(({ request }) => request.objects.length)).toEqual([list.items.length]);
      const table = await sent(200, 'GET', `${v1Path}/list-2`, undefined, asTable);
      expect(table.rows[0].cells).toEqual(['list-2', 'y']);
      webhook.reviews.length = 0;
      await sent(200, 'GET', betaPath);
      expect(webhook.reviews).toEqual([]);
    });

    it('are changed in any: replaced, patched, scaled, their status reported, deleted', async () => {
      const created = await sent(201, 'POST', v1Path, hostPort('changed'));
      const replaced = await sent(200, 'PUT', `${v1Path}/changed`, {
        ...created,
        spec: { ...created.spec, host: 'b' },
      });
      expect(replaced).toMatchObject({ spec: { host: 'b' }, metadata: { generation: 2 } });
      const stale = await cluster.send('PUT', `${v1Path}/changed`, created);
      expect(stale.code).toBe(409);
      await sent(200, 'PATCH', `${betaPath}/changed`, { spec: { hostPort: 'c:3' } }, merge);
      await sent(200, 'PATCH', `${v1Path}/changed/scale`, { spec: { replicas: 4 } }, merge);
      await sent(200, 'PATCH', `${v1Path}/changed/status`, { status: { phase: 'Ready' } }, merge);
      expect(await sent(200, 'GET', `${v1Path}/changed`)).toMatchObject({
        spec: { host: 'c', port: '3', replicas: 4 },
        status: { phase: 'Ready' },
        metadata: { generation: 4, uid: created.metadata.uid },
      });
      expect(await kept('changed')).toMatchObject({ spec: { hostPort: 'c:3', replicas: 4 } });
      const other = { preconditions: { uid: 'other' } };
      expect((await cluster.send('DELETE', `${v1Path}/changed`, other)).code).toBe(409);
      await sent(200, 'DELETE', `${v1Path}/changed`, { preconditions: { uid: created.metadata.uid } });
      expect(await kept('changed')).toBeNull();
    });

    it('are watched in the version that was asked for, in order, by its own labels', async () => {
      const { metadata } = await sent(200, 'GET', v1Path);
      const from = `watch=1&resourceVersion=${metadata.resourceVersion}`;
      const all = await cluster.watch(`${v1Path}?${from}`);
      const some = await cluster.watch(`${v1Path}?${from}&labelSelector=seen`);
      await sent(201, 'POST', betaPath, betaHostPort('watched', { hostPort: 'w:1' }));
      await sent(200, 'PATCH', `${betaPath}/watched`, { metadata: { labels: { seen: 'yes' } } }, merge);
      await sent(200, 'PATCH', `${betaPath}/watched`, { spec: { hostPort: 'w:2' } }, merge);
      await sent(200, 'DELETE', `${betaPath}/watched`);
      const told = (events: readonly { type: string; object: { spec: { port: string } } }[]) =>
        events.map(({ type, object }) => `${type} ${object.spec.port}`);
      expect(told(await all.until(4))).toEqual(['ADDED 1', 'MODIFIED 1', 'MODIFIED 2', 'DELETED 2']);
      expect(told(await some.until(3))).toEqual(['ADDED 1', 'MODIFIED 2', 'DELETED 2']);
      expect(all.events[0]?.object.apiVersion).toBe('conv.example.com/v1');
      all.leave();
      some.leave();
      const initial = await cluster.watch(`${v1Path}?watch=1&fieldSelector=metadata.name%3Da`);
      expect((await initial.until(1))[0]).toMatchObject({ type: 'ADDED', object: { spec: { host: 'a' } } });
      initial.leave();
    });

    it('are refused with what the webhook says, and nothing is written', async () => {
      await sent(201, 'POST', betaPath, betaHostPort('refused'));
      const before = await kept('refused');
      const { metadata } = await sent(200, 'GET', betaPath);
      const watch = await cluster.watch(`${v1Path}?watch=1&resourceVersion=${metadata.resourceVersion}`);
      webhook.answer(refusal('no way'));
      const message = (version: string) =>
        `conversion webhook for conv.example.com/${version}, Kind=HostPort failed: no way`;
      const says = async (method: string, path: string, version: string, body?: unknown, headers = {}) => {
        const json = await sent(500, method, path, body, headers);
        expect(json).toMatchObject({ kind: 'Status', message: message(version), code: 500 });
        expect(json).not.toHaveProperty('reason');
      };
      await says('GET', `${v1Path}/refused`, 'v1beta1');
      await says('GET', v1Path, 'v1beta1');
      await says('POST', v1Path, 'v1', hostPort('never'));
      await says(
        'PUT',
        `${v1Path}/refused`,
        'v1beta1',
        hostPort('refused', {}, { resourceVersion: metadata.resourceVersion }),
      );
      await says('PATCH', `${v1Path}/refused`, 'v1beta1', { spec: { host: 'z' } }, merge);
      await says('DELETE', `${v1Path}/refused`, 'v1beta1');
      expect(await kept('never')).toBeNull();
      expect(await kept('refused')).toEqual(before);
      await sent(200, 'PATCH', `${betaPath}/refused`, { spec: { hostPort: 'z:1' } }, merge);
      const events = await watch.ended();
      expect(events).toMatchObject([
        {
          type: 'ERROR',
          object: { kind: 'Status', reason: 'InternalError', message: message('v1beta1'), code: 500 },
        },
      ]);
      const begun = await cluster.watch(`${v1Path}?watch=1`);
      expect((await begun.ended()).at(-1)).toMatchObject({ type: 'ERROR', object: { code: 500 } });
    });

    it('are kept anew in another storage version when they are written', async () => {
      await sent(201, 'POST', betaPath, betaHostPort('moved', { hostPort: 'm:1' }));
      const definition = await keepIn('v1');
      expect(definition.status.storedVersions).toEqual(['v1beta1', 'v1']);
      expect((await sent(200, 'GET', `${v1Path}/moved`)).spec).toMatchObject({ host: 'm', port: '1' });
      const old = await sent(200, 'GET', `${betaPath}/moved`);
      expect((await kept('moved')).apiVersion).toBe('conv.example.com/v1beta1');
      // What a storage migration does: a write that changes nothing.
      const same = await sent(200, 'PUT', `${betaPath}/moved`, old);
      expect(same.metadata.resourceVersion).not.toBe(old.metadata.resourceVersion);
      expect(same.metadata.generation).toBe(old.metadata.generation);
      expect((await kept('moved')).apiVersion).toBe('conv.example.com/v1');
      const current = await sent(200, 'GET', `${v1Path}/moved`);
      const again = await sent(200, 'PUT', `${v1Path}/moved`, current);
      expect(again.metadata.resourceVersion).toBe(same.metadata.resourceVersion);
      // Objects of both versions in one list, each asked for in the other.
      webhook.reviews.length = 0;
      const list = await sent(200, 'GET', betaPath);
      const found = list.items.find((each: { metadata: { name: string } }) => each.metadata.name === 'moved');
      expect(found.spec).toMatchObject({ hostPort: 'm:1' });
      expect(webhook.reviews.map(({ request }) => request.objects.length)).toEqual([1]);
      await keepIn('v1beta1');
    });
  });
}
