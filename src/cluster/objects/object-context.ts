import type { FieldError, UserInfo } from '../../kube/index.ts';
import type { Hooks, Surroundings } from '../admission/index.ts';
import type { KubeObject, ResourceType, ServedResources } from '../resources/index.ts';
import type { ObjectStore } from './object-store.ts';

/** What the object operations share. */
export interface ObjectContext {
  readonly objects: ObjectStore;
  readonly resources: ServedResources;
  readonly surroundings: Surroundings;
  readonly hooks: Hooks;
  /** In whose name is written what no request has asked for. Absent: in nobody's, and no webhook and no policy looks at it. */
  readonly writer?: UserInfo;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly validate: (type: ResourceType, object: KubeObject, old?: KubeObject) => readonly FieldError[];
}

/** Now, as metav1.Time writes it: whole seconds, UTC. */
export function timestamp(context: Pick<ObjectContext, 'now'>): string {
  return new Date(context.now()).toISOString().replace(/\.\d+Z$/, 'Z');
}
