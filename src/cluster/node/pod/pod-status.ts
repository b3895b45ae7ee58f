import { createHash } from 'node:crypto';
import type { Container } from '../container/container.ts';
import type { ContainerState } from '../container/container-state.ts';
import { type Json, objectIn, objectsIn, textIn } from '../json.ts';
import type { SimulatedPod } from './simulated-pod.ts';

/**
 * The status that a kubelet writes. Parts that are none of its business stay as they are.
 * @param now milliseconds since the epoch
 * Source: kubelet generateAPIPodStatus, convertStatusToAPIStatus.
 */
export function podStatus(pod: Json, simulated: SimulatedPod, hostIP: string, now: number): Json {
  const old = objectIn(pod, 'status');
  const generation = objectIn(pod, 'metadata')['generation'];
  const phase = simulated.phase();
  const init = simulated.initContainers.map((container) => containerStatus(simulated, container, true));
  const main = simulated.containers
    .map((container) => containerStatus(simulated, container, false))
    .toSorted((a, b) => (textIn(a, 'name') < textIn(b, 'name') ? -1 : 1));
  const ephemeral = ephemeralStatuses(old, simulated);
  return {
    ...old,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase,
    conditions: conditions(old, simulated, phase, generation, now),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP: simulated.podIP,
    podIPs: [{ ip: simulated.podIP }],
    startTime: time(simulated.startedAt),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: main,
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
  };
}

/** Of those that an earlier process ran, the last that is known stays. */
function ephemeralStatuses(old: Json, simulated: SimulatedPod): readonly Json[] {
  const own = simulated.ephemeralContainers.map((each) => containerStatus(simulated, each, false));
  const names = new Set(own.map((status) => status['name']));
  const earlier = objectsIn(old, 'ephemeralContainerStatuses').filter((each) => !names.has(each['name']));
  return [...earlier, ...own];
}

/** A condition list with one condition set; its transition time stays while its status does. */
export function withCondition(
  list: readonly Json[],
  condition: Json & { readonly type: string; readonly status: string },
  now: number,
): Json[] {
  const before = list.find((each) => each['type'] === condition.type);
  const isSame = before?.['status'] === condition.status;
  const changedAt = isSame ? before['lastTransitionTime'] : time(now);
  const next = { ...condition, lastProbeTime: null, lastTransitionTime: changedAt };
  const kept = list.map((each) => (each === before ? next : each));
  return before === undefined ? [...kept, next] : kept;
}

function conditions(
  old: Json,
  simulated: SimulatedPod,
  phase: string,
  generation: unknown,
  now: number,
): readonly Json[] {
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const unready = simulated.containers
    .filter((container) => !isReady(container))
    .map(({ spec }) => spec.name);
  const isPodReady = simulated.isInitialized() && unready.length === 0 && !isOver;
  const notReady = isOver
    ? { reason: phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed' }
    : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const ready = isPodReady ? {} : notReady;
  const flag = (value: boolean) => (value ? 'True' : 'False');
  const wanted = [
    { type: 'PodReadyToStartContainers', status: flag(!isOver) },
    { type: 'Initialized', status: flag(simulated.isInitialized()), ...initialized(simulated) },
    { type: 'Ready', status: flag(isPodReady), ...ready },
    { type: 'ContainersReady', status: flag(isPodReady), ...ready },
  ];
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const obstacle = simulated.resources.obstacle();
  const pending = { type: 'PodResizePending', status: 'True', reason: 'Infeasible', message: obstacle };
  if (obstacle !== undefined) wanted.push(pending);
  return wanted.reduce<readonly Json[]>(
    (list, condition) => withCondition(list, { ...condition, ...observed }, now),
    objectsIn(old, 'conditions').filter((each) => each['type'] !== pending.type || obstacle !== undefined),
  );
}

function initialized(simulated: SimulatedPod): Json {
  if (simulated.isInitialized()) return {};
  const left = simulated.initContainers.filter((each) => each.state().type !== 'terminated');
  const names = left.map(({ spec }) => spec.name).join(' ');
  return { reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${names}]` };
}

function isReady(container: Container): boolean {
  return container.state().type === 'running';
}

function containerStatus(simulated: SimulatedPod, container: Container, isInit: boolean): Json {
  const { spec } = container;
  const state = container.state();
  const last = container.lastState();
  const hasRun = state.type !== 'waiting' || last !== undefined;
  const id = `containerd://${digest(`${simulated.uid} ${spec.name} ${container.restartCount()}`)}`;
  const image = canonicalImage(spec.image);
  const isDone = isInit && state.type === 'terminated' && state.exitCode === 0;
  // What has just ended is its present state, not its last one.
  const isLastOver = last !== undefined && last !== state;
  return {
    name: spec.name,
    state: stateJson(state, id),
    lastState: isLastOver ? stateJson(last, id) : {},
    ready: isReady(container) || isDone,
    restartCount: container.restartCount(),
    image,
    imageID: hasRun ? `${image.replace(/:[^/:]*$/, '')}@sha256:${digest(image)}` : '',
    ...(hasRun ? { containerID: id } : {}),
    started: isReady(container),
    ...(isReady(container) && given(simulated.resources.of(spec.name))),
  };
}

/** What a running container has been given. */
function given(resources: Json): Json {
  const { requests } = resources;
  return { ...(requests === undefined ? {} : { allocatedResources: requests }), resources };
}

function stateJson(state: ContainerState, containerID: string): Json {
  switch (state.type) {
    case 'waiting':
      return {
        waiting: { reason: state.reason, ...(state.message === undefined ? {} : { message: state.message }) },
      };
    case 'running':
      return { running: { startedAt: time(state.startedAt) } };
    case 'terminated': {
      const { exitCode, reason, startedAt, finishedAt } = state;
      return {
        terminated: {
          exitCode,
          reason,
          startedAt: time(startedAt),
          finishedAt: time(finishedAt),
          containerID,
        },
      };
    }
  }
}

/** `nginx` is `docker.io/library/nginx:latest`. Source: distribution/reference. */
function canonicalImage(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const full = hasHost ? image : `docker.io/${rest.length === 0 ? 'library/' : ''}${image}`;
  return /:[^/:]+$|@./.test(full) ? full : `${full}:latest`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** As metav1.Time is written. */
function time(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
