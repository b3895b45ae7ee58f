import { StatusError } from '../../../kube/index.ts';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import type { ControllerDeps } from '../controller.ts';
import { pods } from '../kinds.ts';
import type { Pod } from '../shapes.ts';
import { isOvertaken, makeObject, removeObject } from '../writes.ts';

/** As many as one look makes or deletes. Source: pkg/controller/replicaset BurstReplicas. */
const burst = 500;

/** Whose pods they are. */
export interface Manager {
  readonly kind: ResourceType;
  readonly object: KubeObject;
}

/** Makes pods. Resolves with what the API said when it refused one: then the others are not tried. */
export async function makePods(
  { context, tell }: ControllerDeps,
  { kind, object }: Manager,
  wanted: readonly KubeObject[],
): Promise<string | undefined> {
  const { namespace = '' } = object.metadata;
  for (const pod of wanted.slice(0, burst)) {
    try {
      const made = await makeObject(context, pods, namespace, pod);
      tell(kind, object, 'SuccessfulCreate', `Created pod: ${made.metadata.name}`);
    } catch (error) {
      if (!(error instanceof StatusError) || isOvertaken(error)) throw error;
      tell(kind, object, 'FailedCreate', `Error creating: ${error.status.message}`, 'Warning');
      return error.status.message ?? '';
    }
  }
  return undefined;
}

export async function deletePods(
  { context, tell }: ControllerDeps,
  { kind, object }: Manager,
  unwanted: readonly Pod[],
): Promise<void> {
  for (const pod of unwanted.slice(0, burst)) {
    await removeObject(context, pods, pod);
    tell(kind, object, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }
}
