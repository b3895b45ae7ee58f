import { type Entry, followPrefix, openLeaderElection, type Store } from '../../store/index.ts';
import type { ClusterLog, ClusterVersion, Schedule } from '../cluster-deps.ts';
import type { EventRecorder } from '../events/index.ts';
import { deleteObject } from '../objects/delete-object.ts';
import { isNotFound } from '../objects/is-not-found.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { objectKey, parseObjectKey, typePrefix } from '../objects/object-key.ts';
import { ownWriters, statusWrittenBy } from '../objects/own-writers.ts';
import { retryOvertaken } from '../objects/retry-overtaken.ts';
import { entryObject, type StoredObject } from '../objects/stored-object.ts';
import { createReconcileQueue } from '../reconcile-queue.ts';
import { coreType, type KubeObject } from '../resources/index.ts';
import { isStored, objectIn, textIn } from './json.ts';
import { renewNodeLease } from './node-lease.ts';
import { ensureNode, maxPods, nodeIP, nodeName } from './node-object.ts';
import { createPlacedPods } from './placed-pods.ts';
import { podStatus } from './pod/pod-status.ts';
import { type SimulatedPod, startPod } from './pod/simulated-pod.ts';
import { createPodAddresses } from './pod-addresses.ts';
import { createPodEvents } from './pod-events.ts';
import { schedulePod } from './schedule-pod.ts';
import { createStorageBudget } from './world/storage-budget.ts';

export interface SimulatedNode {
  /** The pod as it runs here; undefined when it does not. */
  find(namespace: string, name: string): SimulatedPod | undefined;
  close(): Promise<void>;
}

export interface SimulatedNodeDeps {
  readonly store: Store;
  readonly schedule: Schedule;
  readonly now: () => number;
  readonly log: ClusterLog;
  readonly version: ClusterVersion;
  readonly caBundle: string;
  readonly events: EventRecorder;
}

/** Whoever leads holds this key. */
const leaderKey = 'cluster/leaders/node';

/** Bytes that the files and logs of all containers may take. */
const maxStorage = 256 * 1024 * 1024;

/**
 * Scheduler and kubelet of one node, simulated: pods are bound, run, restarted and ended as on a real one, and their status
 * says so. No process, file or socket of the machine is behind them. Resolves when the pods that are stored run.
 *
 * Of several processes on one store each runs the pods, so that any of them can be asked for logs and shells; one of them
 * leads: what it says of the pods is what is written.
 */
