import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, startCluster, type TestCluster } from '../support.ts';

const root = '/api/v1/namespaces/default/pods';
const strategic = { 'Content-Type': 'application/strategic-merge-patch+json' };

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster({ runsPods: true });
});
afterEach(() => cluster.close());

const container = (requests: object, more: object = {}) => ({
  name: 'c',
  image: 'i',
  resources: { requests },
  ...more,
});

async function run(spec: object) {
  const { code, text } = await cluster.send('POST', root, { metadata: { name: 'p' }, spec });
  expect(code, text).toBe(201);
  await until((status) => status.phase === 'Running');
}
const pod = async () => (await cluster.send('GET', `${root}/p`)).json;
// biome-ignore lint/suspicious/noExplicitAny: a status of any shape
const until = (holds: (status: any) => boolean) =>
  eventually(async () => {
    const { status } = await pod();
    return holds(status) ? status : undefined;
  });
const resize = (containers: object[], list = 'containers') =>
  cluster.send('PATCH', `${root}/p/resize`, { spec: { [list]: containers } }, strategic);
const causes = (json: { details: { causes: { field: string; message: string }[] } }) =>
  json.details.causes.map(({ field, message }) => `${field}: ${message}`);

describe('resizing a pod', () => {
  it('gives its containers what is asked for, while they run', async () => {
    await run({ containers: [container({ cpu: '100m' })] });
    const before = await until(
      ({ containerStatuses }) => containerStatuses[0].allocatedResources !== undefined,
    );
    expect(before.containerStatuses[0]).toMatchObject({
      allocatedResources: { cpu: '100m' },
      resources: { requests: { cpu: '100m' } },
    });
    const { code, json } = await resize([{ name: 'c', resources: { requests: { cpu: '200m' } } }]);
    expect([code, json.metadata.generation, json.spec.containers[0].resources]).toEqual([
      200,
      2,
      { requests: { cpu: '200m' } },
    ]);
    const { containerStatuses, observedGeneration } = await until(
      (status) => status.containerStatuses[0].resources.requests.cpu === '200m',
    );
    expect([containerStatuses[0].restartCount, observedGeneration]).toEqual([0, 2]);
    const events = await eventually(async () => {
      const { items } = (await cluster.send('GET', '/api/v1/namespaces/default/events')).json;
      const told = items.filter(({ reason }: { reason: string }) => reason.startsWith('Resize'));
      return told.length === 2 ? told : undefined;
    });
    expect(events.map(({ message }: { message: string }) => message).toSorted()).toEqual([
      'Pod resize completed: {"containers":[{"name":"c","resources":{"requests":{"cpu":"200m"}}}],"generation":2}',
      'Pod resize started: {"containers":[{"name":"c","resources":{"requests":{"cpu":"200m"}}}],"generation":2}',
    ]);
  });

  it('starts a container anew that cannot be told of it', async () => {
    const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
    await run({ containers: [container({ cpu: '1', memory: '64Mi' }, { resizePolicy })] });
    await resize([{ name: 'c', resources: { requests: { cpu: '2' } } }]);
    await until(({ containerStatuses }) => containerStatuses[0].resources?.requests.cpu === '2');
    await resize([{ name: 'c', resources: { requests: { memory: '128Mi' } } }]);
    const [status] = (await until(({ containerStatuses: [each] }) => each.restartCount === 1 && each.ready))
      .containerStatuses;
    expect(status.resources.requests).toEqual({ cpu: '2', memory: '128Mi' });
  });

  it('waits for a node that has so much', async () => {
    await run({ containers: [container({ cpu: '1' })] });
    await resize([{ name: 'c', resources: { requests: { cpu: '200' } } }]);
    const pending = ({ conditions }: { conditions: { type: string }[] }) =>
      conditions.find(({ type }) => type === 'PodResizePending');
    const status = await until((each) => pending(each) !== undefined);
    expect(pending(status)).toMatchObject({
      status: 'True',
      reason: 'Infeasible',
      message: "Node didn't have enough capacity: cpu, requested: 200000, capacity: 64000",
    });
    expect(status.containerStatuses[0].resources.requests).toEqual({ cpu: '1' });
    await resize([{ name: 'c', resources: { requests: { cpu: '4' } } }]);
    const after = await until((each) => pending(each) === undefined);
    expect(after.containerStatuses[0].resources.requests).toEqual({ cpu: '4' });
  });

  it('changes nothing else, and not what the pod is', async () => {
    const sidecar = { ...container({}), name: 'first' };
    await run({ containers: [container({ cpu: '1' })], initContainers: [sidecar] });
    const image = await resize([{ name: 'c', image: 'other', resources: { requests: { cpu: '2' } } }]);
    expect(image.json.spec.containers[0]).toMatchObject({
      image: 'i',
      resources: { requests: { cpu: '2' } },
    });
    const main = await cluster.send(
      'PATCH',
      `${root}/p`,
      { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '3' } } }] } },
      strategic,
    );
    expect(main.json.message).toContain('pod updates may not change fields other than');
    const guaranteed = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } };
    expect(causes((await resize([{ name: 'c', resources: { requests: { cpu: null } } }])).json)).toEqual([
      'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ]);
    const storage = { requests: { 'ephemeral-storage': '1Gi' } };
    expect(causes((await resize([{ name: 'c', resources: storage }])).json)).toEqual([
      'spec: Forbidden: only cpu and memory resources are mutable',
    ]);
    expect(causes((await resize([{ name: 'first', resources: guaranteed }], 'initContainers')).json)).toEqual(
      [
        'spec.initContainers[0].resources: Forbidden: resources for non-sidecar init containers are immutable',
      ],
    );
  });

  it('keeps to limit ranges and quotas', async () => {
    await run({ containers: [container({ cpu: '1' })] });
    const namespace = '/api/v1/namespaces/default';
    await cluster.send('POST', `${namespace}/limitranges`, {
      metadata: { name: 'l' },
      spec: { limits: [{ type: 'Pod', min: { cpu: '500m' } }] },
    });
    const hard = { 'requests.cpu': '2' };
    await cluster.send('POST', `${namespace}/resourcequotas`, { metadata: { name: 'q' }, spec: { hard } });
    const to = async (cpu: string) =>
      (await resize([{ name: 'c', resources: { requests: { cpu } } }])).json.message;
    expect(await to('100m')).toBe(
      'pods "p" is forbidden: minimum cpu usage per Pod is 500m, but request is 100m',
    );
    expect(await to('3')).toBe(
      'pods "p" is forbidden: exceeded quota: q, requested: requests.cpu=2, used: requests.cpu=1, limited: requests.cpu=2',
    );
    expect(await to('2')).toBeUndefined();
  });
});
