import { type Container, type ContainerDeps, createContainer } from '../container/container.ts';
import { readContainerSpec } from '../container/container-spec.ts';
import type { TerminatedState } from '../container/container-state.ts';
import { type Json, objectIn, objectsIn, textIn } from '../json.ts';
import { createPodResources, type PodResources } from './pod-resources.ts';
import { readWishes } from './read-wishes.ts';
import { delayText, type RestartPolicy, restartDelayMs, restarts } from './restart-policy.ts';

/** A pod as the kubelet has it: its containers and how far it is. */
export interface SimulatedPod {
  readonly uid: string;
  readonly podIP: string;
  readonly startedAt: number;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  /** Those for debugging that were started here. */
  readonly ephemeralContainers: readonly Container[];
  /** Starts what the pod has got for debugging since. @param pod as stored now */
  startEphemeral(pod: Json): void;
  /** What its containers have been given. */
  readonly resources: Pick<PodResources, 'of' | 'obstacle'>;
  /** Gives its containers what the pod asks for now; returns what is to be told of it, if anything changed. @param pod as stored now */
  resize(pod: Json): string | undefined;
  phase(): 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  isInitialized(): boolean;
  /** Aborted when it has been ended. */
  readonly over: AbortSignal;
  find(container: string): Container | undefined;
  /** Ends all containers. What they have printed is gone. */
  stop(): void;
}

/** What a kubelet tells of a container. */
export interface PodHappening {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly container: string;
}

export interface SimulatedPodDeps extends Omit<ContainerDeps, 'facts' | 'wishes'> {
  readonly hostIP: string;
  readonly nodeName: string;
  readonly caBundle: string;
  /** Something of its status is different. */
  onChange(): void;
  tell(happening: PodHappening): void;
  onError(error: unknown): void;
}

/** A container that ran so long before it ended has not failed "in a row". */
const stableMs = 600_000;