export async function startNode(deps: SimulatedNodeDeps, context: ObjectContext): Promise<SimulatedNode> {
  const { now, schedule, store, log } = deps;
  const podType = coreType('pods');
  const nodeType = coreType('nodes');
  const namespaceType = coreType('namespaces');
  const events = createPodEvents(deps.events, podType);
  const running = new Map<string, SimulatedPod>();
  /** Keys of pods that found no place, and whether it may be for want of other pods. */
  const waiting = new Map<string, boolean>();
  const addresses = createPodAddresses(maxPods);
  const storage = createStorageBudget(maxStorage);
  /** Keys of all pods. */
  const known = new Set<string>();
  let node: KubeObject | undefined;
  const placed = createPlacedPods(nodeName);
  const namespaceLabels = new Map<string, Readonly<Record<string, string>>>();

  const onError = (error: unknown, key: string) =>
    log.error({ err: error, key }, 'the simulated node failed');
  const queue = createReconcileQueue({ work: reconcile, schedule, onError });
  const election = await openLeaderElection({
    store,
    key: leaderKey,
    onError: (error) => onError(error, leaderKey),
    // What another process has said of the pods is looked at again.
    onElected() {
      for (const key of known) queue.add(key);
    },
  });

  async function reconcile(key: string): Promise<void> {
    const { namespace, name } = parseObjectKey(key);
    const stored = await context.objects.get(podType, namespace, name);
    const own = running.get(key);
    if (own !== undefined && own.uid !== stored?.object.metadata.uid) stop(key, own);
    if (stored === undefined) return;
    const pod = stored.object;
    const bound = textIn(objectIn(pod, 'spec'), 'nodeName');
    if (bound === '') return bind(key, stored);
    if (pod.metadata.deletionTimestamp !== undefined) return end(key, stored);
    if (bound !== nodeName) return undefined;
    const current = running.get(key) ?? start(key, pod);
    if (current === undefined) return;
    current.startEphemeral(pod);
    const resized = current.resize(pod);
    if (resized !== undefined && election.isLeader()) events.resized(pod, resized);
    await report(stored, current);
  }

  async function bind(key: string, stored: StoredObject): Promise<void> {
    if (!election.isLeader()) return;
    const next = schedulePod(stored.object, { node, pods: placed.pods, used: placed.used, labelsOf }, now());
    if (next === undefined || stored.object.metadata.deletionTimestamp !== undefined) return;
    const isBound = textIn(objectIn(next, 'spec'), 'nodeName') !== '';
    if (isBound) waiting.delete(key);
    else waiting.set(key, wantsOthers(stored.object));
    // Binding is the API's own work, as it is when a scheduler asks for it: nobody comes to own the node's name.
    const written = isBound ? next : statusWrittenBy(context, ownWriters.scheduler, stored, next);
    if (!(await write(stored, written))) return;
    // A store elsewhere tells of it later: the next pod must know now.
    if (isBound) placed.put(key, next);
    if (isBound) events.scheduled(next);
    else events.unschedulable(next);
  }

  /** Brings up what waits: all of it where room was made, else what may have waited for the pod that came. */
  function lookAgain(what: 'came' | 'went' | undefined): void {
    if (what === undefined) return;
    for (const [key, isForOthers] of waiting) if (what === 'went' || isForOthers) queue.add(key);
  }

  function labelsOf(namespace: string): Readonly<Record<string, string>> {
    return namespaceLabels.get(namespace) ?? {};
  }

  function start(key: string, pod: KubeObject): SimulatedPod | undefined {
    const status = objectIn(pod, 'status');
    // What is over stays over.
    if (['Succeeded', 'Failed'].includes(textIn(status, 'phase'))) return undefined;
    const uid = pod.metadata.uid ?? '';
    const reported = textIn(status, 'podIP');
    if (reported === '' && !election.isLeader()) return undefined;
    const podIP = addresses.assign(uid, reported);
    if (podIP === undefined) return undefined;
    const simulated = startPod(pod, podIP, {
      now,
      schedule,
      storage,
      nodeName,
      hostIP: nodeIP,
      caBundle: deps.caBundle,
      onChange: () => queue.add(key),
      tell(happening) {
        if (election.isLeader()) events.container(pod, happening);
      },
      onError: (error) => onError(error, key),
    });
    running.set(key, simulated);
    return simulated;
  }

  function stop(key: string, pod: SimulatedPod): void {
    pod.stop();
    running.delete(key);
    addresses.release(pod.uid);
    lookAgain('went');
  }

  async function report(stored: StoredObject, simulated: SimulatedPod): Promise<void> {
    const status = podStatus(stored.object, simulated, nodeIP, now());
    const next = { ...stored.object, status };
    await write(stored, statusWrittenBy(context, ownWriters.kubelet, stored, next));
  }

  /** Ends a pod that is to be deleted, also one of a node that does not exist: no other kubelet is there to do it. */
  async function end(key: string, stored: StoredObject): Promise<void> {
    const own = running.get(key);
    if (own !== undefined) {
      if (election.isLeader()) events.killing(stored.object);
      stop(key, own);
    }
    if (!election.isLeader()) return;
    const { uid, name = '', namespace = '', deletionGracePeriodSeconds = 0 } = stored.object.metadata;
    // Only finalizers hold it now.
    if (deletionGracePeriodSeconds === 0) return;
    await deleteObject(context, {
      type: podType,
      namespace,
      name,
      dryRun: false,
      gracePeriodSeconds: 0,
      ...(uid === undefined ? {} : { uid }),
    }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  /** Whether something was written. When somebody else wrote meanwhile, that brings the pod up again. */
  async function write(stored: StoredObject, next: KubeObject): Promise<boolean> {
    if (!election.isLeader() || isStored(next, stored.object)) return false;
    return (await context.objects.replace(stored, next)) !== undefined;
  }

  const following = { store, schedule, onError: (error: unknown) => onError(error, '') };
  const nodes = await (async () => {
    await retryOvertaken(() => ensureNode(context, deps.version));
    await retryOvertaken(() => renewNodeLease(context));
    return followPrefix(following, typePrefix(nodeType), {
      put(entry: Entry) {
        if (entry.key !== objectKey(nodeType, '', nodeName)) return;
        node = entryObject(entry);
        lookAgain('went');
      },
      remove(entry: Entry) {
        if (entry.key === objectKey(nodeType, '', nodeName)) node = undefined;
      },
    });
  })();
  const namespaces = await followPrefix(following, typePrefix(namespaceType), {
    put(entry) {
      const { name = '', labels } = entryObject(entry).metadata;
      namespaceLabels.set(name, labels ?? {});
      lookAgain('came');
    },
    remove: (entry) => void namespaceLabels.delete(entryObject(entry).metadata.name ?? ''),
  });
  const pods = await followPrefix(following, typePrefix(podType), {
    put(entry) {
      const { key } = entry;
      known.add(key);
      lookAgain(placed.put(key, entryObject(entry)));
      queue.add(key);
    },
    remove({ key }) {
      known.delete(key);
      lookAgain(placed.remove(key));
      waiting.delete(key);
      queue.add(key);
    },
  });
  await queue.idle();

  return {
    find: (namespace, name) => running.get(objectKey(podType, namespace, name)),
    async close() {
      nodes.close();
      namespaces.close();
      pods.close();
      await queue.close();
      await election.close();
      for (const pod of running.values()) pod.stop();
      running.clear();
    },
  };
}

function wantsOthers(pod: KubeObject): boolean {
  return objectIn(objectIn(pod, 'spec'), 'affinity')['podAffinity'] !== undefined;
}
