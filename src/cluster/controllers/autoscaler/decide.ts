import type { ControllerDeps } from '../controller.ts';
import { autoscalers } from '../kinds.ts';
import type { Autoscaler } from './autoscaler.ts';
import type { Conditions } from './conditions.ts';
import { type Memory, remember } from './memory.ts';
import { proposeReplicas } from './propose-replicas.ts';
import type { ScaleTarget } from './scale-target.ts';
import { stabilize } from './stabilize.ts';
import { refusalOf, selectedPods } from './target-pods.ts';

/** How many pods there are to be. */
export interface Decision {
  /** undefined: it cannot be told. */
  readonly replicas: number | undefined;
  readonly reason: string;
  readonly metrics: readonly object[];
}

/** Follows the metrics, within all bounds. The conditions tell of it. */
export async function decide(
  deps: ControllerDeps,
  autoscaler: Autoscaler,
  target: ScaleTarget,
  memory: Memory,
  conditions: Conditions,
): Promise<Decision> {
  const { minReplicas: min = 1, maxReplicas: max, behavior } = autoscaler.spec;
  const { replicas: current } = target;
  const withoutMetrics = (replicas: number, reason: string): Decision => ({ replicas, reason, metrics: [] });
  if (current === 0 && min !== 0) {
    const why = 'scaling is disabled since the replica count of the target is zero';
    conditions.set('ScalingActive', 'False', 'ScalingDisabled', why);
    return withoutMetrics(0, '');
  }
  if (current > max) return withoutMetrics(max, 'Current number of replicas above Spec.MaxReplicas');
  if (current < min) return withoutMetrics(min, 'Current number of replicas below Spec.MinReplicas');
  const proposed = await proposeByMetrics(deps, autoscaler, target, conditions);
  const { replicas: desired, metrics } = proposed;
  if (desired === undefined) return { replicas: undefined, reason: '', metrics };
  const now = deps.now();
  const stable = stabilize(behavior, memory, { current, desired, min, max, now });
  memory.recommendations = remember(memory.recommendations, { at: now, replicas: desired });
  const { able, limited, replicas } = stable;
  conditions.set('AbleToScale', 'True', able.reason, able.message);
  conditions.set('ScalingLimited', limited.isLimited ? 'True' : 'False', limited.reason, limited.message);
  const reason =
    desired > current ? `${proposed.name} above target` : desired < current ? 'All metrics below target' : '';
  return { replicas, reason, metrics };
}

interface Proposed {
  readonly replicas: number | undefined;
  readonly name: string;
  readonly metrics: readonly object[];
}

/** The most that any metric calls for. Source: computeReplicasForMetrics. */
async function proposeByMetrics(
  deps: ControllerDeps,
  autoscaler: Autoscaler,
  target: ScaleTarget,
  conditions: Conditions,
): Promise<Proposed> {
  const warn = (reason: string, message: string) =>
    deps.tell(autoscalers, autoscaler, reason, message, 'Warning');
  const fail = (message: string, metrics: readonly object[]): Proposed => {
    warn('FailedComputeMetricsReplicas', message);
    return { replicas: undefined, name: '', metrics };
  };
  const refusal = await refusalOf(deps, autoscaler, target);
  if (refusal !== undefined) {
    warn(refusal.event, refusal.message);
    conditions.set('ScalingActive', 'False', refusal.reason, refusal.why);
    return fail(refusal.message, []);
  }
  const own = selectedPods(deps, autoscaler, target);
  const specs = autoscaler.spec.metrics ?? [];
  const proposals = [];
  for (const spec of specs) {
    const situation = { deps, autoscaler, currentReplicas: target.replicas, pods: own };
    const proposal = await proposeReplicas(situation, spec);
    if (proposal.outcome === 'failed') warn(proposal.reason, proposal.cause);
    proposals.push(proposal);
  }
  const metrics = proposals.map((each) => (each.outcome === 'proposed' ? each.status : { type: '' }));
  const failed = proposals.filter((each) => each.outcome === 'failed');
  const usable = proposals.filter((each) => each.outcome === 'proposed');
  const [highest] = usable.toSorted((a, b) => b.replicas - a.replicas);
  const [first] = failed;
  // What cannot be measured might be what all the pods are needed for.
  if (highest === undefined || (first !== undefined && highest.replicas < target.replicas)) {
    const why = `the HPA was unable to compute the replica count: ${first?.cause}`;
    conditions.set('ScalingActive', 'False', first?.reason ?? '', why);
    const count = `${failed.length} invalid out of ${specs.length}`;
    return fail(`invalid metrics (${count}), first error is: ${first?.message}`, metrics);
  }
  const found = `the HPA was able to successfully calculate a replica count from ${highest.name}`;
  conditions.set('ScalingActive', 'True', 'ValidMetricFound', found);
  return { replicas: highest.replicas, name: highest.name, metrics };
}
