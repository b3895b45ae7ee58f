import { type LabelSelector, labelSelectorMatcher } from '../../kube/index.ts';
import { groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import type { ControllerDeps } from './controller.ts';
import type { Kind } from './kinds.ts';
import type { Change, World } from './world.ts';
import { changeObject } from './writes.ts';

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** The one owner that manages the object. Source: metav1.GetControllerOf. */
export function managerOf(object: KubeObject): OwnerReference | undefined {
  const references = (object.metadata.ownerReferences ?? []) as unknown as readonly OwnerReference[];
  return references.find(({ controller }) => controller === true);
}

/** How a managed object names its manager. Source: metav1.NewControllerRef. */
export function managedBy(type: ResourceType, { metadata }: KubeObject): Record<string, unknown> {
  const { name = '', uid = '' } = metadata;
  const reference: OwnerReference = {
    apiVersion: groupVersionOf(type),
    kind: type.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return { ...reference };
}

interface Selecting extends KubeObject {
  readonly spec: { readonly selector?: LabelSelector };
}

/** Managers that a change of something managed concerns: its own, the one before, and of an orphan those that select it. */
export function managersConcerned<T extends Selecting>(
  world: World,
  kind: Kind<T>,
  { object, previous }: Change,
): readonly T[] {
  const { namespace = '', labels } = object.metadata;
  const manager = managerOf(object);
  const own = [manager, previous && managerOf(previous)]
    .filter((each) => each?.kind === kind.kind)
    .map((each) => world.get(kind, namespace, each?.name ?? ''))
    .filter((each) => each !== undefined);
  if (manager !== undefined) return own;
  return [...own, ...world.list(kind, namespace).filter((each) => selects(each, labels))];
}

/** Whether an object with these labels is one that the manager selects. */
export function selects(manager: Selecting, labels: Record<string, string> | null | undefined): boolean {
  return labelSelectorMatcher(manager.spec.selector)(labels ?? undefined);
}

/**
 * The objects that a manager manages: its own that it still selects, and orphans that it selects, which it adopts. Its own
 * that it does not select any more are let go. Source: pkg/controller/controller_ref_manager.go ClaimObject.
 */
export async function claimed<M extends Selecting, T extends KubeObject>(
  { context }: ControllerDeps,
  manager: { readonly kind: Kind<M>; readonly object: M },
  kind: Kind<T>,
  candidates: readonly T[],
): Promise<readonly T[]> {
  const { uid, deletionTimestamp } = manager.object.metadata;
  const found: T[] = [];
  for (const candidate of candidates) {
    const reference = managerOf(candidate);
    const isSelected = selects(manager.object, candidate.metadata.labels);
    if (reference !== undefined && reference.uid !== uid) continue;
    if (reference !== undefined && isSelected) found.push(candidate);
    if (isSelected === (reference !== undefined) || deletionTimestamp !== undefined) continue;
    if (candidate.metadata.deletionTimestamp !== undefined) continue;
    const references = candidate.metadata.ownerReferences ?? [];
    const ownerReferences = isSelected
      ? [...references, managedBy(manager.kind, manager.object)]
      : references.filter((each) => each['uid'] !== uid);
    const changed = await changeObject(context, kind, candidate, (object) => ({
      ...object,
      metadata: { ...object.metadata, ownerReferences },
    }));
    if (isSelected) found.push(changed);
  }
  return found;
}
