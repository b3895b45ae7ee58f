import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pods, quotas } from '../../../src/cluster/controllers/kinds.ts';
import { startWorld } from '../controllers/support.ts';
import { configMap, startCluster, type TestCluster } from '../support.ts';

const root = '/api/v1/namespaces/default';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

const quota = (name: string, hard: Record<string, string>, spec: object = {}) =>
  cluster.send('POST', `${root}/resourcequotas`, { metadata: { name }, spec: { hard, ...spec } });
const pod = (name: string, resources: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i', resources }] },
});
const make = (resource: string, object: object) => cluster.send('POST', `${root}/${resource}`, object);
const statusOf = async (name: string) =>
  (await cluster.send('GET', `${root}/resourcequotas/${name}`)).json.status;

describe('a quota', () => {
  it('is spent, and then nothing more is made', async () => {
    await quota('q', { pods: '2', 'requests.cpu': '1', 'limits.memory': '2Gi' });
    const resources = { requests: { cpu: '400m' }, limits: { memory: '1Gi' } };
    expect((await make('pods', pod('a', resources))).code).toBe(201);
    expect(await statusOf('q')).toEqual({
      hard: { pods: '2', 'requests.cpu': '1', 'limits.memory': '2Gi' },
      used: { pods: '1', 'requests.cpu': '400m', 'limits.memory': '1Gi' },
    });
    const large = await make('pods', pod('b', { requests: { cpu: '700m' }, limits: { memory: '512Mi' } }));
    expect([large.code, large.json.message]).toEqual([
      403,
      'pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=700m, used: requests.cpu=400m, limited: requests.cpu=1',
    ]);
    expect((await make('pods', pod('b', resources))).code).toBe(201);
    expect((await make('pods', pod('c', resources))).json.message).toContain(
      'exceeded quota: q, requested: limits.memory=1Gi,pods=1,requests.cpu=400m',
    );
    // What is gone is free again.
    await cluster.send('DELETE', `${root}/pods/a`);
    expect((await make('pods', pod('c', resources))).code).toBe(201);
  });

  it('wants to be told what it limits', async () => {
    await quota('q', { cpu: '1', 'limits.memory': '1Gi' });
    expect((await make('pods', pod('a'))).json.message).toBe(
      'pods "a" is forbidden: failed quota: q: must specify cpu for: c; limits.memory for: c',
    );
  });

  it('counts objects of every kind, and is not spent by a dry run', async () => {
    await quota('q', { configmaps: '2', 'count/deployments.apps': '0', 'services.nodeports': '1' });
    // There is one already: the cluster's certificate authority.
    expect((await make('configmaps?dryRun=All', configMap('a'))).code).toBe(201);
    expect((await make('configmaps', configMap('a'))).code).toBe(201);
    expect((await make('configmaps', configMap('b'))).json.message).toContain('used: configmaps=2');
    expect((await make('configmaps?dryRun=All', configMap('b'))).code).toBe(403);
    const service = (ports: number[]) => ({
      metadata: { name: 's' },
      spec: { type: 'NodePort', ports: ports.map((port) => ({ port, name: `p${port}` })) },
    });
    expect((await make('services', service([80, 81]))).code).toBe(403);
    expect((await make('services', service([80]))).code).toBe(201);
  });

  it('gives the last one to one of many', async () => {
    await quota('q', { 'count/configmaps': '4' });
    const names = Array.from({ length: 12 }, (_, index) => `m${index}`);
    const codes = await Promise.all(
      names.map(async (name) => (await make('configmaps', configMap(name))).code),
    );
    expect(codes.filter((code) => code === 201)).toHaveLength(3);
    expect(codes.filter((code) => code === 403)).toHaveLength(9);
    expect((await statusOf('q')).used).toEqual({ 'count/configmaps': '4' });
  });

  it('may be about some pods only', async () => {
    await quota('q', { pods: '0' }, { scopes: ['BestEffort'] });
    expect((await make('pods', pod('a'))).code).toBe(403);
    expect((await make('pods', pod('b', { requests: { cpu: '1' } }))).code).toBe(201);
  });
});

