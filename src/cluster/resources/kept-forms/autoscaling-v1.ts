import type { KeptForm, KubeObject } from '../resource-type.ts';

type Json = Record<string, unknown>;

/** What v1 has no member for lies in annotations. Source: Kubernetes pkg/apis/autoscaling/annotations.go. */
const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';
const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';
const conditionsAnnotation = 'autoscaling.alpha.kubernetes.io/conditions';
const currentAnnotation = 'autoscaling.alpha.kubernetes.io/current-metrics';

/**
 * Autoscalers are kept as autoscaling/v2 has them: v1 knows one metric, the share of the CPU. The others are, unlike in
 * Kubernetes, written into annotations in v2's own form. Source: pkg/apis/autoscaling/v1/conversion.go.
 */
export const autoscalingV1: KeptForm = {
  version: 'v2',
  toStored({ metadata, ...autoscaler }) {
    const { targetCPUUtilizationPercentage: cpu, ...spec } = asJson(autoscaler['spec']);
    const { currentCPUUtilizationPercentage: current, ...status } = asJson(autoscaler['status']);
    const {
      [metricsAnnotation]: metrics,
      [behaviorAnnotation]: behavior,
      ...others
    } = metadata.annotations ?? {};
    const {
      [conditionsAnnotation]: conditions,
      [currentAnnotation]: currentMetrics,
      ...annotations
    } = others;
    const ofCpu = (member: string, value: unknown) =>
      value === undefined ? [] : [cpuMetric(member, Number(value))];
    const wanted = [...ofCpu('target', cpu), ...parsedList(metrics)];
    return {
      ...autoscaler,
      apiVersion: 'autoscaling/v2',
      metadata: withAnnotations(metadata, annotations),
      spec: {
        ...spec,
        // Without any metric, v2 means this one.
        metrics: wanted.length > 0 ? wanted : ofCpu('target', 80),
        ...(behavior !== undefined && { behavior: parsed(behavior) }),
      },
      ...(autoscaler['status'] !== undefined && {
        status: {
          ...status,
          ...listed('currentMetrics', [...ofCpu('current', current), ...parsedList(currentMetrics)]),
          ...listed('conditions', parsedList(conditions)),
        },
      }),
    };
  },

  fromStored({ metadata, ...autoscaler }) {
    const { metrics, behavior, ...spec } = asJson(autoscaler['spec']);
    const { currentMetrics, conditions, ...status } = asJson(autoscaler['status']);
    const wanted = split(metrics, 'target');
    const current = split(currentMetrics, 'current');
    const annotations = {
      ...metadata.annotations,
      ...written(metricsAnnotation, wanted.others),
      ...(behavior !== undefined && { [behaviorAnnotation]: JSON.stringify(behavior) }),
      ...written(currentAnnotation, current.others),
      ...written(conditionsAnnotation, Array.isArray(conditions) ? conditions : []),
    };
    return {
      ...autoscaler,
      apiVersion: 'autoscaling/v1',
      metadata: withAnnotations(metadata, annotations),
      spec: { ...spec, ...(wanted.cpu !== undefined && { targetCPUUtilizationPercentage: wanted.cpu }) },
      ...(autoscaler['status'] !== undefined && {
        status: {
          currentReplicas: 0,
          ...status,
          ...(current.cpu !== undefined && { currentCPUUtilizationPercentage: current.cpu }),
        },
      }),
    };
  },
};

function cpuMetric(member: string, averageUtilization: number): Json {
  const value = { ...(member === 'target' && { type: 'Utilization' }), averageUtilization };
  return { type: 'Resource', resource: { name: 'cpu', [member]: value } };
}

/** The first share of the CPU, and everything else. */
function split(
  metrics: unknown,
  member: string,
): { readonly cpu: unknown; readonly others: readonly unknown[] } {
  const list: readonly unknown[] = Array.isArray(metrics) ? metrics : [];
  const shareOf = (metric: unknown) => {
    const resource = asJson(asJson(metric)['resource']);
    return resource['name'] === 'cpu' ? asJson(resource[member])['averageUtilization'] : undefined;
  };
  const at = list.findIndex((metric) => shareOf(metric) !== undefined);
  return { cpu: shareOf(list[at]), others: list.filter((_, index) => index !== at) };
}

function withAnnotations(metadata: KubeObject['metadata'], annotations: Record<string, string>) {
  const { annotations: _, ...rest } = metadata;
  return Object.keys(annotations).length === 0 ? rest : { ...rest, annotations };
}

function written(annotation: string, list: readonly unknown[]): Record<string, string> {
  return list.length === 0 ? {} : { [annotation]: JSON.stringify(list) };
}

function listed(member: string, list: readonly unknown[]): Json {
  return list.length === 0 ? {} : { [member]: list };
}

function parsedList(text: string | undefined): readonly unknown[] {
  const value = text === undefined ? [] : parsed(text);
  return Array.isArray(value) ? value : [];
}

/** An annotation is its author's: what is no JSON says nothing. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
