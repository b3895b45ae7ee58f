import { timeSince } from '../human-duration.ts';
import { at, type Cell, count, creationTimestamp, list, name, text } from './read.ts';

// Source of all: Kubernetes pkg/printers/internalversion/printers.go.

export function roleBindingCells(binding: unknown, now: number): readonly Cell[] {
  const subjects = (kind: string, show: (subject: unknown) => string) =>
    list(binding, 'subjects')
      .filter((subject) => text(subject, 'kind') === kind)
      .map(show)
      .join(', ');
  return [
    name(binding),
    `${text(binding, 'roleRef', 'kind')}/${text(binding, 'roleRef', 'name')}`,
    timeSince(creationTimestamp(binding), now),
    subjects('User', (subject) => text(subject, 'name')),
    subjects('Group', (subject) => text(subject, 'name')),
    subjects('ServiceAccount', (subject) => `${text(subject, 'namespace')}/${text(subject, 'name')}`),
  ];
}

export function podDisruptionBudgetCells(budget: unknown, now: number): readonly Cell[] {
  return [
    name(budget),
    text(budget, 'spec', 'minAvailable') || 'N/A',
    text(budget, 'spec', 'maxUnavailable') || 'N/A',
    count(budget, 'status', 'disruptionsAllowed'),
    timeSince(creationTimestamp(budget), now),
  ];
}

export function horizontalPodAutoscalerCells(autoscaler: unknown, now: number): readonly Cell[] {
  const target = at(autoscaler, 'spec', 'scaleTargetRef');
  return [
    name(autoscaler),
    `${text(target, 'kind')}/${text(target, 'name')}`,
    metricTargets(autoscaler),
    text(autoscaler, 'spec', 'minReplicas') || '<unset>',
    count(autoscaler, 'spec', 'maxReplicas'),
    count(autoscaler, 'status', 'currentReplicas'),
    timeSince(creationTimestamp(autoscaler), now),
  ];
}

function metricTargets(autoscaler: unknown): string {
  const metrics = list(autoscaler, 'spec', 'metrics');
  if (metrics.length === 0) return '<none>';
  const shown = metrics.slice(0, 2).map((metric, index) => {
    const current = list(autoscaler, 'status', 'currentMetrics')[index];
    return `${text(metric, 'resource', 'name') || text(metric, 'type')}: ${metricValue(current, 'current')}/${metricValue(metric, 'target')}`;
  });
  const more = metrics.length > 2 ? ` + ${metrics.length - 2} more...` : '';
  return `${shown.join(', ')}${more}`;
}

const metricSources = ['resource', 'containerResource', 'pods', 'object', 'external'];

function metricValue(metric: unknown, side: 'current' | 'target'): string {
  const source = metricSources.map((field) => at(metric, field)).find((found) => found !== undefined);
  const value = at(source, side);
  const utilization = text(value, 'averageUtilization');
  if (utilization !== '') return `${utilization}%`;
  return text(value, 'averageValue') || text(value, 'value') || '<unknown>';
}

export function priorityClassCells(priority: unknown, now: number): readonly Cell[] {
  return [
    name(priority),
    count(priority, 'value'),
    at(priority, 'globalDefault') === true,
    timeSince(creationTimestamp(priority), now),
    text(priority, 'preemptionPolicy'),
  ];
}

export function runtimeClassCells(runtime: unknown, now: number): readonly Cell[] {
  return [name(runtime), text(runtime, 'handler'), timeSince(creationTimestamp(runtime), now)];
}
