import type { LabelSelector } from '../../kube/index.ts';
import { timestamp } from '../objects/object-context.ts';
import type { KubeObject } from '../resources/index.ts';
import { withCondition, withoutCondition } from './condition-list.ts';
import { type Controller, type ControllerDeps, controllerOf } from './controller.ts';
import { type Kind, pods, replicaSets, replicationControllers } from './kinds.ts';
import { claimed, managerOf, managersConcerned, selects } from './ownership.ts';
import { deletePods, makePods } from './pods/adjust-pods.ts';
import { inDeletionOrder } from './pods/deletion-order.ts';
import { isActive, isAvailable, isReady, isTerminating, nextAvailableInMs } from './pods/pod-facts.ts';
import { podOfTemplate } from './pods/pod-of-template.ts';
import type { Pod, ReplicaSet } from './shapes.ts';
import { writeStatus } from './writes.ts';

/** What the API refuses today it may take later, for reasons that nobody tells the set of. */
const retryRefusedMs = 15_000;

/** Keeps as many pods of one template as are wanted. Source: Kubernetes pkg/controller/replicaset. */
export const replicaSetController: Controller = controllerFor(replicaSets);

/** The same for the kind that ReplicaSets have replaced. Source: pkg/controller/replication. */
export const replicationControllerController: Controller = controllerFor(replicationControllers);

function controllerFor(kind: Kind<ReplicaSet>): Controller {
  return controllerOf({
    name: kind === replicationControllers ? 'replication-controller' : 'replicaset-controller',
    kind,
    follows: [pods],
    concerns: (world, change) => managersConcerned(world, kind, change),
    async reconcile(deps, stored) {
      const set = kind === replicationControllers ? withSelector(stored) : stored;
      const { namespace = '', deletionTimestamp } = set.metadata;
      const candidates = deps.world.list(pods, namespace);
      const own = await claimed(deps, { kind, object: set }, pods, candidates.filter(isActive));
      const leaving = candidates.filter((pod) => isTerminating(pod) && isOwn(set, pod));
      const refusal = deletionTimestamp === undefined ? await adjust(deps, kind, set, own) : undefined;
      const status = statusOf(deps, set, own, refusal);
      // The older kind does not count them.
      const terminating = kind === replicaSets ? { terminatingReplicas: leaving.length } : {};
      await writeStatus(deps.context, kind, stored, { ...status, ...terminating });
      if (refusal !== undefined) return retryRefusedMs;
      return nextAvailableInMs(own, set.spec.minReadySeconds ?? 0, deps.now());
    },
  });
}

function isOwn(set: ReplicaSet, pod: Pod): boolean {
  return managerOf(pod)?.uid === set.metadata.uid && selects(set, pod.metadata.labels);
}

function withSelector(controller: ReplicaSet): ReplicaSet {
  const matchLabels = controller.spec.selector as NonNullable<LabelSelector['matchLabels']>;
  return { ...controller, spec: { ...controller.spec, selector: { matchLabels } } };
}

/** Why the API refused a pod, if it did. */
async function adjust(
  deps: ControllerDeps,
  kind: Kind<ReplicaSet>,
  set: ReplicaSet,
  own: readonly Pod[],
): Promise<string | undefined> {
  const missing = set.spec.replicas - own.length;
  if (missing < 0) {
    await deletePods(deps, { kind, object: set }, inDeletionOrder(own).slice(0, -missing));
    return undefined;
  }
  const { name = '' } = set.metadata;
  const wanted = Array.from(
    { length: missing },
    (): KubeObject => podOfTemplate(set.spec.template, { kind, object: set }, { generateName: `${name}-` }),
  );
  return makePods(deps, { kind, object: set }, wanted);
}

/** Counts the pods as they were looked at: those made or deleted just now bring the set up again. */
function statusOf(
  { context, now }: ControllerDeps,
  set: ReplicaSet,
  own: readonly Pod[],
  refusal: string | undefined,
): ReplicaSet['status'] {
  const labels = Object.entries(set.spec.template.metadata?.labels ?? {});
  const isLabelled = (pod: Pod) => labels.every(([key, value]) => pod.metadata.labels?.[key] === value);
  const { minReadySeconds = 0 } = set.spec;
  const available = own.filter((pod) => isAvailable(pod, minReadySeconds, now()));
  const before = set.status.conditions ?? [];
  const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' } as const;
  const conditions =
    refusal === undefined
      ? withoutCondition(before, failure.type)
      : withCondition(before, { ...failure, message: refusal }, timestamp(context));
  const counts = {
    fullyLabeledReplicas: own.filter(isLabelled).length,
    readyReplicas: own.filter(isReady).length,
    availableReplicas: available.length,
  };
  const shown = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  return {
    replicas: own.length,
    ...shown,
    observedGeneration: set.metadata.generation ?? 1,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}