/** @param pod as stored; what its status says of earlier runs is taken over */
export function startPod(pod: Json, podIP: string, deps: SimulatedPodDeps): SimulatedPod {
  const metadata = objectIn(pod, 'metadata');
  const spec = objectIn(pod, 'spec');
  const name = textIn(metadata, 'name');
  const namespace = textIn(metadata, 'namespace');
  const policy = (textIn(spec, 'restartPolicy') || 'Always') as RestartPolicy;
  const startedAt = Date.parse(textIn(objectIn(pod, 'status'), 'startTime')) || deps.now();
  const containerDeps: ContainerDeps = {
    ...deps,
    facts: { name: textIn(spec, 'hostname') || name, namespace, podIP, caBundle: deps.caBundle },
    wishes: readWishes(metadata),
  };
  const fields = new Map([
    ['metadata.name', name],
    ['metadata.namespace', namespace],
    ['metadata.uid', textIn(metadata, 'uid')],
    ['spec.nodeName', deps.nodeName],
    ['spec.serviceAccountName', textIn(spec, 'serviceAccountName')],
    ['status.podIP', podIP],
    ['status.hostIP', deps.hostIP],
  ]);
  const make = (statuses: string) => (container: Json) => {
    const own = objectsIn(objectIn(pod, 'status'), statuses).find(
      (each) => each['name'] === container['name'],
    );
    const wishes = statuses === 'initContainerStatuses' ? noWishes : containerDeps.wishes;
    return createContainer(
      readContainerSpec(container, fields),
      { ...containerDeps, wishes },
      historyOf(own, deps.now()),
    );
  };
  const initContainers = objectsIn(spec, 'initContainers').map(make('initContainerStatuses'));
  const containers = objectsIn(spec, 'containers').map(make('containerStatuses'));
  const ephemeralContainers: Container[] = [];
  const all = [...initContainers, ...containers];
  const resources = createPodResources(pod);
  /** Containers that end only to be started anew. */
  const restarting = new Set<Container>();
  const timers = new Set<() => void>();
  let initialized = false;
  let failed = false;
  const over = new AbortController();
  let stopped = false;

  function tell(reason: string, message: string, container: string): void {
    deps.tell({ type: 'Normal', reason, message, container });
  }

  /** Runs a container until it is not started anew any more. Resolves with its last exit code. */
  async function keepRunning(container: Container, rule: RestartPolicy): Promise<number> {
    for (let failures = 1; ; failures++) {
      const since = deps.now();
      const { name: own, image } = container.spec;
      tell('Pulled', `Container image ${JSON.stringify(image)} already present on machine`, own);
      const running = container.start();
      tell('Created', `Created container: ${own}`, own);
      tell('Started', `Started container ${own}`, own);
      deps.onChange();
      const exitCode = await running;
      if (stopped) return exitCode;
      deps.onChange();
      if (restarting.delete(container)) continue;
      if (!restarts(rule, exitCode)) return exitCode;
      if (deps.now() - since > stableMs) failures = 1;
      await pause(container, restartDelayMs(failures));
      if (stopped) return exitCode;
    }
  }

  function pause(container: Container, ms: number): Promise<void> {
    if (ms > 0) {
      const self = `${name}_${namespace}(${textIn(metadata, 'uid')})`;
      const which = `container=${container.spec.name} pod=${self}`;
      container.backOff(`back-off ${delayText(ms)} restarting failed ${which}`);
      const message = `Back-off restarting failed container ${container.spec.name} in pod ${self}`;
      deps.tell({ type: 'Warning', reason: 'BackOff', message, container: container.spec.name });
      deps.onChange();
    }
    return new Promise((resolve) => {
      const isOver = () => {
        cancel();
        timers.delete(isOver);
        resolve();
      };
      const cancel = deps.schedule(ms, isOver);
      timers.add(isOver);
    });
  }

  async function run(): Promise<void> {
    for (const container of initContainers) {
      if (stopped) return;
      if (container.spec.isSidecar) {
        void keepRunning(container, 'Always').catch(deps.onError);
        continue;
      }
      const isOver = keepRunning(container, policy === 'Always' ? 'OnFailure' : policy);
      // What stands in for an init container's program has nothing to do.
      if (!container.isSimulated()) container.stop();
      failed = (await isOver) !== 0 && !stopped;
      if (failed || stopped) break;
    }
    if (failed || stopped) {
      deps.onChange();
      return;
    }
    initialized = true;
    for (const container of containers) void keepRunning(container, policy).catch(deps.onError);
    deps.onChange();
  }

  function isOver(container: Container): boolean {
    const state = container.state();
    return state.type === 'terminated' && !restarts(policy, state.exitCode);
  }

  /** Each is started once; one that ran in an earlier process stays over. */
  function startEphemeral(now: Json): void {
    const known = objectsIn(objectIn(now, 'status'), 'ephemeralContainerStatuses').map(
      (each) => each['name'],
    );
    for (const container of objectsIn(objectIn(now, 'spec'), 'ephemeralContainers')) {
      const isStarted = ephemeralContainers.some(({ spec: { name: own } }) => own === container['name']);
      if (stopped || isStarted || known.includes(container['name'])) continue;
      const created = make('ephemeralContainerStatuses')(container);
      ephemeralContainers.push(created);
      all.push(created);
      void keepRunning(created, 'Never').catch(deps.onError);
    }
  }

  function resize(now: Json): string | undefined {
    const resized = resources.update(now);
    for (const container of all) {
      const isRunning = container.state().type === 'running';
      if (!isRunning || resized?.restarts.includes(container.spec.name) !== true) continue;
      restarting.add(container);
      container.stop();
    }
    return resized?.summary;
  }

  run().catch(deps.onError);

  return {
    uid: textIn(metadata, 'uid'),
    podIP,
    startedAt,
    initContainers,
    containers,
    ephemeralContainers,
    startEphemeral,
    resources,
    resize,
    isInitialized: () => initialized,
    phase() {
      if (failed) return 'Failed';
      if (!initialized) return 'Pending';
      if (!containers.every(isOver)) return 'Running';
      const codes = containers.map((container) => container.lastState()?.exitCode ?? 0);
      return codes.every((code) => code === 0) ? 'Succeeded' : 'Failed';
    },
    over: over.signal,
    find: (container) => all.find(({ spec: { name: own } }) => own === container),
    stop() {
      stopped = true;
      for (const container of all) container.dispose();
      for (const each of timers) each();
      over.abort();
    },
  };
}

const noWishes = { exitCode: undefined, logIntervalMs: undefined };

/**
 * What a stored status says of a container that this process has not started: the process before did, and everything of it
 * is gone, as after a node's restart.
 */
function historyOf(status: Json | undefined, now: number) {
  if (status === undefined) return undefined;
  const restartCount = Number(status['restartCount'] ?? 0);
  const running = objectIn(objectIn(status, 'state'), 'running');
  const startedAt = Date.parse(textIn(running, 'startedAt'));
  if (Number.isNaN(startedAt)) return { restartCount, lastState: undefined };
  const lastState: TerminatedState = {
    type: 'terminated',
    startedAt,
    finishedAt: now,
    exitCode: 255,
    reason: 'Unknown',
  };
  return { restartCount: restartCount + 1, lastState };
}
