import { StatusError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import type { ControllerDeps } from '../controller.ts';
import { pods } from '../kinds.ts';
import type { Pod } from '../shapes.ts';
import { isOvertaken, makeObject, removeObject } from '../writes.ts';

/** As many as one look makes or deletes. Source: pkg/controller/replicaset BurstReplicas. */
const burst = 500;

/** Makes pods. Resolves with what the API said when it refused one: then the others are not tried. */
export async function makePods(
  { context }: ControllerDeps,
  namespace: string,
  wanted: readonly KubeObject[],
): Promise<string | undefined> {
  for (const pod of wanted.slice(0, burst)) {
    try {
      await makeObject(context, pods, namespace, pod);
    } catch (error) {
      if (!(error instanceof StatusError) || isOvertaken(error)) throw error;
      return error.status.message ?? '';
    }
  }
  return undefined;
}

export async function deletePods({ context }: ControllerDeps, unwanted: readonly Pod[]): Promise<void> {
  for (const pod of unwanted.slice(0, burst)) await removeObject(context, pods, pod);
}
