import { timestamp } from '../objects/object-context.ts';
import type { KubeObject } from '../resources/index.ts';
import { withCondition } from './condition-list.ts';
import { type Controller, type ControllerDeps, controllerOf } from './controller.ts';
import { resolve } from './deployment/limits.ts';
import {
  deployments,
  disruptionBudgets,
  type Kind,
  pods,
  replicaSets,
  replicationControllers,
  statefulSets,
} from './kinds.ts';
import { managerOf, selects } from './ownership.ts';
import { isActive, isReady } from './pods/pod-facts.ts';
import type { DisruptionBudget, Pod } from './shapes.ts';
import { writeStatus } from './writes.ts';

/** Says how many pods may be disrupted. Source: Kubernetes pkg/controller/disruption. */
export const disruptionBudgetController: Controller = controllerOf({
  name: 'controllermanager',
  account: 'disruption-controller',
  kind: disruptionBudgets,
  follows: [pods, replicaSets, replicationControllers, statefulSets],
  concerns(world, { type, object, previous }) {
    const budgets = world.list(disruptionBudgets, object.metadata.namespace ?? '');
    // How many pods are expected depends on what their managers want.
    if (type !== pods) return budgets;
    return budgets.filter((budget) =>
      [object, previous].some((pod) => pod !== undefined && selects(budget, pod.metadata.labels)),
    );
  },
  async reconcile(deps, budget) {
    if (budget.metadata.deletionTimestamp !== undefined) return undefined;
    const own = deps.world
      .list(pods, budget.metadata.namespace ?? '')
      .filter(
        (pod) =>
          selects(budget, pod.metadata.labels) &&
          pod.status.phase !== 'Succeeded' &&
          pod.status.phase !== 'Failed',
      );
    await writeStatus(deps.context, disruptionBudgets, budget, statusOf(deps, budget, own));
    return undefined;
  },
});

function statusOf(
  deps: ControllerDeps,
  budget: DisruptionBudget,
  own: readonly Pod[],
): DisruptionBudget['status'] {
  const { minAvailable, maxUnavailable = 1 } = budget.spec;
  const isCount = typeof minAvailable === 'number';
  const expectedPods = isCount ? own.length : wantedByManagers(deps, own);
  const desiredHealthy =
    minAvailable === undefined
      ? Math.max(0, expectedPods - resolve(maxUnavailable, expectedPods, Math.ceil))
      : resolve(minAvailable, expectedPods, Math.ceil);
  const disruptedPods = stillDisrupted(deps, budget, own);
  const currentHealthy = own.filter(
    (pod) => isActive(pod) && isReady(pod) && disruptedPods[pod.metadata.name ?? ''] === undefined,
  ).length;
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  const isAllowed = disruptionsAllowed > 0;
  const condition = {
    type: 'DisruptionAllowed',
    status: isAllowed ? 'True' : 'False',
    reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: budget.metadata.generation,
  } as const;
  return {
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
    observedGeneration: budget.metadata.generation ?? 0,
    conditions: withCondition(budget.status.conditions ?? [], condition, timestamp(deps.context)),
  };
}

/** An eviction that has not taken its pod away by then has failed. Source: DeletionTimeout. */
const evictionTimeoutMs = 120_000;

/** Pods that an eviction was granted for and that have not gone yet. */
function stillDisrupted(
  { context }: ControllerDeps,
  { status }: DisruptionBudget,
  own: readonly Pod[],
): Readonly<Record<string, string>> {
  const active = new Set(own.filter(isActive).map(({ metadata }) => metadata.name));
  const entries = Object.entries(status.disruptedPods ?? {});
  return Object.fromEntries(
    entries.filter(
      ([name, time]) => active.has(name) && Date.parse(time) + evictionTimeoutMs > context.now(),
    ),
  );
}

const scaledKinds: readonly Kind<KubeObject & { readonly spec: { readonly replicas: number } }>[] = [
  replicaSets,
  replicationControllers,
  statefulSets,
  deployments,
];

/** Pods that nobody manages are not expected to come back. Source: getExpectedScale. */
function wantedByManagers({ world }: ControllerDeps, own: readonly Pod[]): number {
  const sizes = new Map<string, number>();
  for (const pod of own) {
    const { namespace = '' } = pod.metadata;
    const find = (object: KubeObject) => {
      const { kind, name = '', uid } = managerOf(object) ?? {};
      const type = scaledKinds.find((each) => each.kind === kind);
      const found = type && world.get(type, namespace, name);
      return found?.metadata.uid === uid ? found : undefined;
    };
    const manager = find(pod);
    if (manager === undefined) continue;
    // During a rollout, a deployment has several sets, and wants what it says itself.
    const scaled = find(manager) ?? manager;
    sizes.set(scaled.metadata.uid ?? '', scaled.spec.replicas);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
