import { afterEach, describe, expect, it } from 'vitest';
import { sweepIntervalMs } from '../../../src/cluster/events/expire-events.ts';
import { createMemoryStore } from '../../../src/store/index.ts';
import { podPath, runPod, startRunningCluster, untilPod } from '../streaming/support/pods.ts';
import { startTime, type TestCluster } from '../support.ts';

const pods = '/api/v1/namespaces/default/pods';
const node = '/api/v1/nodes/sallyport-node';
const patch = { 'Content-Type': 'application/merge-patch+json' };

describe('the simulated node', () => {
  const clusters: TestCluster[] = [];
  const start = async (options = {}) => {
    const cluster = await startRunningCluster(options);
    clusters.push(cluster);
    return cluster;
  };
  afterEach(async () => {
    for (const cluster of clusters.splice(0)) {
      await cluster.close();
      expect(cluster.logged).toEqual([]);
    }
  });

  it('is there, and ready', async () => {
    const cluster = await start();
    const { json } = await cluster.send('GET', node);
    expect(json.spec.taints).toBeUndefined();
    expect(json.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'True', reason: 'KubeletReady' }),
    );
    expect(json.status.nodeInfo.kubeletVersion).toBe('v1.35.0+sallyport');
  });

  it('of several processes on one store: one says how pods are, each can be asked, another goes on', async () => {
    const store = createMemoryStore();
    const [first, second] = [await start({ store }), await start({ store })];
    await runPod(first, 'web');
    const log = `${podPath('web')}/log`;
    await expect.poll(async () => (await second.send('GET', log)).code).toBe(200);
    expect((await first.send('GET', log)).code).toBe(200);
    // Nobody contradicts anybody: nothing more is written.
    const revision = await store.revision();
    for (let turn = 0; turn < 50; turn += 1) await new Promise((done) => setImmediate(done));
    expect(await store.revision()).toBe(revision);
    await first.close();
    await runPod(second, 'next');
    await second.send('DELETE', podPath('web'));
    await expect.poll(async () => (await second.send('GET', podPath('web'))).code).toBe(404);
    const { json } = await second.send('GET', podPath('next'));
    expect(json.status.podIP).not.toBe('');
  });

  it('gives a pod the status that a kubelet would write', async () => {
    const cluster = await start({ now: () => startTime });
    await runPod(cluster, 'web');
    const { json } = await cluster.send('GET', podPath('web'));
    const at = '2026-11-24T00:00:00Z';
    const condition = (type: string) => ({
      type,
      status: 'True',
      observedGeneration: 1,
      lastProbeTime: null,
      lastTransitionTime: at,
    });
    expect(json.spec.nodeName).toBe('sallyport-node');
    expect(json.status).toEqual({
      phase: 'Running',
      observedGeneration: 1,
      qosClass: 'BestEffort',
      hostIP: '10.244.255.1',
      hostIPs: [{ ip: '10.244.255.1' }],
      podIP: '10.244.0.2',
      podIPs: [{ ip: '10.244.0.2' }],
      startTime: at,
      conditions: [
        condition('PodScheduled'),
        condition('PodReadyToStartContainers'),
        condition('Initialized'),
        condition('Ready'),
        condition('ContainersReady'),
      ],
      containerStatuses: [
        {
          name: 'main',
          state: { running: { startedAt: at } },
          lastState: {},
          ready: true,
          restartCount: 0,
          image: 'docker.io/library/nginx:latest',
          imageID: expect.stringMatching(/^docker\.io\/library\/nginx@sha256:[0-9a-f]{64}$/),
          containerID: expect.stringMatching(/^containerd:\/\/[0-9a-f]{64}$/),
          started: true,
          resources: {},
        },
      ],
    });
  });

  it('writes nothing while nothing happens', async () => {
    const cluster = await start();
    await runPod(cluster, 'web');
    const before = (await cluster.send('GET', pods)).json.metadata.resourceVersion;
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect((await cluster.send('GET', pods)).json.metadata.resourceVersion).toBe(before);
  });

  it.each([
    ['true', 'Never', 'Succeeded', 'Completed', 0],
    ['false', 'Never', 'Failed', 'Error', 1],
    ['true', 'OnFailure', 'Succeeded', 'Completed', 0],
  ])('runs %s under %s until it is over', async (command, restartPolicy, phase, reason, exitCode) => {
    const cluster = await start();
    await runPod(cluster, 'once', { command: [command] }, { phase, spec: { restartPolicy } });
    const { json } = await cluster.send('GET', podPath('once'));
    expect(json.status.containerStatuses[0]).toMatchObject({
      ready: false,
      state: { terminated: { exitCode, reason } },
    });
    const gone = await cluster.send('DELETE', podPath('once'));
    expect(gone.code).toBe(200);
    expect((await cluster.send('GET', podPath('once'))).code).toBe(404);
  });

  it('starts what fails anew, at once and then after a while', async () => {
    const pauses: number[] = [];
    const schedule = (ms: number, callback: () => void) => {
      // The sweep of old events, which is no pause.
      if (ms === sweepIntervalMs) return () => {};
      if (ms >= 10_000 && ms <= 300_000) pauses.push(ms);
      const timer = setTimeout(callback, pauses.length < 8 ? 0 : 100_000);
      return () => clearTimeout(timer);
    };
    const cluster = await start({ schedule });
    await runPod(cluster, 'failing', {}, { metadata: { annotations: { 'sallyport.dev/exit-code': '2' } } });
    const pod = await untilPod(
      cluster,
      'failing',
      ({ status }) => status.containerStatuses[0].restartCount === 8,
    );
    expect(pauses.slice(0, 7)).toEqual([10, 20, 40, 80, 160, 300, 300].map((seconds) => seconds * 1000));
    expect(pod.status.phase).toBe('Running');
    const waiting = await untilPod(
      cluster,
      'failing',
      ({ status }) => status.containerStatuses[0].state.waiting,
    );
    expect(waiting.status.containerStatuses[0]).toMatchObject({
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: expect.stringMatching(
            /^back-off 5m0s restarting failed container=main pod=failing_default\(/,
          ),
        },
      },
      lastState: { terminated: { exitCode: 2, reason: 'Error' } },
    });
    expect(waiting.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }),
    );
  });

  it('runs init containers first, and a pod whose init container fails not at all', async () => {
    const cluster = await start();
    const init = (command: string) => ({
      initContainers: [{ name: 'first', image: 'i', command: [command] }],
    });
    await runPod(cluster, 'good', {}, { spec: init('true') });
    await runPod(cluster, 'bad', {}, { phase: 'Failed', spec: { ...init('false'), restartPolicy: 'Never' } });
    const good = (await cluster.send('GET', podPath('good'))).json;
    expect(good.status.initContainerStatuses[0]).toMatchObject({
      ready: true,
      state: { terminated: { exitCode: 0 } },
    });
    const bad = (await cluster.send('GET', podPath('bad'))).json;
    expect(bad.status.containerStatuses[0].state).toEqual({ waiting: { reason: 'ContainerCreating' } });
  });

  it('knows what a container was started with', async () => {
    const cluster = await start();
    const env = [
      { name: 'PLAIN', value: 'x' },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    ];
    const command = ['sh', '-c', 'echo "$PLAIN $POD [$SECRET] $(hostname) $(pwd)"'];
    const spec = { restartPolicy: 'Never' };
    await runPod(cluster, 'once', { command, env, workingDir: '/tmp' }, { phase: 'Succeeded', spec });
    expect((await cluster.send('GET', `${podPath('once')}/log`)).text).toBe('x once [] once /tmp\n');
  });

  it.each([
    ['schedulingGates', { schedulingGates: [{ name: 'wait' }] }, 'SchedulingGated'],
    ['nodeSelector', { nodeSelector: { disk: 'ssd' } }, 'Unschedulable'],
  ])('leaves a pod with %s waiting, and says why', async (_name, spec, reason) => {
    const cluster = await start();
    await runPod(cluster, 'waiting', {}, { phase: 'Pending', spec });
    const pod = await untilPod(cluster, 'waiting', ({ status }) => status.conditions !== undefined);
    expect(pod.status.conditions).toEqual([
      expect.objectContaining({ type: 'PodScheduled', status: 'False', reason }),
    ]);
    expect(pod.spec.nodeName).toBeUndefined();
    expect((await cluster.send('GET', `${podPath('waiting')}/log`)).code).toBe(204);
    const refused = await cluster.send('POST', `${podPath('waiting')}/exec?command=true&stdout=true`);
    expect([refused.code, refused.json.message]).toEqual([400, 'pod waiting does not have a host assigned']);
  });

  it('takes no new pods while it is cordoned', async () => {
    const cluster = await start();
    await cluster.send('PATCH', node, { spec: { unschedulable: true } }, patch);
    await runPod(cluster, 'waiting', {}, { phase: 'Pending' });
    await untilPod(cluster, 'waiting', ({ status }) =>
      status.conditions?.[0].message.includes('unschedulable'),
    );
    await cluster.send('PATCH', node, { spec: { unschedulable: null } }, patch);
    await untilPod(cluster, 'waiting', ({ status }) => status.phase === 'Running');
  });

  it('takes a pod when its last gate is opened', async () => {
    const cluster = await start();
    await runPod(cluster, 'gated', {}, { phase: 'Pending', spec: { schedulingGates: [{ name: 'wait' }] } });
    await untilPod(cluster, 'gated', ({ status }) => status.conditions?.[0].reason === 'SchedulingGated');
    const opened = await cluster.send('PATCH', podPath('gated'), { spec: { schedulingGates: null } }, patch);
    expect(opened.code, opened.text).toBe(200);
    await untilPod(cluster, 'gated', ({ status }) => status.phase === 'Running');
  });

  it('is full by what pods ask for, says so, and takes the next one when there is room', async () => {
    const cluster = await start();
    const asking = (cpu: string) => ({ resources: { requests: { cpu } } });
    await runPod(cluster, 'large', asking('60'));
    await runPod(cluster, 'waiting', asking('10'), { phase: 'Pending' });
    const { status } = await untilPod(cluster, 'waiting', (pod) => pod.status.conditions !== undefined);
    expect(status.conditions[0].message).toBe('0/1 nodes are available: 1 Insufficient cpu.');
    await cluster.send('DELETE', `${podPath('large')}?gracePeriodSeconds=0`);
    await untilPod(cluster, 'waiting', ({ status: { phase } }) => phase === 'Running');
  });

  it('brings a pod to the one that it wants to be with, as soon as that is there', async () => {
    const cluster = await start();
    const labelSelector = { matchLabels: { app: 'db' } };
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector };
    const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    await runPod(cluster, 'waiting', {}, { phase: 'Pending', spec: { affinity } });
    await untilPod(cluster, 'waiting', ({ status }) =>
      status.conditions?.[0].message.includes("didn't match pod affinity rules"),
    );
    await runPod(cluster, 'db', {}, { metadata: { labels: { app: 'db' } } });
    await untilPod(cluster, 'waiting', ({ status }) => status.phase === 'Running');
  });

  it('leaves the pods of other schedulers and nodes alone', async () => {
    const cluster = await start();
    await runPod(cluster, 'other', {}, { phase: 'Pending', spec: { schedulerName: 'mine' } });
    await runPod(cluster, 'elsewhere', {}, { phase: 'Pending', spec: { nodeName: 'elsewhere' } });
    await runPod(cluster, 'web');
    for (const name of ['other', 'elsewhere']) {
      expect((await cluster.send('GET', podPath(name))).json.status.conditions).toBeUndefined();
    }
    expect(
      (await cluster.send('DELETE', podPath('elsewhere'))).json.metadata.deletionGracePeriodSeconds,
    ).toBe(30);
    await expect.poll(async () => (await cluster.send('GET', podPath('elsewhere'))).code).toBe(404);
  });

  describe('ends a pod', () => {
    it('after the API has marked it', async () => {
      const cluster = await start({ now: () => startTime });
      await runPod(cluster, 'web');
      const marked = await cluster.send('DELETE', podPath('web'));
      expect(marked.json.metadata).toMatchObject({
        deletionTimestamp: '2026-11-24T00:00:30Z',
        deletionGracePeriodSeconds: 30,
        generation: 2,
      });
      await expect.poll(async () => (await cluster.send('GET', podPath('web'))).code).toBe(404);
    });

    it('at once when no grace is asked for', async () => {
      const cluster = await start();
      await runPod(cluster, 'web');
      await cluster.send('DELETE', `${podPath('web')}?gracePeriodSeconds=0`);
      expect((await cluster.send('GET', podPath('web'))).code).toBe(404);
    });

    it('and leaves the object to its finalizers', async () => {
      const cluster = await start();
      await runPod(cluster, 'web', {}, { metadata: { finalizers: ['example.com/hold'] } });
      await cluster.send('DELETE', podPath('web'), { gracePeriodSeconds: 5 });
      await untilPod(cluster, 'web', ({ metadata }) => metadata.deletionGracePeriodSeconds === 0);
      await cluster.send('PATCH', podPath('web'), { metadata: { finalizers: null } }, patch);
      expect((await cluster.send('GET', podPath('web'))).code).toBe(404);
    });

    it('with its namespace', async () => {
      const cluster = await start({ namespaces: ['dev'] });
      const path = '/api/v1/namespaces/dev';
      await cluster.send('POST', `${path}/pods`, {
        metadata: { name: 'web' },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      });
      await cluster.send('DELETE', path);
      await expect.poll(async () => (await cluster.send('GET', path)).code).toBe(404);
    });
  });

  it('starts what was stored anew, as after a restart of the node', async () => {
    const store = createMemoryStore();
    const first = await startRunningCluster({ store });
    await runPod(first, 'web');
    await runPod(
      first,
      'done',
      { command: ['true'] },
      { phase: 'Succeeded', spec: { restartPolicy: 'Never' } },
    );
    const { podIP } = (await first.send('GET', podPath('web'))).json.status;
    await first.close();
    const second = await start({ store });
    const pod = await untilPod(second, 'web', ({ status }) => status.containerStatuses[0].restartCount === 1);
    expect(pod.status).toMatchObject({
      phase: 'Running',
      podIP,
      containerStatuses: [{ ready: true, lastState: { terminated: { exitCode: 255, reason: 'Unknown' } } }],
    });
    expect((await second.send('GET', podPath('done'))).json.status.phase).toBe('Succeeded');
    expect((await second.send('GET', `${podPath('done')}/log`)).text).toBe('');
  });

  it('runs a container for debugging beside the others, once', async () => {
    const store = createMemoryStore();
    const first = await startRunningCluster({ store });
    await runPod(first, 'web');
    const debugger_ = { name: 'debugger', image: 'busybox', command: ['sh', '-c', 'echo here; exit 3'] };
    await first.send(
      'PATCH',
      `${podPath('web')}/ephemeralcontainers`,
      { spec: { ephemeralContainers: [debugger_] } },
      { 'Content-Type': 'application/strategic-merge-patch+json' },
    );
    const terminated = (pod: { status: { ephemeralContainerStatuses?: { state: object }[] } }) =>
      JSON.stringify(pod.status.ephemeralContainerStatuses ?? []).includes('"terminated"');
    const pod = await untilPod(first, 'web', terminated);
    expect(pod.status.phase).toBe('Running');
    expect(pod.status.ephemeralContainerStatuses).toMatchObject([
      { name: 'debugger', ready: false, restartCount: 0, state: { terminated: { exitCode: 3 } } },
    ]);
    expect((await first.send('GET', `${podPath('web')}/log?container=debugger`)).text).toBe('here\n');
    await first.close();
    const second = await start({ store });
    const restarted = await untilPod(
      second,
      'web',
      ({ status }) => status.containerStatuses[0].restartCount === 1,
    );
    expect(restarted.status.ephemeralContainerStatuses).toEqual(pod.status.ephemeralContainerStatuses);
  });

  it('tells what happens to a pod', async () => {
    const cluster = await start();
    await runPod(cluster, 'web');
    await cluster.send('DELETE', `${podPath('web')}?gracePeriodSeconds=1`);
    const events = '/api/v1/namespaces/default/events';
    const reasons = async () => {
      const { json } = await cluster.send('GET', events);
      return json.items.map(
        ({
          reason,
          message,
          source,
          involvedObject,
        }: Record<string, { component?: string; fieldPath?: string }>) =>
          [source?.component, involvedObject?.fieldPath ?? '', reason, message].join(' '),
      );
    };
    await expect
      .poll(reasons)
      .toEqual([
        'default-scheduler  Scheduled Successfully assigned default/web to sallyport-node',
        'kubelet spec.containers{main} Pulled Container image "nginx" already present on machine',
        'kubelet spec.containers{main} Created Created container: main',
        'kubelet spec.containers{main} Started Started container main',
        'kubelet spec.containers{main} Killing Stopping container main',
      ]);
  });
});
