import { PassThrough } from 'node:stream';
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  type KubernetesListObject,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  type V1ConfigMap,
  type V1Status,
  Watch,
} from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runPod, startRunningCluster } from './streaming/support/pods.ts';
import type { TestCluster } from './support.ts';

const namespace = 'default';

let cluster: TestCluster;
let config: KubeConfig;
let core: CoreV1Api;
beforeEach(async () => {
  cluster = await startRunningCluster();
  config = new KubeConfig();
  // There is no TLS here to verify; without this word the client refuses plain HTTP.
  config.loadFromClusterAndUser({ name: 'c', server: cluster.url, skipTLSVerify: true }, { name: 'u' });
  core = config.makeApiClient(CoreV1Api);
});
afterEach(() => cluster.close());

const settings = (name: string, data: Record<string, string> = {}): V1ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

describe('@kubernetes/client-node', () => {
  it('makes, reads, changes and deletes objects, and understands refusals', async () => {
    const made = await core.createNamespacedConfigMap({ namespace, body: settings('a', { k: '1' }) });
    expect(made.metadata?.creationTimestamp).toBeInstanceOf(Date);
    const error = await core.createNamespacedConfigMap({ namespace, body: settings('a') }).catch((e) => e);
    expect(error).toBeInstanceOf(ApiException);
    expect([error.code, JSON.parse(error.body).reason]).toEqual([409, 'AlreadyExists']);
    const patch = [{ op: 'replace', path: '/data/k', value: '2' }];
    const patched = await core.patchNamespacedConfigMap({ namespace, name: 'a', body: patch });
    expect(patched.data).toEqual({ k: '2' });
    const stale = { ...made, data: { k: '3' } };
    const conflict = await core
      .replaceNamespacedConfigMap({ namespace, name: 'a', body: stale })
      .catch((e) => e);
    expect(conflict.code).toBe(409);
    const { items } = await core.listNamespacedConfigMap({ namespace, fieldSelector: 'metadata.name=a' });
    expect(items.map(({ data }) => data)).toEqual([{ k: '2' }]);
    await core.deleteNamespacedConfigMap({ namespace, name: 'a' });
    expect((await core.readNamespacedConfigMap({ namespace, name: 'a' }).catch((e) => e)).code).toBe(404);
  });

  it('applies on the server, and finds kinds by discovery', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const apply = (data: Record<string, string>, manager: string, force = false) =>
      objects.patch(settings('b', data), undefined, undefined, manager, force, PatchStrategy.ServerSideApply);
    await apply({ x: '1' }, 'one');
    const conflict = await apply({ x: '2' }, 'two').catch((e) => e);
    expect(conflict.code).toBe(409);
    await apply({ x: '2' }, 'two', true);
    const read = await objects.read({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'b', namespace },
    });
    expect((read as V1ConfigMap).data).toEqual({ x: '2' });
  });

  it('keeps an informer up to date, which is told what it missed while it was stopped', async () => {
    const seen: string[] = [];
    const list = () => core.listNamespacedConfigMap({ namespace, labelSelector: 'seen=yes' });
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const informer = makeInformer<V1ConfigMap>(
      config,
      path,
      list as () => Promise<KubernetesListObject<V1ConfigMap>>,
      'seen=yes',
    );
    for (const event of ['add', 'update', 'delete'] as const) {
      informer.on(event, ({ metadata }) => void seen.push(`${event} ${metadata?.name}`));
    }
    // Being stopped is one.
    informer.on('error', () => {});
    const labelled = (name: string, data = {}) => {
      const body = settings(name, data);
      return { ...body, metadata: { ...body.metadata, labels: { seen: 'yes' } } };
    };
    await core.createNamespacedConfigMap({ namespace, body: labelled('first') });
    await informer.start();
    await core.createNamespacedConfigMap({ namespace, body: labelled('second') });
    await core.replaceNamespacedConfigMap({ namespace, name: 'first', body: labelled('first', { a: 'b' }) });
    await expect.poll(() => seen).toEqual(['add first', 'add second', 'update first']);

    await informer.stop();
    await core.deleteNamespacedConfigMap({ namespace, name: 'second' });
    await core.createNamespacedConfigMap({ namespace, body: labelled('third') });
    await informer.start();
    await expect.poll(() => seen.slice(3).toSorted()).toEqual(['add third', 'delete second']);
    expect(
      informer
        .list()
        .map(({ metadata }) => metadata?.name)
        .toSorted(),
    ).toEqual(['first', 'third']);
    await informer.stop();
  });

  it('follows a watch', async () => {
    const events: string[] = [];
    const request = await new Watch(config).watch(
      '/api/v1/namespaces',
      { allowWatchBookmarks: true },
      (phase, object: { metadata: { name?: string } }) =>
        void events.push(`${phase} ${object.metadata.name}`),
      () => {},
    );
    await core.createNamespace({ body: { metadata: { name: 'new' } } });
    await expect.poll(() => events).toContain('ADDED new');
    request.abort();
  });

  it('is told when nobody remembers the revision that it has', async () => {
    await core.createNamespacedConfigMap({ namespace, body: settings('a') });
    await cluster.store.compact(await cluster.store.revision());
    const events: unknown[] = [];
    const watch = new Watch(config);
    const told = (phase: string, { code, reason }: V1Status) => void events.push([phase, code, reason]);
    await watch.watch('/api/v1/namespaces', { resourceVersion: '1' }, told, () => {});
    await expect.poll(() => events).toEqual([['ERROR', 410, 'Expired']]);
  });

  it('scales a deployment by its subresource', async () => {
    const apps = config.makeApiClient(AppsV1Api);
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const body = { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template } };
    await apps.createNamespacedDeployment({ namespace, body });
    const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'd' });
    await apps.replaceNamespacedDeploymentScale({
      namespace,
      name: 'd',
      body: { ...scale, spec: { replicas: 4 } },
    });
    expect((await apps.readNamespacedDeployment({ namespace, name: 'd' })).spec?.replicas).toBe(4);
  });

  it('runs a command in a pod and reads its log', async () => {
    await runPod(cluster, 'web', { command: ['sh', '-c', 'echo started; sleep 1000'] });
    const [stdout, stdin] = [new PassThrough(), new PassThrough()];
    let said = '';
    stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const status = await new Promise<V1Status>((resolve, reject) => {
      new Exec(config)
        .exec(namespace, 'web', 'main', ['sh', '-c', 'cat; exit 3'], stdout, null, stdin, false, resolve)
        .catch(reject);
      stdin.end('hello');
    });
    expect([said, status.status, status.reason]).toEqual(['hello', 'Failure', 'NonZeroExitCode']);
    const log = new PassThrough();
    let logged = '';
    log.on('data', (chunk: Buffer) => {
      logged += chunk.toString();
    });
    await new Log(config).log(namespace, 'web', 'main', log, { follow: false });
    await expect.poll(() => logged).toBe('started\n');
  });
});
