import type { ResourceType } from '../../resources/index.ts';
import type { Operation } from '../attributes.ts';

/** Source: admissionregistration v1 RuleWithOperations, NamedRuleWithOperations. */
export interface Rule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  /** A plural, with the name of a subresource behind a slash; both may be `*`. */
  readonly resources?: readonly string[];
  readonly scope?: string;
  /** Of a policy's rules only; none: all. */
  readonly resourceNames?: readonly string[];
}

export interface Asked {
  readonly operation: Operation;
  readonly type: ResourceType;
  readonly subresource: string;
}

/**
 * Whether a rule is about such requests; names aside.
 * Source: apiserver/pkg/admission/plugin/webhook/predicates/rules/rules.go.
 */
export function matchesRule(rule: Rule, { operation, type, subresource }: Asked): boolean {
  return (
    takes(rule.operations, operation) &&
    takes(rule.apiGroups, type.group) &&
    takes(rule.apiVersions, type.version) &&
    inScope(rule.scope ?? '*', type) &&
    (rule.resources ?? []).some((pattern) => namesResource(pattern, type.resource, subresource))
  );
}

function takes(list: readonly string[] = [], wanted: string): boolean {
  return list.includes('*') || list.includes(wanted);
}

/** A Namespace is of the cluster, although requests for it name it as their namespace. */
function inScope(scope: string, type: ResourceType): boolean {
  if (scope === '*') return true;
  return scope === (type.namespaced ? 'Namespaced' : 'Cluster');
}

function namesResource(pattern: string, resource: string, subresource: string): boolean {
  const slash = pattern.indexOf('/');
  const [own, sub] = slash < 0 ? [pattern, ''] : [pattern.slice(0, slash), pattern.slice(slash + 1)];
  return (own === '*' || own === resource) && (sub === '*' || sub === subresource);
}
