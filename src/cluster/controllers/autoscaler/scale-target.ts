import { notFound } from '../../../kube/index.ts';
import { readScale, writeReplicas } from '../../objects/scale-fields.ts';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import type { ControllerDeps } from '../controller.ts';
import { changeScale } from '../writes.ts';
import type { Autoscaler } from './autoscaler.ts';

/** What an autoscaler scales, as its /scale has it. */
export interface ScaleTarget {
  readonly type: ResourceType;
  readonly object: KubeObject;
  readonly replicas: number;
  readonly statusReplicas: number;
  /** '' for none. */
  readonly selector: string;
}

/** Throws an Error, or a StatusError, that says why there is none. */
export async function findTarget(
  { context }: ControllerDeps,
  { metadata, spec }: Autoscaler,
): Promise<ScaleTarget> {
  const { apiVersion = '', kind, name } = spec.scaleTargetRef;
  const type = context.resources.table().findKind(apiVersion, kind);
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/', 2) : ['', apiVersion];
  if (type === undefined) {
    throw new Error(
      `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(`${group === '' ? '' : `${group}/`}${version}`)}`,
    );
  }
  const hasScale = type.namespaced && type.subresources.some((each) => each.name === 'scale');
  if (!hasScale) throw new Error('the server could not find the requested resource');
  const stored = await context.objects.get(type, metadata.namespace ?? '', name);
  if (stored === undefined) throw notFound(type, name);
  const { replicas, statusReplicas, selector } = readScale(type, stored.object);
  return {
    type,
    object: stored.object,
    replicas: Number(replicas ?? 0),
    statusReplicas: Number(statusReplicas ?? 0),
    selector,
  };
}

/** Throws StatusError: 409 when somebody else wrote meanwhile. */
export async function scaleTo(
  { context }: ControllerDeps,
  target: ScaleTarget,
  replicas: number,
): Promise<void> {
  const { type, object } = target;
  await changeScale(context, type, object, (current) => writeReplicas(type, current, replicas));
}
