import { fieldErrorBody } from '../../kube/index.ts';
import {
  type AuditLevel,
  type AuditPolicy,
  type AuditRule,
  type AuditStage,
  type AuditVerdict,
  auditStages,
} from './audit-policy.ts';
import { decodeAuditPolicy } from './decode-audit-policy.ts';
import type { RawAuditPolicy, RawAuditRule } from './policy-shape.ts';
import { validateAuditPolicy } from './validate-audit-policy.ts';

/**
 * Reads an audit.k8s.io/v1 Policy and makes it ready for matching.
 * @param file the text's name, for errors only
 * @throws AuditPolicyError with file, line and column of everything that is wrong
 */
export function parseAuditPolicy(text: string, file: string): AuditPolicy {
  const { raw, refuse } = decodeAuditPolicy(text, file);
  const { kind = '', apiVersion = '' } = raw;
  if (kind !== 'Policy' || apiVersion !== 'audit.k8s.io/v1') {
    const message = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}: expected Policy of audit.k8s.io/v1`;
    return refuse([{ path: kind === 'Policy' ? 'apiVersion' : 'kind', message }]);
  }
  if ((raw.rules ?? []).length === 0) {
    return refuse([{ path: 'rules', message: 'loaded illegal policy with 0 rules' }]);
  }
  const errors = validateAuditPolicy(raw);
  if (errors.length > 0) {
    return refuse(
      errors.map((error) => ({ path: error.field, message: `${error.field}: ${fieldErrorBody(error)}` })),
    );
  }
  return { rules: (raw.rules ?? []).map((rule) => compileRule(raw, rule)) };
}

function compileRule(policy: RawAuditPolicy, rule: RawAuditRule): AuditRule {
  const omitted = new Set([...(policy.omitStages ?? []), ...(rule.omitStages ?? [])]);
  const verdict: AuditVerdict = {
    // Validated.
    level: (rule.level ?? 'None') as AuditLevel,
    omitStages: new Set<AuditStage>(auditStages.filter((stage) => omitted.has(stage))),
    omitManagedFields: rule.omitManagedFields ?? policy.omitManagedFields ?? false,
  };
  return {
    users: setOf(rule.users),
    userGroups: setOf(rule.userGroups),
    verbs: setOf(rule.verbs),
    namespaces: setOf(rule.namespaces),
    resources: listOf(rule.resources)?.map(({ group = '', resources = [], resourceNames = [] }) => ({
      group,
      resources,
      resourceNames,
    })),
    nonResourceURLs: listOf(rule.nonResourceURLs),
    verdict,
    withoutBodies: verdict.level === 'None' ? verdict : { ...verdict, level: 'Metadata' },
  };
}

function setOf(values: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return values === undefined || values.length === 0 ? undefined : new Set(values);
}

function listOf<T>(values: readonly T[] | undefined): readonly T[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values;
}
