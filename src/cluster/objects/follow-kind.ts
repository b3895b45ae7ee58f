import { type Entry, followPrefix, type PrefixFollowerDeps } from '../../store/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { parseObjectKey, typePrefix } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';
import { objectOf } from './stored-object.ts';

/** Objects of one kind in memory, as an informer keeps them. What this process has written is among them at once. */
export interface FollowedKind<T extends KubeObject> {
  /** By name. Shared: never edit them. @param namespace '' for a cluster-scoped kind */
  list(namespace: string): Promise<readonly T[]>;
  close(): void;
}

export interface FollowKindDeps extends PrefixFollowerDeps {
  readonly objects: ObjectStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How long nothing counts as nothing before the store is asked again. Source: plugin/pkg/admission/limitranger liveTTL. */
const emptyMs = 30_000;
/** Source: liveLookupCache. */
const maxEmpty = 10_000;

/**
 * Follows a kind that many writes depend on. Where nothing is known of a namespace, the store is asked: another process may
 * have written what this one has not been told yet.
 */
export async function followKind<T extends KubeObject>(
  deps: FollowKindDeps,
  type: ResourceType,
): Promise<FollowedKind<T>> {
  const known = new Map<string, Map<string, T>>();
  const listed = new Map<string, readonly T[]>();
  const emptyUntil = new Map<string, number>();

  function change({ key }: Entry, object: T | undefined): void {
    const { namespace } = parseObjectKey(key);
    const objects = known.get(namespace) ?? new Map<string, T>();
    if (object === undefined) objects.delete(key);
    else objects.set(key, object);
    if (objects.size === 0) known.delete(namespace);
    else known.set(namespace, objects);
    listed.delete(namespace);
  }

  const watcher = await followPrefix(deps, typePrefix(type), {
    put: (entry) => change(entry, objectOf(type, entry) as T),
    remove: (entry) => change(entry, undefined),
  });

  async function look(namespace: string): Promise<readonly T[]> {
    if ((emptyUntil.get(namespace) ?? 0) > deps.now()) return [];
    const { items } = await deps.objects.list(type, namespace);
    if (items.length > 0) return items.map(({ object }) => object as T);
    if (emptyUntil.size >= maxEmpty) emptyUntil.clear();
    emptyUntil.set(namespace, deps.now() + emptyMs);
    return [];
  }

  return {
    async list(namespace) {
      const objects = known.get(namespace);
      if (objects === undefined) return look(namespace);
      const list = listed.get(namespace) ?? inOrder(objects);
      listed.set(namespace, list);
      return list;
    },
    close: () => watcher.close(),
  };
}

function inOrder<T>(objects: ReadonlyMap<string, T>): readonly T[] {
  return [...objects].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}
