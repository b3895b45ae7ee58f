import type { ObjectContext } from '../objects/object-context.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import type { ClusterAuthority } from '../signing/index.ts';
import type { Kind } from './kinds.ts';
import type { Change, World } from './world.ts';

/**
 * Brings the world closer to what objects of one kind want. It remembers nothing: what it does follows from what there is
 * now, so it may be stopped anywhere and be asked too often.
 */
export interface Controller {
  /** What it is called in events. */
  readonly name: string;
  /** The service account that the real one writes by, where it is called otherwise. */
  readonly account?: string;
  /** The kind whose wishes it carries out. */
  readonly kind: ResourceType;
  /** The kinds it looks at besides. */
  readonly follows: readonly ResourceType[];
  /** The objects of the kind that a change of a followed kind concerns. */
  concerns(world: World, change: Change): readonly KubeObject[];
  /**
   * One look at an object, which is there. Resolves with the milliseconds after which to look again although nothing has
   * changed. Throws StatusError 409 when somebody else wrote meanwhile: then it is asked again.
   */
  reconcile(deps: ControllerDeps, namespace: string, name: string): Promise<number | undefined>;
}

export interface ControllerDeps {
  readonly world: World;
  readonly context: ObjectContext;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Signs certificates. */
  readonly authority: ClusterAuthority;
  /** Tells of what was done for an object; see EventRecorder. */
  tell(
    kind: ResourceType,
    object: KubeObject,
    reason: string,
    message: string,
    severity?: 'Normal' | 'Warning',
  ): void;
}

/** A controller of one kind, as its file writes it down. */
export interface ControllerOf<T extends KubeObject> extends Omit<Controller, 'kind' | 'reconcile'> {
  readonly kind: Kind<T>;
  reconcile(deps: ControllerDeps, object: T): Promise<number | undefined>;
}

export function controllerOf<T extends KubeObject>(own: ControllerOf<T>): Controller {
  return {
    ...own,
    async reconcile(deps, namespace, name) {
      const object = deps.world.get(own.kind, namespace, name);
      return object && own.reconcile(deps, object);
    },
  };
}
