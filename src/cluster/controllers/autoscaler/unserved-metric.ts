import type { Autoscaler, MetricSpec } from './autoscaler.ts';
import { labelSelectorText } from './label-selector-text.ts';
import type { MetricProposal } from './metric-proposal.ts';

const noCustomMetrics =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';

/**
 * What becomes of metrics that other APIs than metrics.k8s.io would tell, in a cluster where nobody serves those: an adapter
 * would (`custom.metrics.k8s.io`, `external.metrics.k8s.io`), and there is none.
 * Source: Kubernetes pkg/controller/podautoscaler/horizontal.go computeStatusForPodsMetric and its like.
 */
export function unservedMetric(autoscaler: Autoscaler, metric: MetricSpec): MetricProposal {
  if (metric.pods !== undefined) return podsMetric(metric.pods);
  if (metric.object !== undefined) return objectMetric(autoscaler, metric.object);
  if (metric.external !== undefined) return externalMetric(autoscaler, metric.external);
  const cause = `unknown metric source type ${JSON.stringify(metric.type)}`;
  return failed('InvalidMetricSourceType', cause, cause);
}

function podsMetric({ metric: { name } }: NonNullable<MetricSpec['pods']>): MetricProposal {
  const cause = `unable to get metric ${name}: ${noCustomMetrics}`;
  return failed('FailedGetPodsMetric', cause, `failed to get pods metric value: ${cause}`);
}

function objectMetric(
  { metadata }: Autoscaler,
  { metric: { name }, describedObject, target }: NonNullable<MetricSpec['object']>,
): MetricProposal {
  const { kind, name: described } = describedObject;
  const isWhole = target.type === 'Value' && target.value !== undefined;
  const isDivided = target.type === 'AverageValue' && target.averageValue !== undefined;
  const cause =
    isWhole || isDivided
      ? // The words are in this order there, too.
        `unable to get metric ${name}: ${kind} on ${metadata.namespace} ${described}/${noCustomMetrics}`
      : 'invalid object metric source: neither a value target nor an average value target was set';
  const told = isDivided ? `failed to get ${name} object metric: ${cause}` : cause;
  return failed('FailedGetObjectMetric', cause, `failed to get object metric value: ${told}`);
}

function externalMetric(
  { metadata }: Autoscaler,
  { metric: { name, selector }, target }: NonNullable<MetricSpec['external']>,
): MetricProposal {
  const which = `${metadata.namespace}/${name}/${labelSelectorText(selector)}`;
  const missing = `the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`;
  const cause = `unable to get external metric ${which}: unable to fetch metrics from external metrics API: ${missing}`;
  const told =
    target.averageValue === undefined
      ? `failed to get external metric ${name}: ${cause}`
      : `failed to get ${name} external metric: ${cause}`;
  return failed('FailedGetExternalMetric', cause, `failed to get ${name} external metric value: ${told}`);
}

function failed(reason: string, cause: string, message: string): MetricProposal {
  return { outcome: 'failed', reason, cause, message };
}
