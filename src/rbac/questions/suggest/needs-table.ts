import type { NeededRight } from './needed-rights.ts';

/** What one user needs in one scope. */
export interface ScopeNeeds {
  /** By API group and resource (see resourceKey), then by verb: the names; '' among them means every name. */
  readonly resources: Map<string, Map<string, Set<string>>>;
  /** By verb. */
  readonly urls: Map<string, Set<string>>;
}

/** What users need, by user name, then by namespace ('' for cluster-wide). */
export type NeedsTable = Map<string, Map<string, ScopeNeeds>>;

function resourceKey(apiGroup: string, resource: string): string {
  return `${apiGroup}\n${resource}`;
}

export function splitResourceKey(key: string): { apiGroup: string; resource: string } {
  const end = key.indexOf('\n');
  return { apiGroup: key.slice(0, end), resource: key.slice(end + 1) };
}

export function addRight(table: NeedsTable, { username, verb, on }: NeededRight): void {
  const scopes = getOrAdd(table, username, () => new Map<string, ScopeNeeds>());
  const scope = 'url' in on ? '' : on.namespace;
  const needs = getOrAdd(scopes, scope, () => ({ resources: new Map(), urls: new Map() }));
  if ('url' in on) {
    getOrAdd(needs.urls, verb, () => new Set<string>()).add(on.url);
  } else {
    const verbs = getOrAdd(needs.resources, resourceKey(on.apiGroup, on.resource), () => new Map());
    getOrAdd(verbs, verb, () => new Set<string>()).add(on.name);
  }
}

export function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) {
    return known;
  }
  const made = make();
  map.set(key, made);
  return made;
}
