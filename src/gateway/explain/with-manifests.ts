import { createPolicy, isNamespacedKind, type Policy, type PolicyObject } from '../../rbac/index.ts';

/** What an object is known by. */
function keyOf({ kind, metadata }: PolicyObject): string {
  const { namespace = '', name = '' } = metadata;
  return JSON.stringify([kind, isNamespacedKind(kind) ? namespace : '', name]);
}

/**
 * The policy as it would be with these objects: in place of those that have their names, wherever these come from; new ones
 * beside the cluster's own, or beside the manifests where there is no cluster.
 */
export function withManifests(policy: Policy, added: readonly PolicyObject[]): Policy {
  const after = createPolicy();
  const view = policy.view();
  const sourcesOf = new Map<string, Set<string>>();
  const sources = new Set<string>();
  const keep = (source: string, object: PolicyObject) => {
    sources.add(source);
    const key = keyOf(object);
    sourcesOf.set(key, (sourcesOf.get(key) ?? new Set()).add(source));
    after.put(source, object);
  };
  for (const { source, object } of view.roles()) keep(source, object);
  for (const { source, object } of view.bindings()) keep(source, object);
  const usual = sources.has('cluster') ? 'cluster' : 'manifests';
  for (const object of added) {
    for (const source of sourcesOf.get(keyOf(object)) ?? [usual]) after.put(source, object);
  }
  return after;
}
