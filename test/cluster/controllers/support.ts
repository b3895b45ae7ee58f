import { expect } from 'vitest';
import { followSurroundings } from '../../../src/cluster/admission/index.ts';
import { bootstrap } from '../../../src/cluster/bootstrap/index.ts';
import { allControllers, type Controllers, runControllers } from '../../../src/cluster/controllers/index.ts';
import { type Kind, pods } from '../../../src/cluster/controllers/kinds.ts';
import type { Pod } from '../../../src/cluster/controllers/shapes.ts';
import { createEventRecorder } from '../../../src/cluster/events/index.ts';
import { type Lifecycle, startLifecycle } from '../../../src/cluster/lifecycle/index.ts';
import { createObject } from '../../../src/cluster/objects/create-object.ts';
import { deleteObject } from '../../../src/cluster/objects/delete-object.ts';
import type { PropagationPolicy } from '../../../src/cluster/objects/finalizers.ts';
import type { ObjectContext } from '../../../src/cluster/objects/object-context.ts';
import { createObjectStore } from '../../../src/cluster/objects/object-store.ts';
import { updateObject } from '../../../src/cluster/objects/update-object.ts';
import { builtInTable, type KubeObject } from '../../../src/cluster/resources/index.ts';
import { validateObject } from '../../../src/cluster/schema/index.ts';
import { createServiceAccountTokens } from '../../../src/cluster/service-accounts/index.ts';
import { createClusterAuthority } from '../../../src/cluster/signing/index.ts';
import { createMemoryStore, createSealer, type Store } from '../../../src/store/index.ts';
import { silentLog, startTime } from '../support.ts';

/** Controllers on a store, a clock that only the test moves, and the test in the place of users and kubelet. */
export interface TestWorld {
  readonly store: Store;
  readonly context: ObjectContext;
  /** Failures that a controller has logged. */
  readonly logged: unknown[];
  make<T extends KubeObject>(kind: Kind<T>, object: object): Promise<T>;
  get<T extends KubeObject>(kind: Kind<T>, name: string): Promise<T | undefined>;
  list<T extends KubeObject>(kind: Kind<T>): Promise<readonly T[]>;
  change<T extends KubeObject>(kind: Kind<T>, name: string, edit: (object: T) => object): Promise<void>;
  remove<T extends KubeObject>(kind: Kind<T>, name: string, policy?: PropagationPolicy): Promise<void>;
  /** Says of a pod what its kubelet would. */
  setPod(name: string, phase: string, isReady?: boolean, more?: object): Promise<void>;
  /** Gives a pod a node: from then on it ends in its own time. */
  bindPod(name: string): Promise<void>;
  /** What a kubelet does when a pod's processes have ended. */
  endPod(name: string): Promise<void>;
  /** Moves the clock; what was to happen meanwhile happens. */
  pass(ms: number): Promise<void>;
  /** Resolves when there is nothing to do. */
  settle(): Promise<void>;
  /** Ends the controllers, and leaves the store as it is. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export const namespace = 'default';

export async function startWorld(store: Store = createMemoryStore()): Promise<TestWorld> {
  let time = startTime;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  const schedule = (ms: number, callback: () => void) => {
    const timer = { at: time + ms, callback };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  const logged: unknown[] = [];
  const log = { ...silentLog, error: (fields: object) => logged.push(fields) };
  const now = () => time;
  const objects = createObjectStore(store);
  const onError = (error: unknown) => logged.push(error);
  const surroundings = await followSurroundings({ store, objects, now, schedule, onError });
  const context: ObjectContext = {
    objects,
    resources: { table: () => builtInTable },
    surroundings,
    hooks: { of: () => undefined, close: () => {} },
    now,
    validate: validateObject,
  };
  await bootstrap(context, [], []);
  const secrets = { store, sealer: createSealer(undefined) };
  const authority = createClusterAuthority(secrets, context);
  const version = { gitVersion: 'v1.35.0', major: '1', minor: '35' };
  const deps = { store, schedule, now, log, version, bootstrapObjects: [] };
  const lifecycle: Lifecycle = await startLifecycle(
    deps,
    schedule,
    context,
    createServiceAccountTokens(secrets, context),
  );
  const events = createEventRecorder(context, (error) => logged.push(error));
  const controllers: Controllers = await runControllers(
    { ...deps, events, authority },
    context,
    allControllers,
  );

  async function stop(): Promise<void> {
    await controllers.close();
    await events.close();
    await lifecycle.close();
    surroundings.close();
  }

  async function settle(): Promise<void> {
    for (let revision = -1; revision !== (await store.revision()); ) {
      revision = await store.revision();
      await controllers.idle();
      await events.idle();
      // The garbage collector's turn.
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    store,
    context,
    logged,
    make: async (kind, object) =>
      (await createObject(context, {
        type: kind,
        namespace,
        object: object as KubeObject,
        dryRun: false,
      })) as never,
    get: async (kind, name) => (await context.objects.get(kind, namespace, name))?.object as never,
    list: async (kind) =>
      (await context.objects.list(kind, namespace)).items.map(({ object }) => object) as never,
    async change(kind, name, edit) {
      const change = (object: KubeObject) => edit(object as never) as KubeObject;
      await updateObject(context, { type: kind, namespace, name, part: 'main', dryRun: false, change });
    },
    async remove(type, name, propagationPolicy = 'Background') {
      await deleteObject(context, { type, namespace, name, dryRun: false, propagationPolicy });
    },
    async setPod(name, phase, isReady = phase === 'Running', more = {}) {
      const condition = {
        type: 'Ready',
        status: isReady ? 'True' : 'False',
        lastTransitionTime: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
      };
      const change = (object: KubeObject) => ({
        ...object,
        status: { ...(object as Pod).status, phase, conditions: [condition], ...more },
      });
      await updateObject(context, { type: pods, namespace, name, part: 'status', dryRun: false, change });
    },
    async bindPod(name) {
      const stored = (await context.objects.get(pods, namespace, name)) ?? expect.fail();
      const spec = { ...(stored.object as Pod).spec, nodeName: 'node' };
      await context.objects.replace(stored, { ...stored.object, spec });
    },
    async endPod(name) {
      await deleteObject(context, { type: pods, namespace, name, dryRun: false, gracePeriodSeconds: 0 });
    },
    async pass(ms) {
      const end = time + ms;
      for (;;) {
        await settle();
        const [next] = [...timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        time = Math.max(time, next.at);
        next.callback();
      }
      time = end;
    },
    settle,
    stop,
    async close() {
      await stop();
      await store.close();
      expect(logged).toEqual([]);
    },
  };
}

export function podTemplate(image: string, labels: Record<string, string>, spec: object = {}) {
  return { metadata: { labels }, spec: { containers: [{ name: 'main', image }], ...spec } };
}

/** Names of pods that are there and not on their way out. */
export function living(list: readonly Pod[]): readonly Pod[] {
  return list.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(status.phase ?? ''),
  );
}
