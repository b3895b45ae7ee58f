import { isDeepStrictEqual } from 'node:util';
import { StatusError } from '../../../kube/index.ts';
import type { KubeObject, ObjectMeta } from '../../resources/index.ts';
import type { ControllerDeps } from '../controller.ts';
import { deployments, replicaSets } from '../kinds.ts';
import { managedBy, managerOf } from '../ownership.ts';
import type { Deployment, ReplicaSet } from '../shapes.ts';
import { changeObject, makeObject, writeStatus } from '../writes.ts';
import { newestSize, wantedBy } from './limits.ts';
import { revisionAnnotations, revisionOf, sizeAnnotations } from './revision.ts';
import type { Sets, Size } from './sizes.ts';
import { hashLabel, sameTemplate, templateHash } from './template-hash.ts';

/** The set of the deployment's present template, and the others. Source: deployment_util.go FindNewReplicaSet. */
export function partition(deployment: Deployment, own: readonly ReplicaSet[]): Sets {
  const oldestFirst = own.toSorted(byAge);
  const newest = oldestFirst.find((set) => sameTemplate(set.spec.template, deployment.spec.template));
  return { newest, old: oldestFirst.filter((set) => set !== newest) };
}

function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const time = ({ metadata }: ReplicaSet) => Date.parse(metadata.creationTimestamp ?? '');
  return (
    time(a) - time(b) ||
    revisionOf(a) - revisionOf(b) ||
    ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)
  );
}

/**
 * The deployment and its sets with the newest one being there and numbered. A rollback makes an old set the newest: it
 * gets the next number. Source: pkg/controller/deployment/sync.go getNewReplicaSet.
 */
export async function withNewest(deps: ControllerDeps, deployment: Deployment, sets: Sets): Promise<Sets> {
  const revision = Math.max(0, ...sets.old.map(revisionOf)) + 1;
  if (sets.newest === undefined) return { ...sets, newest: await make(deps, deployment, sets, revision) };
  return { ...sets, newest: await renumbered(deps, deployment, sets.newest, revision) };
}

/** The set as the deployment's newest: with its annotations, and the revision unless it has a later one. */
export async function renumbered(
  { context }: ControllerDeps,
  deployment: Deployment,
  set: ReplicaSet,
  revision: number,
): Promise<ReplicaSet> {
  const annotations = revisionAnnotations(deployment, set, revision);
  const { minReadySeconds } = deployment.spec;
  const isSame =
    isDeepStrictEqual(annotations, set.metadata.annotations ?? {}) &&
    (set.spec.minReadySeconds ?? 0) === (minReadySeconds ?? 0);
  if (isSame) return set;
  return changeObject(context, replicaSets, set, (object) => ({
    ...object,
    metadata: { ...object.metadata, annotations },
    spec: { ...object.spec, minReadySeconds: minReadySeconds ?? 0 },
  }));
}

async function make(
  deps: ControllerDeps,
  deployment: Deployment,
  { old }: Sets,
  revision: number,
): Promise<ReplicaSet> {
  const { name = '', namespace = '' } = deployment.metadata;
  const hash = templateHash(deployment.spec.template, deployment.status.collisionCount);
  const labels = { ...deployment.spec.template.metadata?.labels, [hashLabel]: hash };
  const { selector, template, minReadySeconds = 0 } = deployment.spec;
  const metadata: ObjectMeta = {
    name: `${name}-${hash}`,
    labels,
    annotations: {
      ...revisionAnnotations(deployment, undefined, revision),
      ...sizeAnnotations(deployment),
    },
    ownerReferences: [managedBy(deployments, deployment)],
  };
  const set: KubeObject = structuredClone({
    metadata,
    spec: {
      replicas: newestSize(deployment, 0, wantedBy(old)),
      minReadySeconds,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
  try {
    const made = await makeObject(deps.context, replicaSets, namespace, set);
    if (made.spec.replicas > 0) tellOfScaling(deps, deployment, made, 0, made.spec.replicas);
    return made;
  } catch (error) {
    if (error instanceof StatusError && error.status.reason === 'AlreadyExists')
      await countCollision(deps, deployment, metadata.name ?? '');
    throw error;
  }
}

/** Another set has the name: the next attempt takes another hash. */
async function countCollision(
  { context, world }: ControllerDeps,
  deployment: Deployment,
  name: string,
): Promise<void> {
  const found = world.get(replicaSets, deployment.metadata.namespace ?? '', name);
  const isOwn = found !== undefined && managerOf(found)?.uid === deployment.metadata.uid;
  if (isOwn && sameTemplate(found.spec.template, deployment.spec.template)) return;
  const collisionCount = (deployment.status.collisionCount ?? 0) + 1;
  await writeStatus(context, deployments, deployment, { ...deployment.status, collisionCount });
}

/** Sizes sets, and notes on them what the deployment's size was. Source: sync.go scaleReplicaSet. */
export async function resize(
  deps: ControllerDeps,
  deployment: Deployment,
  sizes: readonly Size[],
): Promise<void> {
  for (const { set, replicas } of sizes) {
    const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) };
    const isSame =
      set.spec.replicas === replicas &&
      Object.entries(annotations).every(([key, value]) => set.metadata.annotations?.[key] === value);
    if (isSame) continue;
    await changeObject(deps.context, replicaSets, set, (object) => ({
      ...object,
      metadata: { ...object.metadata, annotations },
      spec: { ...object.spec, replicas },
    }));
    if (set.spec.replicas !== replicas) tellOfScaling(deps, deployment, set, set.spec.replicas, replicas);
  }
}

function tellOfScaling(
  { tell }: ControllerDeps,
  deployment: Deployment,
  { metadata }: ReplicaSet,
  from: number,
  to: number,
): void {
  const direction = to > from ? 'up' : 'down';
  const message = `Scaled ${direction} replica set ${metadata.name} from ${from} to ${to}`;
  tell(deployments, deployment, 'ScalingReplicaSet', message);
}
