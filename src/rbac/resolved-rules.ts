import type { UserInfo } from '../kube/index.ts';
import type { CompiledBinding } from './binding.ts';
import type { PolicyRule } from './model.ts';
import { missingRoleReason, type RoleSlot } from './role-slot.ts';
import { compileRule } from './rule.ts';
import { grantsOf, holdingsOf, type SubjectIndex } from './subject-index.ts';

/** The rules that a user holds in a namespace, and the roleRefs on the way that led nowhere. */
export interface ResolvedRules {
  readonly rules: readonly PolicyRule[];
  readonly missing: readonly RoleSlot[];
}

/** status of a SelfSubjectRulesReview. Source: Kubernetes api/authorization/v1 SubjectRulesReviewStatus. */
export interface RulesReviewStatus {
  readonly resourceRules: readonly ResourceRule[];
  readonly nonResourceRules: readonly NonResourceRule[];
  readonly incomplete: boolean;
  readonly evaluationError?: string;
}

export interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface NonResourceRule {
  readonly verbs: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** The user's rules: of the ClusterRoleBindings, then of the namespace's RoleBindings ('' for none of them). */
export function resolveRules(subjects: SubjectIndex, user: UserInfo, namespace: string): ResolvedRules {
  const scopes = [subjects.clusterWide, namespace === '' ? undefined : subjects.namespaces.get(namespace)];
  const bindings = new Set<CompiledBinding>();
  for (const { roles } of scopes.flatMap((scope) => holdingsOf(scope, user))) {
    for (const role of roles) {
      for (const { binding } of grantsOf(role)) {
        bindings.add(binding);
      }
    }
  }
  const slots = [...bindings].map(({ slot }) => slot);
  return {
    rules: slots.flatMap((slot) => slot.role?.rules ?? []),
    missing: slots.filter((slot) => slot.role === undefined),
  };
}

/** Sorts the rules into the review's two lists; duplicates stay, as in Kubernetes. */
export function rulesReviewStatus({ rules, missing }: ResolvedRules): RulesReviewStatus {
  const resourceRules: ResourceRule[] = [];
  const nonResourceRules: NonResourceRule[] = [];
  for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of rules.map(compileRule)) {
    if (resources.length > 0) {
      resourceRules.push({
        verbs,
        ...(apiGroups.length > 0 ? { apiGroups } : {}),
        resources,
        ...(resourceNames.length > 0 ? { resourceNames } : {}),
      });
    }
    if (nonResourceURLs.length > 0) {
      nonResourceRules.push({ verbs, nonResourceURLs });
    }
  }
  const status = { resourceRules, nonResourceRules, incomplete: false };
  return missing.length === 0
    ? status
    : {
        ...status,
        evaluationError: aggregateErrors(missing.map(missingRoleReason)),
      };
}

/** Several messages as Kubernetes' error aggregate prints them: each once, in brackets when more than one. */
export function aggregateErrors(messages: readonly string[]): string {
  const distinct = [...new Set(messages)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}
