import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually, startCluster, type TestCluster } from '../support.ts';

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1: Record<string, Record<string, unknown>>;
}

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster({ runsPods: true, runsControllers: true });
});
afterEach(() => cluster.close());

const get = async (path: string) => (await cluster.send('GET', path)).json;
const entriesOf = (object: { metadata: { managedFields?: Entry[] } }) => object.metadata.managedFields ?? [];
const writers = (object: { metadata: { managedFields?: Entry[] } }) =>
  entriesOf(object).map(({ manager, subresource }) => [manager, subresource]);

async function firstPod(holds: (pod: { status: { phase: string; conditions: unknown[] } }) => boolean) {
  return eventually(async () => (await get('/api/v1/namespaces/default/pods')).items.find(holds));
}

it('what a cluster writes itself is owned by the programs of a real one', async () => {
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template };
  await cluster.send('POST', '/apis/apps/v1/namespaces/default/replicasets', {
    metadata: { name: 'web' },
    spec,
  });
  const pod = await firstPod(({ status }) => status.phase === 'Running');
  expect(writers(pod)).toEqual([
    ['kube-controller-manager', undefined],
    ['kubelet', 'status'],
  ]);
  const [, kubelet] = entriesOf(pod);
  expect(Object.keys(kubelet?.fieldsV1['f:status'] ?? {}).toSorted()).toEqual([
    'f:conditions',
    'f:containerStatuses',
    'f:hostIP',
    'f:hostIPs',
    'f:observedGeneration',
    'f:phase',
    'f:podIP',
    'f:podIPs',
    'f:startTime',
  ]);
  const conditions = (kubelet?.fieldsV1['f:status']?.['f:conditions'] ?? {}) as object;
  expect(Object.keys(conditions)).toContain('k:{"type":"Ready"}');
  // Binding is nobody's write.
  expect(JSON.stringify(entriesOf(pod))).not.toContain('f:nodeName');
  const set = await eventually(async () => {
    const found = await get('/apis/apps/v1/namespaces/default/replicasets/web');
    return found.status.readyReplicas === 1 ? found : undefined;
  });
  expect(writers(set)).toContainEqual(['kube-controller-manager', 'status']);
  expect(writers(await get('/api/v1/nodes/sallyport-node'))).toEqual([
    ['kubelet', undefined],
    ['kubelet', 'status'],
  ]);
  expect(writers(await get('/api/v1/namespaces/default/configmaps/kube-root-ca.crt'))).toEqual([
    ['kube-controller-manager', undefined],
  ]);
  const events = await eventually(async () => {
    const { items } = await get('/api/v1/namespaces/default/events');
    return items.some(({ reason }: { reason: string }) => reason === 'Started') ? items : undefined;
  });
  const tellers = events.map((event: { reason: string; metadata: { managedFields: Entry[] } }) =>
    [event.reason, ...writers(event)].join(' '),
  );
  expect(tellers).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^SuccessfulCreate kube-controller-manager/),
      expect.stringMatching(/^Scheduled kube-scheduler/),
      expect.stringMatching(/^Started kubelet/),
    ]),
  );
});

it("that a pod has no place is the scheduler's to say", async () => {
  const spec = { nodeSelector: { disk: 'ssd' }, containers: [{ name: 'c', image: 'i' }] };
  await cluster.send('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'p' }, spec });
  const pod = await firstPod(({ status }) => status.conditions?.length === 1);
  expect(writers(pod)).toEqual([
    ['kube-scheduler', 'status'],
    ['test', undefined],
  ]);
});
