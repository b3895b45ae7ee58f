import type { ObjectContext } from '../objects/object-context.ts';
import { coreType, type KubeObject } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';
import { containerUsage } from './container-usage.ts';
import type { Usage } from './usage.ts';
import { loadAnnotation, readWish, usageAnnotation, type Wish } from './usage-wish.ts';

/** A pod, and what each of its running containers uses. */
export interface PodUsage {
  readonly pod: KubeObject;
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[];
}

/** The pods of a namespace, or of all when it is '', that use anything. */
export async function podUsages(context: ObjectContext, namespace: string): Promise<readonly PodUsage[]> {
  const { items } = await context.objects.list(coreType('pods'), namespace);
  const running = items.map(({ object }) => object).filter((pod) => runningContainers(pod).length > 0);
  const loads = await loadsOf(context, running);
  return running.map((pod) => ({ pod, containers: usagesOf(pod, loads.get(pod)) }));
}

function usagesOf(pod: KubeObject, load: Wish | undefined): PodUsage['containers'] {
  const running = runningContainers(pod);
  const wish = { ...(load && divided(load, running.length)), ...readWish(pod, usageAnnotation) };
  const uid = pod.metadata.uid ?? '';
  return running.map((container) => ({
    name: String(container['name']),
    usage: containerUsage(container, uid, wish),
  }));
}

/** Those of a pod that runs, sidecars included, whose status says that they run. */
function runningContainers({ spec, status }: KubeObject): readonly Record<string, unknown>[] {
  const { phase, containerStatuses, initContainerStatuses } = asJsonObject(status);
  if (phase !== 'Running') return [];
  const running = new Set(
    [...asJsonArray(containerStatuses), ...asJsonArray(initContainerStatuses)]
      .map(asJsonObject)
      .filter(({ state }) => asJsonObject(state)['running'] !== undefined)
      .map(({ name }) => name),
  );
  const { containers, initContainers } = asJsonObject(spec);
  const all = [...asJsonArray(containers), ...asJsonArray(initContainers)].map(asJsonObject);
  return all.filter(({ name }) => running.has(name));
}

/** Each pod's part of what its workload is said to use as a whole. */
async function loadsOf(
  context: ObjectContext,
  pods: readonly KubeObject[],
): Promise<ReadonlyMap<KubeObject, Wish>> {
  const workloads = new Map<string, Promise<KubeObject | undefined>>();
  const found = await Promise.all(
    pods.map(async (pod) => ({ pod, workload: await workloadOf(context, pod, workloads) })),
  );
  const sharing = Map.groupBy(
    found.filter(({ workload }) => workload !== undefined),
    ({ workload }) => workload?.metadata.uid,
  );
  const loads = new Map<KubeObject, Wish>();
  for (const sharers of sharing.values()) {
    for (const { pod, workload } of sharers) {
      if (workload) loads.set(pod, divided(readWish(workload, loadAnnotation), sharers.length));
    }
  }
  return loads;
}

/** The nearest of a pod's managers that has a load: its set, or the deployment of that. @param known by uid */
async function workloadOf(
  context: ObjectContext,
  object: KubeObject,
  known: Map<string, Promise<KubeObject | undefined>>,
): Promise<KubeObject | undefined> {
  const { namespace = '', ownerReferences = [] } = object.metadata;
  const manager = ownerReferences.find(({ controller }) => controller === true);
  const { apiVersion, kind, name, uid } = asJsonObject(manager);
  const type = context.resources.table().findKind(String(apiVersion), String(kind));
  if (manager === undefined || type?.namespaced !== true) return undefined;
  const look = async () => {
    const stored = await context.objects.get(type, namespace, String(name));
    if (stored === undefined || stored.object.metadata.uid !== uid) return undefined;
    const isLoaded = stored.object.metadata.annotations?.[loadAnnotation] !== undefined;
    return isLoaded ? stored.object : workloadOf(context, stored.object, known);
  };
  const looking = known.get(String(uid)) ?? look();
  known.set(String(uid), looking);
  return looking;
}

/** A share is of what each asks for, however many there are. */
function divided(wish: Wish, count: number): Wish {
  const entries = Object.entries(wish).map(([name, amount]) => [
    name,
    amount.type === 'share' ? amount : { ...amount, divisor: (amount.divisor ?? 1) * count },
  ]);
  return Object.fromEntries(entries) as Wish;
}
