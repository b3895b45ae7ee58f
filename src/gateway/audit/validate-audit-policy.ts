import { dns1123SubdomainErrors, type FieldError, fieldError } from '../../kube/index.ts';
import { auditLevels, auditStages } from './audit-policy.ts';
import type { RawAuditPolicy, RawAuditRule, RawGroupResources } from './policy-shape.ts';

/**
 * Every rule of Kubernetes' validation in its wording, and one more: the policy's own omitStages are checked too.
 * Source: Kubernetes apiserver/pkg/apis/audit/validation/validation.go.
 */
export function validateAuditPolicy(raw: RawAuditPolicy): FieldError[] {
  return [
    ...omitStagesErrors(raw.omitStages ?? [], 'omitStages'),
    ...(raw.rules ?? []).flatMap((rule, index) => ruleErrors(rule, `rules[${index}]`)),
  ];
}

function ruleErrors(rule: RawAuditRule, path: string): FieldError[] {
  const errors = [
    ...levelErrors(rule.level ?? '', `${path}.level`),
    ...(rule.nonResourceURLs ?? []).flatMap((url, index) =>
      urlErrors(url, `${path}.nonResourceURLs[${index}]`),
    ),
    ...(rule.resources ?? []).flatMap((entry, index) =>
      resourcesErrors(entry, `${path}.resources[${index}]`),
    ),
    ...omitStagesErrors(rule.omitStages ?? [], `${path}.omitStages`),
  ];
  const forResources = (rule.resources?.length ?? 0) > 0 || (rule.namespaces?.length ?? 0) > 0;
  if ((rule.nonResourceURLs?.length ?? 0) > 0 && forResources) {
    const detail = 'rules cannot apply to both regular resources and non-resource URLs';
    errors.push(fieldError.invalid(`${path}.nonResourceURLs`, rule.nonResourceURLs, detail));
  }
  return errors;
}

function levelErrors(level: string, path: string): FieldError[] {
  if (level === '') return [fieldError.required(path)];
  return auditLevels.some((known) => known === level)
    ? []
    : [fieldError.notSupported(path, level, auditLevels)];
}

function urlErrors(url: string, path: string): FieldError[] {
  if (url === '*') return [];
  const errors: FieldError[] = [];
  if (!url.startsWith('/')) {
    errors.push(fieldError.invalid(path, url, "non-resource URL rules must begin with a '/' character"));
  }
  if (url.slice(0, -1).includes('*')) {
    const detail = "non-resource URL wildcards '*' must be the final character of the rule";
    errors.push(fieldError.invalid(path, url, detail));
  }
  return errors;
}

function resourcesErrors(entry: RawGroupResources, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { group = '', resources = [], resourceNames = [] } = entry;
  if (group !== '' && group !== '*') {
    const reasons = dns1123SubdomainErrors(group);
    if (reasons.length > 0) errors.push(fieldError.invalid(`${path}.group`, group, reasons.join(',')));
  }
  if (resourceNames.length > 0 && resources.length === 0) {
    const detail = 'using resourceNames requires at least one resource';
    errors.push(fieldError.invalid(`${path}.resourceNames`, resourceNames, detail));
  }
  return errors;
}

function omitStagesErrors(stages: readonly string[], path: string): FieldError[] {
  return stages.flatMap((stage, index) =>
    auditStages.some((known) => known === stage)
      ? []
      : [fieldError.invalid(`${path}[${index}]`, stage, `allowed stages are ${auditStages.join(',')}`)],
  );
}
