import { type Attributes, goQuote } from '../kube/index.ts';
import type { PolicyRule } from './model.ts';
import { RBAC_GROUP } from './model.ts';
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
  /** Remembered verdicts by shape id. */
  verdicts: Uint8Array;
  epoch: number;
}

export interface CompiledRole {
  /** As written, for SelfSubjectRulesReview and the escalation check. */
  readonly rules: readonly PolicyRule[];
  readonly resourceRules: readonly CompiledRule[];
  readonly urlRules: readonly CompiledRule[];
}

/** 0 stands for "not yet known". */
export const VERDICT = { no: 1, allow: 2, dependsOnName: 3, missing: 4 } as const;

const NO_VERDICTS = new Uint8Array(0);

export function createRoleSlot(kind: string, namespace: string, name: string): RoleSlot {
  return { kind, namespace, name, holders: 0, role: undefined, verdicts: NO_VERDICTS, epoch: 0 };
}

/** Points the slot at a role (or at none) and forgets what was remembered of the old one. */
export function fillSlot(slot: RoleSlot, role: CompiledRole | undefined): void {
  if (slot.role !== role) {
    slot.role = role;
    slot.verdicts = NO_VERDICTS;
  }
}

/** The verdict of the slot's role on a resource request of this shape; the name is judged by `allowsNamed`. */
export function verdictOf(slot: RoleSlot, shape: number, epoch: number, attributes: Attributes): number {
  if (slot.epoch === epoch) {
    const known = slot.verdicts[shape];
    if (known !== undefined && known !== 0) {
      return known;
    }
  } else {
    slot.verdicts = NO_VERDICTS;
    slot.epoch = epoch;
  }
  const verdict = judge(slot.role, attributes);
  remember(slot, shape, verdict);
  return verdict;
}

function judge(role: CompiledRole | undefined, attributes: Attributes): number {
  if (role === undefined) {
    return VERDICT.missing;
  }
  let verdict: number = VERDICT.no;
  for (const rule of role.resourceRules) {
    if (coversButName(rule, attributes)) {
      if (rule.resourceNames.length === 0) {
        return VERDICT.allow;
      }
      verdict = VERDICT.dependsOnName;
    }
  }
  return verdict;
}

function remember(slot: RoleSlot, shape: number, verdict: number): void {
  if (shape >= slot.verdicts.length) {
    const grown = new Uint8Array(Math.max(16, 2 * shape));
    grown.set(slot.verdicts);
    slot.verdicts = grown;
  }
  slot.verdicts[shape] = verdict;
}

function coversButName(rule: CompiledRule, attributes: Attributes): boolean {
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
