import { podUsages } from '../../metrics/pod-usages.ts';
import {
  asJsonArray,
  asJsonObject,
  canonicalQuantity,
  containerResources,
  quantityRatio,
  resourceList,
} from '../../schema/index.ts';
import type { ControllerDeps } from '../controller.ts';
import type { Pod } from '../shapes.ts';
import type { Autoscaler, MetricSpec, MetricTarget } from './autoscaler.ts';
import type { MetricProposal } from './metric-proposal.ts';
import {
  type PodValues,
  type Proposal,
  type Question,
  type Tolerances,
  utilizationReplicas,
  valueReplicas,
} from './replica-calculator.ts';
import { unservedMetric } from './unserved-metric.ts';

export interface Situation {
  readonly deps: ControllerDeps;
  readonly autoscaler: Autoscaler;
  readonly currentReplicas: number;
  /** Those that the target selects. */
  readonly pods: readonly Pod[];
}

/** Source: Kubernetes pkg/controller/podautoscaler/horizontal.go computeReplicasForMetric. */
export async function proposeReplicas(situation: Situation, metric: MetricSpec): Promise<MetricProposal> {
  const { resource, containerResource } = metric;
  if (metric.type === 'Resource' && resource !== undefined) {
    return proposal('FailedGetResourceMetric', `${resource.name} resource metric`, async () => {
      const { name, ...current } = await replicasOf(situation, resource.name, resource.target, '');
      const status = { type: metric.type, resource: { name: resource.name, current: current.status } };
      return { ...current, name, status };
    });
  }
  if (metric.type === 'ContainerResource' && containerResource !== undefined) {
    const { name: resourceName, container, target } = containerResource;
    return proposal('FailedGetContainerResourceMetric', `${resourceName} container metric`, async () => {
      const { name, ...current } = await replicasOf(situation, resourceName, target, container);
      const status = { container, name: resourceName, current: current.status };
      return { ...current, name, status: { type: metric.type, containerResource: status } };
    });
  }
  return unservedMetric(situation.autoscaler, metric);
}

async function proposal(
  reason: string,
  what: string,
  propose: () => Promise<{ readonly replicas: number; readonly name: string; readonly status: object }>,
): Promise<MetricProposal> {
  try {
    return { outcome: 'proposed', ...(await propose()) };
  } catch (error) {
    const cause = (error as Error).message;
    return { outcome: 'failed', reason, cause, message: `failed to get ${what} value: ${cause}` };
  }
}

/** Source: computeStatusForResourceMetricGeneric. @param container '' for all of a pod */
async function replicasOf(
  situation: Situation,
  resource: string,
  { averageValue, averageUtilization }: MetricTarget,
  container: string,
): Promise<{ readonly replicas: number; readonly name: string; readonly status: object }> {
  const { autoscaler, currentReplicas, pods, deps } = situation;
  const what = averageValue === undefined ? 'utilization' : 'usage';
  const values = await valuesOf(situation, resource, container).catch((error: Error) => {
    throw new Error(
      `failed to get ${resource} ${what}: unable to get metrics for resource ${resource}: ${error.message}`,
    );
  });
  const tolerances = tolerancesOf(autoscaler);
  const question: Question = { pods, currentReplicas, values, resource, tolerances, now: deps.now() };
  const answer = (calculate: () => Proposal): Proposal => {
    try {
      return calculate();
    } catch (error) {
      throw new Error(`failed to get ${resource} ${what}: ${(error as Error).message}`);
    }
  };
  if (averageValue !== undefined) {
    const { replicas, average } = answer(() => valueReplicas(question, milli(averageValue)));
    return { replicas, name: `${resource} resource`, status: { averageValue: shown(average) } };
  }
  if (averageUtilization === undefined) {
    throw new Error(
      'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set',
    );
  }
  const { replicas, average, utilization } = answer(() =>
    utilizationReplicas(question, requestsOf(pods, resource, container), averageUtilization),
  );
  const name = `${resource} resource utilization (percentage of request)`;
  return { replicas, name, status: { averageUtilization: utilization, averageValue: shown(average) } };
}

/** What each pod uses, in milli-units. Throws an Error when that is not known of any. */
async function valuesOf(
  { deps, autoscaler, pods }: Situation,
  resource: string,
  container: string,
): Promise<PodValues> {
  const names = new Set(pods.map(({ metadata }) => metadata.name));
  const usages = await podUsages(deps.context, autoscaler.metadata.namespace ?? '');
  const own = usages.filter(({ pod }) => names.has(pod.metadata.name));
  if (own.length === 0 || !['cpu', 'memory'].includes(resource)) {
    throw new Error('no metrics returned from resource metrics API');
  }
  const entries = own.map(({ pod, containers }): [string, number] => {
    const { name = '', namespace } = pod.metadata;
    const counted = containers.filter((each) => container === '' || each.name === container);
    if (counted.length === 0) {
      const which = `container ${container} not present in metrics for pod ${namespace}/${name}`;
      throw new Error(`failed to get container metrics: ${which}`);
    }
    const milliOf = counted.map(({ usage }) =>
      resource === 'cpu' ? Math.ceil(usage.cpu / 1e6) : Math.ceil(usage.memory / 1024) * 1024 * 1000,
    );
    return [name, milliOf.reduce((sum, value) => sum + value, 0)];
  });
  return new Map(entries);
}

/** Source: calculatePodRequests. Throws an Error for a pod that does not say what it asks for. */
function requestsOf(pods: readonly Pod[], resource: string, container: string): PodValues {
  return new Map(
    pods.map((pod) => {
      const { name = '' } = pod.metadata;
      const whole = resourceList(asJsonObject(pod.spec['resources'])['requests'])[resource];
      if (container === '' && whole !== undefined) return [name, milli(whole)];
      const sidecars = asJsonArray(pod.spec['initContainers'])
        .map(asJsonObject)
        .filter((each) => each['restartPolicy'] === 'Always');
      const all = [...pod.spec.containers.map(asJsonObject), ...sidecars];
      const asked = all
        .filter((each) => container === '' || each['name'] === container)
        .map((each) => {
          const request = containerResources(each, 'requests')[resource];
          if (request !== undefined) return milli(request);
          throw new Error(
            `missing request for ${resource} in container ${String(each['name'])} of Pod ${name}`,
          );
        });
      return [name, asked.reduce((sum, value) => sum + value, 0)];
    }),
  );
}

/** Source: --horizontal-pod-autoscaler-tolerance. */
const defaultTolerance = '0.1';

function tolerancesOf({ spec: { behavior } }: Autoscaler): Tolerances {
  const share = (tolerance = defaultTolerance) => quantityRatio(tolerance, '1');
  return { up: share(behavior?.scaleUp.tolerance), down: share(behavior?.scaleDown.tolerance) };
}

function milli(quantity: string): number {
  return Math.ceil(quantityRatio(quantity, '1') * 1000);
}

/** Milli-units as a quantity. */
function shown(value: number): string {
  return canonicalQuantity(`${value}m`);
}
