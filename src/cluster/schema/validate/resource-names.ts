import { type FieldError, fieldError, labelKeyErrors } from '../../../kube/index.ts';

const standard: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'storage',
  'requests.storage',
  'pods',
  'services',
  'services.nodeports',
  'services.loadbalancers',
  'resourcequotas',
  'replicationcontrollers',
  'configmaps',
  'secrets',
  'persistentvolumeclaims',
]);

/** What a quota may limit that has no domain. Source: pkg/apis/core/helper IsStandardQuotaResourceName. */
export function isStandardQuotaResource(name: string): boolean {
  return standard.has(name) && name !== 'storage';
}

/** Source: pkg/apis/core/validation ValidateResourceName, pkg/apis/core/helper IsStandardResourceName. */
export function resourceNameErrors(name: string, path: string): FieldError[] {
  const details = labelKeyErrors(name);
  if (details.length > 0) return details.map((detail) => fieldError.invalid(path, name, detail));
  const isKnown = name.includes('/') || standard.has(name) || /^(?:requests\.)?hugepages-/.test(name);
  return isKnown
    ? []
    : [fieldError.invalid(path, name, 'must be a standard resource type or fully qualified')];
}

/** Source: ValidateResourceQuotaResourceName. */
export function quotaResourceNameErrors(name: string, path: string): FieldError[] {
  const errors = resourceNameErrors(name, path);
  if (name.includes('/') || isStandardQuotaResource(name) || /^(?:requests\.)?hugepages-/.test(name))
    return errors;
  return [...errors, fieldError.invalid(path, name, 'must be a standard resource for quota')];
}
