import type { PolicyRule, StringList } from './model.ts';

/** A policy rule with every list present: what the matchers read. */
export interface CompiledRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

const NONE: readonly string[] = [];

function list(strings: StringList | undefined): readonly string[] {
  return strings ?? NONE;
}

/** A null rule is an empty one: Go decodes it so, and the check against escalation runs before validation. */
export function compileRule(rule: PolicyRule | null): CompiledRule {
  return {
    verbs: list(rule?.verbs),
    apiGroups: list(rule?.apiGroups),
    resources: list(rule?.resources),
    resourceNames: list(rule?.resourceNames),
    nonResourceURLs: list(rule?.nonResourceURLs),
  };
}

/** The resource as a rule names it: `pods`, or `pods/log` when there is a subresource. */
export function combinedResource(resource: string, subresource: string): string {
  return subresource === '' ? resource : `${resource}/${subresource}`;
}

export function allowsVerb(rule: CompiledRule, verb: string): boolean {
  return rule.verbs.includes('*') || rule.verbs.includes(verb);
}

/** Whether the rule covers the resource, whatever the object's name. Source: pkg/apis/rbac/v1/evaluation_helpers.go. */
export function allowsResource(
  rule: CompiledRule,
  apiGroup: string,
  resource: string,
  subresource: string,
): boolean {
  if (!rule.apiGroups.includes('*') && !rule.apiGroups.includes(apiGroup)) {
    return false;
  }
  const combined = combinedResource(resource, subresource);
  for (const candidate of rule.resources) {
    if (candidate === '*' || candidate === combined) {
      return true;
    }
    // `*/scale` covers the subresource of every resource; `pods/*` and other globs never match.
    if (
      subresource !== '' &&
      candidate.length === subresource.length + 2 &&
      candidate === `*/${subresource}`
    ) {
      return true;
    }
  }
  return false;
}

/** An empty list allows every name; a filled one never allows a request without a name, unless it lists ''. */
export function allowsName(rule: CompiledRule, name: string): boolean {
  return rule.resourceNames.length === 0 || rule.resourceNames.includes(name);
}

/** `*`, equality, or a prefix when the rule's URL ends in `*` (all trailing stars are cut off). */
export function allowsPath(rule: CompiledRule, path: string): boolean {
  return rule.nonResourceURLs.some((url) => urlCovers(url, path));
}

/** Whether a rule's nonResourceURL covers a path or another rule's URL. */
export function urlCovers(url: string, path: string): boolean {
  return url === path || (url.endsWith('*') && path.startsWith(withoutTrailingStars(url)));
}

// Not a regular expression: `/\*+$/` takes quadratic time on a long run of stars that does not end the text.
function withoutTrailingStars(url: string): string {
  let end = url.length;
  while (end > 0 && url[end - 1] === '*') {
    end--;
  }
  return url.slice(0, end);
}
