import { type Attributes, goQuote } from '../kube/index.ts';
import { type PolicyRule, RBAC_GROUP } from './model.ts';
import { allowsName, allowsPath, allowsResource, allowsVerb, type CompiledRule } from './rule.ts';

/** What a roleRef points at, seen from one source: a role's rules, or nothing. Bindings hold slots, not roles. */
export interface RoleSlot {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** How many bindings hold the slot. */
  holders: number;
  /** undefined when no such role exists. */
  role: CompiledRole | undefined;
}

export interface CompiledRole {
  /** As written, for SelfSubjectRulesReview and the escalation check. */
  readonly rules: readonly PolicyRule[];
  readonly resourceRules: readonly CompiledRule[];
  readonly urlRules: readonly CompiledRule[];
}

export function compiledRole(rules: readonly PolicyRule[], compiled: readonly CompiledRule[]): CompiledRole {
  return {
    rules,
    resourceRules: compiled.filter((rule) => rule.resources.length > 0),
    urlRules: compiled.filter((rule) => rule.nonResourceURLs.length > 0),
  };
}

export function createRoleSlot(kind: string, namespace: string, name: string): RoleSlot {
  return { kind, namespace, name, holders: 0, role: undefined };
}

/** Whether the rule allows the resource request if its name is right. */
export function coversButName(rule: CompiledRule, attributes: Attributes): boolean {
  return (
    allowsVerb(rule, attributes.verb) &&
    allowsResource(rule, attributes.apiGroup, attributes.resource, attributes.subresource)
  );
}

/** Whether a rule of the role allows the resource request with its very name. */
export function allowsNamed(role: CompiledRole | undefined, attributes: Attributes): boolean {
  for (const rule of role?.resourceRules ?? []) {
    if (allowsName(rule, attributes.name) && coversButName(rule, attributes)) {
      return true;
    }
  }
  return false;
}

/** Whether a rule of the role allows the verb on the path. */
export function allowsUrl(role: CompiledRole | undefined, attributes: Attributes): boolean {
  for (const rule of role?.urlRules ?? []) {
    if (allowsVerb(rule, attributes.verb) && allowsPath(rule, attributes.path)) {
      return true;
    }
  }
  return false;
}

/** Why the slot is empty. `resource`: what Kubernetes names as not found. */
export function missingRoleError(slot: RoleSlot, resource: string): string {
  if (slot.kind !== 'Role' && slot.kind !== 'ClusterRole') {
    return `unsupported role reference kind: ${goQuote(slot.kind)}`;
  }
  return `${resource}.${RBAC_GROUP} ${goQuote(slot.name)} not found`;
}

/** The same in the words of the authorizer, which names the role's kind in the singular. */
export function missingRoleReason(slot: RoleSlot): string {
  return missingRoleError(slot, slot.kind.toLowerCase());
}
