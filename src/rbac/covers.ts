import { type CompiledRule, urlCovers } from './rule.ts';

/** One permission: one verb on one resource (and one name), or one verb on one URL. */
export interface Permission {
  readonly verb: string;
  readonly apiGroup?: string;
  readonly resource?: string;
  readonly resourceName?: string;
  readonly nonResourceURL?: string;
}

/**
 * Takes a rule apart into single permissions. A rule without verbs, or without groups or resources, has none.
 * Source: component-helpers auth/rbac/validation BreakdownRule.
 */
export function* permissionsOf(rule: CompiledRule): Generator<Permission> {
  const names = rule.resourceNames.length > 0 ? rule.resourceNames : [undefined];
  for (const apiGroup of rule.apiGroups) {
    for (const resource of rule.resources) {
      for (const verb of rule.verbs) {
        for (const resourceName of names) {
          yield { verb, apiGroup, resource, ...(resourceName === undefined ? {} : { resourceName }) };
        }
      }
    }
  }
  for (const nonResourceURL of rule.nonResourceURLs) {
    for (const verb of rule.verbs) {
      yield { verb, nonResourceURL };
    }
  }
}

/** How many permissions a rule comes apart into, without doing it. */
export function permissionCount(rule: CompiledRule): number {
  const names = Math.max(1, rule.resourceNames.length);
  const resources = rule.apiGroups.length * rule.resources.length * names;
  return rule.verbs.length * (resources + rule.nonResourceURLs.length);
}

/**
 * Whether one rule alone grants the permission. `*` is covered by `*` only, never by a list of everything known.
 * Source: component-helpers auth/rbac/validation/policy_comparator.go ruleCovers.
 */
export function covers(owner: CompiledRule, wanted: Permission): boolean {
  if (!contains(owner.verbs, wanted.verb)) {
    return false;
  }
  const { nonResourceURL } = wanted;
  if (nonResourceURL !== undefined) {
    return (
      owner.resourceNames.length === 0 && owner.nonResourceURLs.some((url) => urlCovers(url, nonResourceURL))
    );
  }
  return (
    contains(owner.apiGroups, wanted.apiGroup ?? '') &&
    coversResource(owner.resources, wanted.resource ?? '') &&
    coversName(owner.resourceNames, wanted.resourceName)
  );
}

function contains(list: readonly string[], wanted: string): boolean {
  return list.includes('*') || list.includes(wanted);
}

function coversResource(owner: readonly string[], wanted: string): boolean {
  if (contains(owner, wanted)) {
    return true;
  }
  const slash = wanted.indexOf('/');
  return slash >= 0 && owner.includes(`*${wanted.slice(slash)}`);
}

function coversName(owner: readonly string[], wanted: string | undefined): boolean {
  return owner.length === 0 || (wanted !== undefined && owner.includes(wanted));
}