describe('the scopes of a quota', () => {
  const term = (scopeName: string, operator: string, ...values: string[]) => ({
    scopeSelector: { matchExpressions: [{ scopeName, operator, ...(values.length > 0 && { values }) }] },
  });
  const refusedPods = async (spec: object, pods: Record<string, object>) => {
    await quota('q', { pods: '0' }, spec);
    const refused: string[] = [];
    for (const [name, more] of Object.entries(pods)) {
      const object = { metadata: { name }, spec: { ...pod(name).spec, ...more } };
      if ((await make('pods', object)).code === 403) refused.push(name);
    }
    return refused;
  };

  it('select pods by their priority class', async () => {
    const classed = (priorityClassName: string) => ({ priorityClassName });
    const pods = {
      node: classed('system-node-critical'),
      cluster: classed('system-cluster-critical'),
      none: {},
    };
    expect(await refusedPods(term('PriorityClass', 'In', 'system-node-critical'), pods)).toEqual(['node']);
    for (const name of ['cluster', 'none']) await cluster.send('DELETE', `${root}/pods/${name}`);
    await cluster.send('DELETE', `${root}/resourcequotas/q`);
    expect(await refusedPods(term('PriorityClass', 'NotIn', 'system-node-critical'), pods)).toEqual([
      'cluster',
      'none',
    ]);
    await cluster.send('DELETE', `${root}/pods/node`);
    await cluster.send('DELETE', `${root}/resourcequotas/q`);
    expect(await refusedPods(term('PriorityClass', 'DoesNotExist'), pods)).toEqual(['none']);
  });

  it('select pods that end, and pods that look beyond their namespace', async () => {
    const podAffinityTerm = { topologyKey: 'zone', namespaces: ['other'], labelSelector: {} };
    const far = {
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm }],
        },
      },
    };
    const pods = { ending: { activeDeadlineSeconds: 5 }, far, plain: {} };
    expect(await refusedPods({ scopes: ['Terminating'] }, pods)).toEqual(['ending']);
    for (const name of ['far', 'plain']) await cluster.send('DELETE', `${root}/pods/${name}`);
    await cluster.send('DELETE', `${root}/resourcequotas/q`);
    expect(await refusedPods(term('CrossNamespacePodAffinity', 'Exists'), pods)).toEqual(['far']);
  });

  it('are checked, and stay', async () => {
    const causes = async (hard: Record<string, string>, spec: object) =>
      (await quota('bad', hard, spec)).json.details.causes.map(
        ({ field, message }: Record<string, string>) => `${field}: ${message}`,
      );
    expect(
      await causes({ services: '1', pods: '-1', thing: '1' }, { scopes: ['BestEffort', 'NotBestEffort'] }),
    ).toEqual([
      'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
      'spec.hard[thing]: Invalid value: "thing": must be a standard resource type or fully qualified',
      'spec.hard[thing]: Invalid value: "thing": must be a standard resource for quota',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: unsupported scope applied to resource',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: unsupported scope applied to resource',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes',
    ]);
    expect(await causes({ pods: '1', storage: '1' }, { scopes: ['Terminating', 'NotTerminating'] })).toEqual([
      'spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota',
      'spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes',
    ]);
    expect(await causes({ pods: '1' }, term('PriorityClass', 'In'))).toEqual([
      "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
    ]);
    await quota('q', { pods: '1' }, { scopes: ['Terminating'] });
    const patch = { spec: { scopes: ['NotTerminating'] } };
    const changed = await cluster.send('PATCH', `${root}/resourcequotas/q`, patch, {
      'Content-Type': 'application/merge-patch+json',
    });
    expect(changed.json.message).toContain(
      'spec.scopes: Invalid value: ["NotTerminating"]: field is immutable',
    );
  });
});

describe('what a quota counts', () => {
  it('is what a pod needs at most, its start and its overhead included', async () => {
    await quota('q', {
      'requests.cpu': '4',
      'requests.example.com/gpu': '2',
      'requests.ephemeral-storage': '1Gi',
    });
    const cpu = (request: string, more: object = {}) => ({
      name: `c${request}`,
      image: 'i',
      resources: { requests: { cpu: request, ...more }, limits: more },
    });
    const spec = {
      containers: [cpu('1', { 'example.com/gpu': '1' })],
      initContainers: [{ ...cpu('500m'), restartPolicy: 'Always' }, cpu('2')],
      overhead: { cpu: '250m' },
    };
    expect((await make('pods', { metadata: { name: 'a' }, spec })).code).toBe(201);
    // The second init container and the sidecar need more than what runs afterwards.
    expect((await statusOf('q')).used).toMatchObject({
      'requests.cpu': '2750m',
      'requests.example.com/gpu': '1',
    });
  });

  it('is charged for what a change uses more', async () => {
    await quota('q', { 'services.nodeports': '1' });
    const ports = [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
    ];
    await make('services', { metadata: { name: 's' }, spec: { ports } });
    const patch = (spec: object) =>
      cluster.send(
        'PATCH',
        `${root}/services/s`,
        { spec },
        { 'Content-Type': 'application/merge-patch+json' },
      );
    expect((await patch({ type: 'NodePort' })).json.message).toBe(
      'services "s" is forbidden: exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1',
    );
    expect((await patch({ type: 'NodePort', ports: ports.slice(0, 1) })).code).toBe(200);
    expect((await statusOf('q')).used).toEqual({ 'services.nodeports': '1' });
  });
});

describe('the quota controller', () => {
  it('counts what there is, and gives back what has ended', async () => {
    const world = await startWorld();
    const spec = { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }] };
    await world.make(pods, { metadata: { name: 'before' }, spec });
    await world.make(quotas, { metadata: { name: 'q' }, spec: { hard: { pods: '3', cpu: '5' } } });
    await world.make(pods, { metadata: { name: 'after' }, spec });
    await world.settle();
    const used = async () => (await world.get(quotas, 'q'))?.status.used;
    expect(await used()).toEqual({ pods: '2', cpu: '2' });
    await world.setPod('before', 'Succeeded');
    await world.settle();
    expect(await used()).toEqual({ pods: '1', cpu: '1' });
    await world.remove(pods, 'after');
    await world.settle();
    expect(await used()).toEqual({ pods: '0', cpu: '0' });
    await world.close();
  });
});
