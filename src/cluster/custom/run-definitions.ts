import type { Store, Watcher } from '../../store/index.ts';
import type { ClusterLog, Schedule } from '../cluster-deps.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { typePrefix } from '../objects/object-key.ts';
import { createReconcileQueue } from '../reconcile-queue.ts';
import type { CustomResources } from './custom-resources.ts';
import { type ObjectsLeft, reconcileDefinition } from './definition/reconcile-definition.ts';

export interface RunDefinitionsDeps {
  readonly store: Pick<Store, 'watch'>;
  readonly schedule: Schedule;
  readonly log: ClusterLog;
}

/** Works on definitions whenever one changes; resolves when what was left to do at the start is done. */
export async function runDefinitions(
  { store, schedule, log }: RunDefinitionsDeps,
  context: ObjectContext,
  resources: CustomResources,
): Promise<{ close(): Promise<void> }> {
  const waiting = new Map<string, Watcher>();
  const queue = createReconcileQueue({
    schedule,
    async work(name) {
      stopWaiting(name);
      const left = await reconcileDefinition(context, resources, name);
      if (left !== undefined) waitFor(name, left);
    },
    onError: (error, key) =>
      log.error({ err: error, key }, 'a custom resource definition could not be worked on'),
  });

  /** Objects with finalizers are somebody else's to let go. */
  function waitFor(name: string, { type, revision }: ObjectsLeft): void {
    const onEvents = () => queue.add(name);
    waiting.set(name, store.watch(typePrefix(type), revision, { onEvents, onError: onEvents }));
  }

  function stopWaiting(name: string): void {
    waiting.get(name)?.close();
    waiting.delete(name);
  }

  /** A name that one gives up is free for all others of its group. */
  function addGroup(name: string): void {
    const group = name.slice(name.indexOf('.') + 1);
    for (const [other, { spec }] of resources.definitions()) if (spec.group === group) queue.add(other);
  }

  resources.onChange(addGroup);
  for (const name of resources.definitions().keys()) queue.add(name);
  await queue.idle();
  return {
    async close() {
      await queue.close();
      for (const name of waiting.keys()) stopWaiting(name);
    },
  };
}
