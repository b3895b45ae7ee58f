import { followPrefix, type PrefixFollowerDeps, type Watcher } from '../../store/index.ts';
import { parseObjectKey, typePrefix } from '../objects/object-key.ts';
import { entryObject } from '../objects/stored-object.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import type { Kind } from './kinds.ts';

/** The objects of some kinds as they are now, in memory. They are shared with every other reader: never edit them. */
export interface World {
  get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): T | undefined;
  /** All of a namespace; of all namespaces when it is ''. */
  list<T extends KubeObject>(kind: Kind<T>, namespace: string): readonly T[];
  close(): void;
}

export interface Change {
  readonly type: ResourceType;
  /** As it is now, or as it was last. */
  readonly object: KubeObject;
  /** As it was before; undefined for a new object. */
  readonly previous: KubeObject | undefined;
}

type Namespaces = Map<string, Map<string, KubeObject>>;

/**
 * Follows kinds and tells of every change after the start. A store in this process delivers a write before it answers it,
 * so whoever writes sees it here at once.
 */
export async function followWorld(
  deps: PrefixFollowerDeps,
  types: readonly ResourceType[],
  onChange: (change: Change) => void,
): Promise<World> {
  const known = new Map<string, Namespaces>();
  const watchers: Watcher[] = [];
  // Until all kinds are there, what is seen is only a part.
  let isComplete = false;

  async function follow(type: ResourceType): Promise<Watcher> {
    const namespaces: Namespaces = new Map();
    known.set(typePrefix(type), namespaces);
    const tell = (object: KubeObject, previous: KubeObject | undefined) => {
      if (isComplete) onChange({ type, object, previous });
    };
    return followPrefix(deps, typePrefix(type), {
      put(entry) {
        const { namespace, name } = parseObjectKey(entry.key);
        const objects = namespaces.get(namespace) ?? new Map<string, KubeObject>();
        namespaces.set(namespace, objects);
        const previous = objects.get(name);
        const object = entryObject(entry);
        objects.set(name, object);
        tell(object, previous);
      },
      remove(entry) {
        const { namespace, name } = parseObjectKey(entry.key);
        const objects = namespaces.get(namespace);
        const previous = objects?.get(name);
        objects?.delete(name);
        if (objects?.size === 0) namespaces.delete(namespace);
        if (previous !== undefined) tell(previous, previous);
      },
    });
  }

  for (const type of new Set(types)) watchers.push(await follow(type));
  isComplete = true;

  return {
    get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string) {
      return known.get(typePrefix(kind))?.get(namespace)?.get(name) as T | undefined;
    },
    list<T extends KubeObject>(kind: Kind<T>, namespace: string) {
      const namespaces = known.get(typePrefix(kind));
      const found = namespace === '' ? [...(namespaces?.values() ?? [])] : [namespaces?.get(namespace)];
      return found.flatMap((objects) => [...(objects?.values() ?? [])]) as T[];
    },
    close() {
      for (const watcher of watchers) watcher.close();
    },
  };
}
