import { findResourceType, type KubeObject, type ResourceType } from '../resources/index.ts';
import type { Deployment, Pod, ReplicaSet } from './shapes.ts';

/** A served kind, and what its objects look like to the controllers. */
export interface Kind<T extends KubeObject> extends ResourceType {
  /** Never there: it ties the type to the shape of its objects. */
  readonly shape?: T;
}

function kind<T extends KubeObject>(group: string, resource: string): Kind<T> {
  const type = findResourceType(group, 'v1', resource);
  if (type === undefined) throw new Error(`the resource table lacks ${resource}`);
  return type;
}

export const pods = kind<Pod>('', 'pods');
export const deployments = kind<Deployment>('apps', 'deployments');
export const replicaSets = kind<ReplicaSet>('apps', 'replicasets');
export const replicationControllers = kind<ReplicaSet>('', 'replicationcontrollers');
