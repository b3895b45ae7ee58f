/** A map whose keys are (kind, namespace, name). Made of maps, so that no look-up has to build a text of the three. */
export interface ObjectMap<V> {
  get(kind: string, namespace: string, name: string): V | undefined;
  set(kind: string, namespace: string, name: string, value: V): void;
  delete(kind: string, namespace: string, name: string): void;
  values(): Generator<V>;
}

export function createObjectMap<V>(): ObjectMap<V> {
  const kinds = new Map<string, Map<string, Map<string, V>>>();
  return {
    get: (kind, namespace, name) => kinds.get(kind)?.get(namespace)?.get(name),
    set(kind, namespace, name, value) {
      const names = getOrMake(getOrMake(kinds, kind), namespace);
      names.set(name, value);
    },
    delete(kind, namespace, name) {
      const namespaces = kinds.get(kind);
      const names = namespaces?.get(namespace);
      names?.delete(name);
      if (names?.size === 0) {
        namespaces?.delete(namespace);
      }
      if (namespaces?.size === 0) {
        kinds.delete(kind);
      }
    },
    *values() {
      for (const namespaces of kinds.values()) {
        for (const names of namespaces.values()) {
          yield* names.values();
        }
      }
    },
  };
}

function getOrMake<K, V>(maps: Map<string, Map<K, V>>, key: string): Map<K, V> {
  let map = maps.get(key);
  if (map === undefined) {
    map = new Map();
    maps.set(key, map);
  }
  return map;
}
