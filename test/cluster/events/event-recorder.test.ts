import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followSurroundings } from '../../../src/cluster/admission/index.ts';
import { bootstrap } from '../../../src/cluster/bootstrap/index.ts';
import {
  createEventRecorder,
  type EventRecorder,
  expireEvents,
  type Happening,
} from '../../../src/cluster/events/index.ts';
import { createObject } from '../../../src/cluster/objects/create-object.ts';
import type { ObjectContext } from '../../../src/cluster/objects/object-context.ts';
import { createObjectStore } from '../../../src/cluster/objects/object-store.ts';
import {
  builtInTable,
  coreType,
  findResourceType,
  type KubeObject,
} from '../../../src/cluster/resources/index.ts';
import { validateObject } from '../../../src/cluster/schema/index.ts';
import { createMemoryStore } from '../../../src/store/index.ts';
import { startTime } from '../support.ts';

const pods = findResourceType('', 'v1', 'pods')!;
const pod = { metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '7' } };
const started: Happening = { type: 'Normal', reason: 'Started', message: 'Started container c' };
const kubelet = { component: 'kubelet', host: 'n' };
const hour = 3_600_000;

let time: number;
let context: ObjectContext;
let recorder: EventRecorder;
let failures: unknown[];
beforeEach(async () => {
  time = startTime;
  failures = [];
  const store = createMemoryStore();
  const objects = createObjectStore(store);
  const now = () => time;
  const onError = (error: unknown) => failures.push(error);
  context = {
    objects,
    resources: { table: () => builtInTable },
    surroundings: await followSurroundings({ store, objects, now, onError }),
    hooks: { of: () => undefined, close: () => {} },
    now,
    validate: validateObject,
  };
  await bootstrap(context, [], []);
  recorder = createEventRecorder(context, (error) => failures.push(error));
});
afterEach(() => {
  expect(failures).toEqual([]);
});

async function told(): Promise<readonly KubeObject[]> {
  await recorder.idle();
  return (await context.objects.list(coreType('events'), '')).items.map(({ object }) => object);
}

describe('the event recorder', () => {
  it('tells as client-go does', async () => {
    recorder.record(kubelet, pods, pod, { ...started, fieldPath: 'spec.containers{c}' });
    const [event] = await told();
    expect(event).toMatchObject({
      metadata: { name: expect.stringMatching(/^web\.[0-9a-f]{16}$/), namespace: 'default' },
      involvedObject: {
        kind: 'Pod',
        namespace: 'default',
        name: 'web',
        uid: 'u',
        apiVersion: 'v1',
        resourceVersion: '7',
        fieldPath: 'spec.containers{c}',
      },
      reason: 'Started',
      message: 'Started container c',
      source: kubelet,
      firstTimestamp: '2026-11-24T00:00:00Z',
      lastTimestamp: '2026-11-24T00:00:00Z',
      count: 1,
      type: 'Normal',
      reportingComponent: 'kubelet',
      reportingInstance: 'n',
    });
  });

  it('counts what happens again, and tells it anew once it was forgotten', async () => {
    recorder.record(kubelet, pods, pod, started);
    await recorder.idle();
    time += 60_000;
    recorder.record(kubelet, pods, pod, started);
    recorder.record(kubelet, pods, pod, { ...started, message: 'Started container d' });
    const [again, other] = await told();
    expect(again).toMatchObject({
      count: 2,
      firstTimestamp: '2026-11-24T00:00:00Z',
      lastTimestamp: '2026-11-24T00:01:00Z',
    });
    expect(other).toMatchObject({ count: 1 });
    for (const stored of (await context.objects.list(coreType('events'), '')).items)
      await context.objects.remove(stored);
    recorder.record(kubelet, pods, pod, started);
    expect(await told()).toMatchObject([{ count: 1 }]);
  });

  it('tells of what is in no namespace in `default`', async () => {
    const nodes = findResourceType('', 'v1', 'nodes')!;
    recorder.record(kubelet, nodes, { metadata: { name: 'n', uid: 'v' } }, started);
    expect(await told()).toMatchObject([
      { metadata: { namespace: 'default' }, involvedObject: { kind: 'Node', name: 'n' } },
    ]);
  });

  it('does not let one object fill the world', async () => {
    for (let number = 0; number < 100; number++) {
      recorder.record(kubelet, pods, pod, { ...started, message: `m${number}` });
    }
    expect(await told()).toHaveLength(25);
    time += 300_000;
    recorder.record(kubelet, pods, pod, { ...started, message: 'later' });
    recorder.record(kubelet, pods, pod, { ...started, message: 'too soon' });
    expect(await told()).toHaveLength(26);
  });

  it('has nothing to say in a namespace that does not exist, and after its end', async () => {
    recorder.record(kubelet, pods, { metadata: { ...pod.metadata, namespace: 'gone' } }, started);
    expect(await told()).toEqual([]);
    await recorder.close();
    recorder.record(kubelet, pods, pod, started);
    expect(await told()).toEqual([]);
  });
});

describe('events expire', () => {
  it('an hour after they happened last, whoever has made them', async () => {
    const timers: (() => void)[] = [];
    const schedule = (_ms: number, callback: () => void) => {
      timers.push(callback);
      return () => {};
    };
    const sweep = async () => {
      timers.shift()?.();
      await expect.poll(() => timers.length).toBe(1);
    };
    const expiring = expireEvents(context, schedule, (error) => failures.push(error));
    recorder.record(kubelet, pods, pod, started);
    const involvedObject = { kind: 'Pod', namespace: 'default', name: 'web' };
    await createObject(context, {
      type: coreType('events'),
      namespace: 'default',
      object: { metadata: { name: 'mine' }, involvedObject },
      dryRun: false,
    });
    await recorder.idle();
    time += hour - 1000;
    recorder.record(kubelet, pods, pod, started);
    await recorder.idle();
    await sweep();
    expect(await told()).toHaveLength(2);
    time += 1000;
    await sweep();
    expect(await told()).toMatchObject([{ reason: 'Started', count: 2 }]);
    time += hour;
    await sweep();
    expect(await told()).toEqual([]);
    await expiring.close();
  });
});
