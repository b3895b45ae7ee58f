import { type Entry, followPrefix } from '../../store/index.ts';
import type { ClusterDeps, Schedule } from '../cluster-deps.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { parseObjectKey, registryPrefix } from '../objects/object-key.ts';
import { entryObject } from '../objects/stored-object.ts';
import { createReconcileQueue } from '../reconcile-queue.ts';
import { coreType } from '../resources/index.ts';
import type { ServiceAccountTokens } from '../service-accounts/index.ts';
import { createGarbageCollector } from './garbage-collector.ts';
import { emptyNamespace, fillNamespace } from './namespace-content.ts';
import { type Protection, protectionOf, releaseProtected } from './protections.ts';
import { awaitsToken, fillTokenSecret } from './token-secret.ts';

export interface Lifecycle {
  close(): Promise<void>;
}

/** Starts the background work; resolves when what was left to do at the start is done. */
export async function startLifecycle(
  deps: ClusterDeps,
  schedule: Schedule,
  context: ObjectContext,
  tokens: ServiceAccountTokens,
): Promise<Lifecycle> {
  const onError = (error: unknown, key: string) =>
    deps.log.error({ err: error, key }, 'background work of the embedded API failed');
  const terminating = new Set<string>();
  /** What waits until nothing uses it any more, by key. */
  const held = new Map<string, Protection>();

  const queue = (work: (key: string) => Promise<void>) => createReconcileQueue({ work, schedule, onError });
  const namespaces = queue((name) => reconcileNamespace(deps, context, name));
  const garbage = queue((key) => collector.reconcile(key));
  const releases = queue((key) => releaseProtected(context, key));
  /** Keys of secrets that have no token yet. */
  const awaiting = new Set<string>();
  const tokenSecrets = queue((key) => {
    const { namespace, name } = parseObjectKey(key);
    return fillTokenSecret(context, tokens, { namespace, name, caBundle: deps.caBundle ?? '' });
  });
  const collector = createGarbageCollector(context, (key) => garbage.add(key));

  function put(entry: Entry): void {
    const object = entryObject(entry);
    const { group, resource, name } = parseObjectKey(entry.key);
    collector.put(entry.key, object);
    const isDeleted = object.metadata.deletionTimestamp !== undefined;
    if (group === '' && resource === 'namespaces') {
      if (isDeleted) terminating.add(name);
      namespaces.add(name);
    }
    if (group === '' && resource === 'secrets') {
      if (awaitsToken(object)) awaiting.add(entry.key);
      else awaiting.delete(entry.key);
      if (awaiting.has(entry.key)) tokenSecrets.add(entry.key);
    }
    // It may be the one that secrets wait for.
    if (group === '' && resource === 'serviceaccounts') for (const key of awaiting) tokenSecrets.add(key);
    const protection = protectionOf(object);
    if (protection !== undefined) {
      held.set(entry.key, protection);
      releases.add(entry.key);
    }
    letGo(resource);
  }

  /** What a resource's objects may have used. */
  function letGo(resource: string): void {
    for (const [key, { users }] of held) if (users.has(resource)) releases.add(key);
  }

  function remove(entry: Entry): void {
    const { group, resource, namespace, name } = parseObjectKey(entry.key);
    collector.remove(entry.key, entryObject(entry));
    held.delete(entry.key);
    awaiting.delete(entry.key);
    if (group === '' && resource === 'namespaces') terminating.delete(name);
    // The last object of a namespace on its way out, or one that every namespace must have.
    const isStandard = resource === 'serviceaccounts' || resource === 'configmaps';
    if (namespace !== '' && (terminating.has(namespace) || isStandard)) namespaces.add(namespace);
    letGo(resource);
  }

  const following = {
    store: deps.store,
    schedule,
    onError: (error: unknown) => onError(error, registryPrefix),
  };
  const watcher = await followPrefix(following, registryPrefix, { put, remove });
  const queues = [namespaces, garbage, releases, tokenSecrets];
  await Promise.all(queues.map((each) => each.idle()));
  return {
    async close() {
      watcher.close();
      await Promise.all(queues.map((each) => each.close()));
    },
  };
}

async function reconcileNamespace(deps: ClusterDeps, context: ObjectContext, name: string): Promise<void> {
  const current = await context.objects.get(coreType('namespaces'), '', name);
  if (current === undefined) return;
  if (current.object.metadata.deletionTimestamp !== undefined) return emptyNamespace(context, name);
  await fillNamespace(context, name, deps.caBundle ?? '');
}
