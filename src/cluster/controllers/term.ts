import type { ObjectContext } from '../objects/object-context.ts';
import { objectKey, parseObjectKey } from '../objects/object-key.ts';
import { asController } from '../objects/own-review.ts';
import { createReconcileQueue, type ReconcileQueue } from '../reconcile-queue.ts';
import type { KubeObject } from '../resources/index.ts';
import type { Controller, ControllerDeps } from './controller.ts';
import type { ControllersDeps } from './run-controllers.ts';
import { followWorld } from './world.ts';
import { isOvertaken } from './writes.ts';

/** One time of leading: all controllers at work. */
export interface Term {
  /** Resolves when nothing is left to do at the moment. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface TermDeps extends ControllersDeps {
  isLeader(): boolean;
  onError(error: unknown, key?: string): void;
}

/** Resolves when all controllers know of all that there is. */
export async function beginTerm(
  deps: TermDeps,
  context: ObjectContext,
  controllers: readonly Controller[],
): Promise<Term> {
  const { store, schedule, now, onError, events, authority } = deps;
  const queues = new Map<Controller, ReconcileQueue>();
  const types = controllers.flatMap(({ kind, follows }) => [kind, ...follows]);
  const world = await followWorld({ store, schedule, onError }, types, (change) => {
    for (const [controller, queue] of queues) {
      if (change.type === controller.kind) addTo(queue, controller, change.object);
      if (!controller.follows.includes(change.type)) continue;
      for (const concerned of controller.concerns(world, change)) addTo(queue, controller, concerned);
    }
  });

  for (const controller of controllers) {
    const tell: ControllerDeps['tell'] = (kind, object, reason, message, severity = 'Normal') =>
      events.record({ component: controller.name }, kind, object, { type: severity, reason, message });
    const own = asController(context, controller.account ?? controller.name);
    const queue = createReconcileQueue({
      schedule,
      async work(key) {
        if (!deps.isLeader()) return undefined;
        const { namespace, name } = parseObjectKey(key);
        return controller.reconcile({ world, context: own, now, tell, authority }, namespace, name);
      },
      // Whoever was overtaken looks again: that is how it is meant to be.
      onError: (error, key) => (isOvertaken(error) ? undefined : onError(error, key)),
    });
    queues.set(controller, queue);
    for (const object of world.list(controller.kind, '')) addTo(queue, controller, object);
  }

  return {
    async idle() {
      const all = [...queues.values()];
      while (all.some((queue) => !queue.isIdle())) await Promise.all(all.map((queue) => queue.idle()));
    },
    async close() {
      world.close();
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

function addTo(queue: ReconcileQueue, { kind }: Controller, { metadata }: KubeObject): void {
  queue.add(objectKey(kind, metadata.namespace ?? '', metadata.name ?? ''));
}
