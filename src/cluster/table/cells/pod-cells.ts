import { timeSince } from '../human-duration.ts';
import { hasCondition } from './format.ts';
import { at, type Cell, count, creationTimestamp, list, name, orNone, text } from './read.ts';

/** Source: Kubernetes pkg/printers/internalversion/printers.go printPod. */
export function podCells(pod: unknown, now: number): readonly Cell[] {
  const { reason, ready, restarts, lastRestart } = summarize(pod);
  const total = list(pod, 'spec', 'containers').length + sidecarNames(pod).size;
  const restartsCell =
    restarts > 0 && lastRestart !== '' ? `${restarts} (${timeSince(lastRestart, now)} ago)` : `${restarts}`;
  return [
    name(pod),
    `${ready}/${total}`,
    reason,
    restartsCell,
    timeSince(creationTimestamp(pod), now),
    orNone(text(pod, 'status', 'podIP') || text(list(pod, 'status', 'podIPs')[0], 'ip')),
    orNone(text(pod, 'spec', 'nodeName')),
    orNone(text(pod, 'status', 'nominatedNodeName')),
    readinessGates(pod),
  ];
}

interface Summary {
  reason: string;
  ready: number;
  restarts: number;
  /** When a container last ended before it was restarted; '' when none was. */
  lastRestart: string;
}

function summarize(pod: unknown): Summary {
  const init = initSummary(pod);
  const isInitializing = init.reason !== '';
  const phase = text(pod, 'status', 'phase');
  const summary = { ...init, reason: init.reason || podReason(pod, phase) };
  if (!isInitializing || hasCondition(pod, 'Initialized')) addContainers(pod, summary);
  if (text(pod, 'metadata', 'deletionTimestamp') !== '') {
    if (text(pod, 'status', 'reason') === 'NodeLost') summary.reason = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') summary.reason = 'Terminating';
  }
  return summary;
}

function podReason(pod: unknown, phase: string): string {
  const isGated = list(pod, 'status', 'conditions').some(
    (each) => text(each, 'type') === 'PodScheduled' && text(each, 'reason') === 'SchedulingGated',
  );
  return isGated ? 'SchedulingGated' : text(pod, 'status', 'reason') || phase;
}

/** What the init containers say; an empty reason means that initialization is over. */
function initSummary(pod: unknown): Summary {
  const sidecars = sidecarNames(pod);
  const summary: Summary = { reason: '', ready: 0, restarts: 0, lastRestart: '' };
  const total = list(pod, 'spec', 'initContainers').length;
  for (const [index, status] of list(pod, 'status', 'initContainerStatuses').entries()) {
    countRestarts(summary, status);
    const isSidecar = sidecars.has(text(status, 'name'));
    if (
      at(status, 'state', 'terminated') !== undefined &&
      count(status, 'state', 'terminated', 'exitCode') === 0
    )
      continue;
    if (isSidecar && at(status, 'started') === true) {
      if (at(status, 'ready') === true) summary.ready += 1;
      continue;
    }
    summary.reason = `Init:${initReason(status) || `${index}/${total}`}`;
    break;
  }
  return summary;
}

function initReason(status: unknown): string {
  if (at(status, 'state', 'terminated') !== undefined) return terminatedReason(status);
  const waiting = text(status, 'state', 'waiting', 'reason');
  return waiting === 'PodInitializing' ? '' : waiting;
}

function addContainers(pod: unknown, summary: Summary): void {
  // The restarts of ordinary init containers no longer matter; those of sidecars do.
  const sidecars = sidecarNames(pod);
  Object.assign(summary, { restarts: 0, lastRestart: '' });
  for (const status of list(pod, 'status', 'initContainerStatuses')) {
    if (sidecars.has(text(status, 'name'))) countRestarts(summary, status);
  }
  let isAnyRunning = false;
  for (const status of list(pod, 'status', 'containerStatuses').toReversed()) {
    countRestarts(summary, status);
    const waiting = text(status, 'state', 'waiting', 'reason');
    if (waiting !== '') summary.reason = waiting;
    else if (at(status, 'state', 'terminated') !== undefined) summary.reason = terminatedReason(status);
    else if (at(status, 'ready') === true && at(status, 'state', 'running') !== undefined) {
      isAnyRunning = true;
      summary.ready += 1;
    }
  }
  if (summary.reason === 'Completed' && isAnyRunning)
    summary.reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
}

function terminatedReason(status: unknown): string {
  const terminated = at(status, 'state', 'terminated');
  const signal = count(terminated, 'signal');
  return (
    text(terminated, 'reason') ||
    (signal === 0 ? `ExitCode:${count(terminated, 'exitCode')}` : `Signal:${signal}`)
  );
}

function countRestarts(summary: Summary, status: unknown): void {
  summary.restarts += count(status, 'restartCount');
  const finished = text(status, 'lastState', 'terminated', 'finishedAt');
  if (finished !== '' && !(Date.parse(finished) < Date.parse(summary.lastRestart)))
    summary.lastRestart = finished;
}

/** Names of the init containers that keep running beside the pod's containers. */
function sidecarNames(pod: unknown): ReadonlySet<string> {
  const sidecars = list(pod, 'spec', 'initContainers').filter(
    (each) => text(each, 'restartPolicy') === 'Always',
  );
  return new Set(sidecars.map((each) => text(each, 'name')));
}

function readinessGates(pod: unknown): string {
  const gates = list(pod, 'spec', 'readinessGates');
  if (gates.length === 0) return '<none>';
  const open = gates.filter((gate) => hasCondition(pod, text(gate, 'conditionType')));
  return `${open.length}/${gates.length}`;
}
