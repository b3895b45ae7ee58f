import { humanDuration, timeSince } from '../human-duration.ts';
import { containerCells, formatLabels, formatSelector, hasCondition } from './format.ts';
import { at, type Cell, count, creationTimestamp, list, name, orNone, text } from './read.ts';

// Source of all: Kubernetes pkg/printers/internalversion/printers.go.

export function deploymentCells(deployment: unknown, now: number): readonly Cell[] {
  return [
    name(deployment),
    `${count(deployment, 'status', 'readyReplicas')}/${count(deployment, 'spec', 'replicas')}`,
    count(deployment, 'status', 'updatedReplicas'),
    count(deployment, 'status', 'availableReplicas'),
    ...ageAndTemplate(deployment, now),
    formatSelector(at(deployment, 'spec', 'selector')),
  ];
}

export function replicaSetCells(replicaSet: unknown, now: number): readonly Cell[] {
  return [...replicaCells(replicaSet, now), formatSelector(at(replicaSet, 'spec', 'selector'))];
}

export function replicationControllerCells(controller: unknown, now: number): readonly Cell[] {
  return [...replicaCells(controller, now), formatLabels(at(controller, 'spec', 'selector'))];
}

function replicaCells(owner: unknown, now: number): readonly Cell[] {
  return [
    name(owner),
    count(owner, 'spec', 'replicas'),
    count(owner, 'status', 'replicas'),
    count(owner, 'status', 'readyReplicas'),
    ...ageAndTemplate(owner, now),
  ];
}

export function statefulSetCells(statefulSet: unknown, now: number): readonly Cell[] {
  const ready = `${count(statefulSet, 'status', 'readyReplicas')}/${count(statefulSet, 'spec', 'replicas')}`;
  return [name(statefulSet), ready, ...ageAndTemplate(statefulSet, now)];
}

export function daemonSetCells(daemonSet: unknown, now: number): readonly Cell[] {
  return [
    name(daemonSet),
    count(daemonSet, 'status', 'desiredNumberScheduled'),
    count(daemonSet, 'status', 'currentNumberScheduled'),
    count(daemonSet, 'status', 'numberReady'),
    count(daemonSet, 'status', 'updatedNumberScheduled'),
    count(daemonSet, 'status', 'numberAvailable'),
    formatLabels(at(daemonSet, 'spec', 'template', 'spec', 'nodeSelector')),
    ...ageAndTemplate(daemonSet, now),
    formatSelector(at(daemonSet, 'spec', 'selector')),
  ];
}

function ageAndTemplate(owner: unknown, now: number): readonly Cell[] {
  return [timeSince(creationTimestamp(owner), now), ...containerCells(at(owner, 'spec', 'template', 'spec'))];
}

export function jobCells(job: unknown, now: number): readonly Cell[] {
  return [
    name(job),
    jobStatus(job),
    jobCompletions(job),
    jobDuration(job, now),
    ...ageAndTemplate(job, now),
    formatSelector(at(job, 'spec', 'selector')),
  ];
}

const jobConditions: readonly (readonly [condition: string, status: string])[] = [
  ['Suspended', 'Suspended'],
  ['FailureTarget', 'FailureTarget'],
  ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
];

function jobStatus(job: unknown): string {
  if (hasCondition(job, 'Complete')) return 'Complete';
  if (hasCondition(job, 'Failed')) return 'Failed';
  if (text(job, 'metadata', 'deletionTimestamp') !== '') return 'Terminating';
  return jobConditions.find(([condition]) => hasCondition(job, condition))?.[1] ?? 'Running';
}

function jobCompletions(job: unknown): string {
  const succeeded = count(job, 'status', 'succeeded');
  const completions = at(job, 'spec', 'completions');
  if (typeof completions === 'number') return `${succeeded}/${completions}`;
  const parallelism = count(job, 'spec', 'parallelism');
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: unknown, now: number): string {
  const start = Date.parse(text(job, 'status', 'startTime'));
  if (Number.isNaN(start)) return '';
  const end = Date.parse(text(job, 'status', 'completionTime'));
  return humanDuration((Number.isNaN(end) ? now : end) - start);
}

export function cronJobCells(cronJob: unknown, now: number): readonly Cell[] {
  const lastSchedule = text(cronJob, 'status', 'lastScheduleTime');
  const suspend = at(cronJob, 'spec', 'suspend');
  const jobSpec = at(cronJob, 'spec', 'jobTemplate', 'spec');
  return [
    name(cronJob),
    text(cronJob, 'spec', 'schedule'),
    orNone(text(cronJob, 'spec', 'timeZone')),
    suspend === undefined ? '<unset>' : suspend === true ? 'True' : 'False',
    list(cronJob, 'status', 'active').length,
    lastSchedule === '' ? '<none>' : timeSince(lastSchedule, now),
    timeSince(creationTimestamp(cronJob), now),
    ...containerCells(at(jobSpec, 'template', 'spec')),
    formatSelector(at(jobSpec, 'selector')),
  ];
}

export function podTemplateCells(template: unknown): readonly Cell[] {
  return [
    name(template),
    ...containerCells(at(template, 'template', 'spec')),
    formatLabels(at(template, 'template', 'metadata', 'labels')),
  ];
}

export function controllerRevisionCells(revision: unknown, now: number): readonly Cell[] {
  const owner = list(revision, 'metadata', 'ownerReferences').find((each) => at(each, 'controller') === true);
  const [group = ''] = text(owner, 'apiVersion').split('/');
  const kind = `${text(owner, 'kind')}.${group}`.toLowerCase();
  return [
    name(revision),
    owner === undefined ? '<none>' : `${kind}/${text(owner, 'name')}`,
    count(revision, 'revision'),
    timeSince(creationTimestamp(revision), now),
  ];
}
