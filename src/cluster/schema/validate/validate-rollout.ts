import { type FieldError, fieldError } from '../../../kube/index.ts';
import { goInternal } from '../go-internal.ts';
import { asJsonObject, isJsonObject } from '../json-object.ts';
import { intOrPercentErrors, isNone, isValidPercent } from './validate-int-or-percent.ts';
import { nonNegativeErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

/** How each workload replaces its pods. Source: Kubernetes pkg/apis/apps/validation ValidateDeploymentStrategy. */
export function deploymentStrategyErrors(strategy: Json, path: string): FieldError[] {
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') {
    if (rollingUpdate === undefined) return [];
    const detail = "may not be specified when strategy `type` is 'Recreate'";
    return [fieldError.forbidden(`${path}.rollingUpdate`, detail)];
  }
  if (type !== 'RollingUpdate')
    return [unknownStrategy('DeploymentStrategy', strategy, path, ['Recreate', 'RollingUpdate'])];
  const { maxUnavailable = 0, maxSurge = 0 } = asJsonObject(rollingUpdate);
  const unavailable = `${path}.rollingUpdate.maxUnavailable`;
  const detail = 'may not be 0 when `maxSurge` is 0';
  return [
    ...intOrPercentErrors(maxUnavailable, unavailable),
    ...intOrPercentErrors(maxSurge, `${path}.rollingUpdate.maxSurge`),
    ...(isNone(maxUnavailable) && isNone(maxSurge)
      ? [fieldError.invalid(unavailable, maxUnavailable, detail)]
      : []),
    ...moreThanAllErrors(maxUnavailable, unavailable),
  ];
}

/** Kubernetes prints the strategy as a whole, in the words of its own code. */
function unknownStrategy(kind: string, strategy: Json, path: string, types: readonly string[]): FieldError {
  const { rollingUpdate } = strategy;
  // Inside, both are numbers that may be zero.
  const shares = isJsonObject(rollingUpdate)
    ? { maxUnavailable: 0, maxSurge: 0, ...rollingUpdate }
    : undefined;
  const shown = goInternal(`io.k8s.api.apps.v1.${kind}`, { ...strategy, rollingUpdate: shares });
  return fieldError.notSupported(path, shown, types);
}

/** Source: IsNotMoreThan100Percent. */
function moreThanAllErrors(share: unknown, path: string): FieldError[] {
  return isValidPercent(share) ? intOrPercentErrors(share, path, 100) : [];
}

/** Source: ValidateStatefulSetSpec. */
export function statefulSetStrategyErrors(spec: Json): FieldError[] {
  const { podManagementPolicy: policy, updateStrategy, persistentVolumeClaimRetentionPolicy } = spec;
  const strategy = asJsonObject(updateStrategy);
  const { type, rollingUpdate } = strategy;
  const errors: FieldError[] = [];
  if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    const detail = "must be 'OrderedReady' or 'Parallel'";
    errors.push(fieldError.invalid('spec.podManagementPolicy', policy, detail));
  }
  const path = 'spec.updateStrategy';
  if (type === 'RollingUpdate') errors.push(...partitionErrors(rollingUpdate, `${path}.rollingUpdate`));
  else if (type !== 'OnDelete') {
    const detail = "must be 'RollingUpdate' or 'OnDelete'";
    const shown = goInternal('io.k8s.api.apps.v1.StatefulSetUpdateStrategy', strategy);
    errors.push(fieldError.invalid(path, shown, detail));
  } else if (rollingUpdate !== undefined) {
    const detail = "only allowed for updateStrategy 'RollingUpdate'";
    const shown = goInternal('io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy', rollingUpdate);
    errors.push(fieldError.invalid(`${path}.rollingUpdate`, shown, detail));
  }
  return [...errors, ...retentionErrors(asJsonObject(persistentVolumeClaimRetentionPolicy))];
}

/** Source: validateRollingUpdateStatefulSet. */
function partitionErrors(rollingUpdate: unknown, path: string): FieldError[] {
  if (!isJsonObject(rollingUpdate)) return [];
  const { maxUnavailable } = rollingUpdate;
  const unavailable = `${path}.maxUnavailable`;
  const errors = nonNegativeErrors(rollingUpdate, 'partition', path);
  if (maxUnavailable === undefined) return errors;
  errors.push(...intOrPercentErrors(maxUnavailable, unavailable));
  if (isNone(maxUnavailable)) errors.push(fieldError.invalid(unavailable, maxUnavailable, 'cannot be 0'));
  return [...errors, ...moreThanAllErrors(maxUnavailable, unavailable)];
}

const RETENTION_POLICIES = ['Retain', 'Delete'];

/** Source: ValidatePersistentVolumeClaimRetentionPolicyType. */
function retentionErrors(policy: Json): FieldError[] {
  return ['whenDeleted', 'whenScaled']
    .filter((when) => !RETENTION_POLICIES.includes(String(policy[when])))
    .map((when) => {
      const path = `spec.persistentVolumeClaimRetentionPolicy.${when}`;
      return fieldError.notSupported(path, policy[when] ?? '', RETENTION_POLICIES);
    });
}

/** Source: ValidateDaemonSetUpdateStrategy, ValidateRollingUpdateDaemonSet. */
export function daemonSetStrategyErrors(strategy: Json, path: string): FieldError[] {
  const { type, rollingUpdate } = strategy;
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate')
    return [unknownStrategy('DaemonSetUpdateStrategy', strategy, path, ['RollingUpdate', 'OnDelete'])];
  const { maxUnavailable, maxSurge } = asJsonObject(rollingUpdate);
  const [unavailable, surge] = [`${path}.rollingUpdate.maxUnavailable`, `${path}.rollingUpdate.maxSurge`];
  const errors = [
    ...intOrPercentErrors(maxUnavailable, unavailable),
    ...intOrPercentErrors(maxSurge, surge),
    ...moreThanAllErrors(maxUnavailable, unavailable),
    ...moreThanAllErrors(maxSurge, surge),
  ];
  if (!isNone(maxUnavailable) && !isNone(maxSurge)) {
    const detail = 'may not be set when maxUnavailable is non-zero';
    errors.push(fieldError.invalid(surge, maxSurge, detail));
  }
  if (isNone(maxUnavailable) && isNone(maxSurge))
    errors.push(fieldError.required(unavailable, 'cannot be 0 when maxSurge is 0'));
  return errors;
}
