import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonObject, isJsonObject } from '../json-object.ts';
import { intOrPercentErrors, isNone } from './validate-int-or-percent.ts';
import { nonNegativeErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

/** How each workload replaces its pods. Source: Kubernetes pkg/apis/apps/validation. */
export const rolloutRules: Readonly<Record<string, (spec: Json) => FieldError[]>> = {
  Deployment: deploymentErrors,
  StatefulSet: statefulSetErrors,
  DaemonSet: daemonSetErrors,
};

/** Source: ValidateDeploymentSpec, ValidateDeploymentStrategy. */
function deploymentErrors(spec: Json): FieldError[] {
  const { type, rollingUpdate } = asJsonObject(spec['strategy']);
  const path = 'spec.strategy.rollingUpdate';
  const { maxUnavailable, maxSurge } = asJsonObject(rollingUpdate);
  const errors: FieldError[] = [];
  if (type === 'Recreate' && rollingUpdate !== undefined) {
    const detail = "may not be specified when strategy `type` is 'Recreate'";
    errors.push(fieldError.forbidden(path, detail));
  }
  if (type !== 'Recreate' && type !== 'RollingUpdate')
    errors.push(unknownStrategy('spec.strategy', type, ['Recreate', 'RollingUpdate']));
  if (type === 'RollingUpdate') {
    errors.push(
      ...intOrPercentErrors(maxUnavailable, `${path}.maxUnavailable`),
      ...intOrPercentErrors(maxSurge, `${path}.maxSurge`),
    );
    if (isNone(maxUnavailable) && isNone(maxSurge)) {
      const detail = 'may not be 0 when `maxSurge` is 0';
      errors.push(fieldError.invalid(`${path}.maxUnavailable`, maxUnavailable ?? 0, detail));
    }
    if (isMoreThanAll(maxUnavailable))
      errors.push(...intOrPercentErrors(maxUnavailable, `${path}.maxUnavailable`, 100));
  }
  errors.push(...nonNegativeErrors(spec, 'progressDeadlineSeconds', 'spec'));
  const { progressDeadlineSeconds: deadline, minReadySeconds = 0 } = spec;
  if (typeof deadline === 'number' && deadline <= Number(minReadySeconds)) {
    const detail = 'must be greater than minReadySeconds';
    errors.push(fieldError.invalid('spec.progressDeadlineSeconds', deadline, detail));
  }
  return errors;
}

/** Kubernetes prints the strategy as a whole, in the words of its own code. */
function unknownStrategy(path: string, type: unknown, types: readonly string[]): FieldError {
  return fieldError.notSupported(path, { Type: type ?? '', RollingUpdate: null }, types);
}

function isMoreThanAll(share: unknown): boolean {
  return typeof share === 'string' && /^[0-9]+%$/.test(share) && parseInt(share, 10) > 100;
}

/** Source: ValidateStatefulSetSpec. */
function statefulSetErrors(spec: Json): FieldError[] {
  const strategy = asJsonObject(spec['updateStrategy']);
  const { type, rollingUpdate } = strategy;
  const policy = spec['podManagementPolicy'];
  const errors: FieldError[] = [];
  if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    const detail = "must be 'OrderedReady' or 'Parallel'";
    errors.push(fieldError.invalid('spec.podManagementPolicy', policy, detail));
  }
  if (type === 'OnDelete' && rollingUpdate !== undefined) {
    const detail = "only allowed for updateStrategy 'RollingUpdate'";
    errors.push(fieldError.invalid('spec.updateStrategy.rollingUpdate', rollingUpdate, detail));
  } else if (type !== 'OnDelete' && type !== 'RollingUpdate') {
    const detail = "must be 'RollingUpdate' or 'OnDelete'";
    errors.push(fieldError.invalid('spec.updateStrategy', strategy, detail));
  }
  const { maxUnavailable } = asJsonObject(rollingUpdate);
  const unavailable = 'spec.updateStrategy.rollingUpdate.maxUnavailable';
  errors.push(...intOrPercentErrors(maxUnavailable, unavailable, 100));
  if (maxUnavailable !== undefined && isNone(maxUnavailable))
    errors.push(fieldError.invalid(unavailable, maxUnavailable, 'cannot be 0'));
  return [
    ...errors,
    ...nonNegativeErrors(asJsonObject(rollingUpdate), 'partition', 'spec.updateStrategy.rollingUpdate'),
    ...nonNegativeErrors(asJsonObject(spec['ordinals']), 'start', 'spec.ordinals'),
    ...retentionErrors(asJsonObject(spec['persistentVolumeClaimRetentionPolicy'])),
  ];
}

const RETENTION_POLICIES = ['Retain', 'Delete'];

/** Source: ValidatePersistentVolumeClaimRetentionPolicyType. */
function retentionErrors(policy: Json): FieldError[] {
  return Object.entries(policy)
    .filter(([, value]) => !RETENTION_POLICIES.includes(String(value)))
    .map(([when, value]) => {
      const path = `spec.persistentVolumeClaimRetentionPolicy.${when}`;
      return fieldError.notSupported(path, value, RETENTION_POLICIES);
    });
}

/** Source: ValidateDaemonSetUpdateStrategy, ValidateRollingUpdateDaemonSet. */
function daemonSetErrors(spec: Json): FieldError[] {
  const { type, rollingUpdate } = asJsonObject(spec['updateStrategy']);
  if (type !== 'RollingUpdate' && type !== 'OnDelete')
    return [unknownStrategy('spec.updateStrategy', type, ['RollingUpdate', 'OnDelete'])];
  if (type !== 'RollingUpdate' || !isJsonObject(rollingUpdate)) return [];
  const path = 'spec.updateStrategy.rollingUpdate';
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const errors = [
    ...intOrPercentErrors(maxUnavailable, `${path}.maxUnavailable`, 100),
    ...intOrPercentErrors(maxSurge, `${path}.maxSurge`, 100),
  ];
  if (!isNone(maxUnavailable) && !isNone(maxSurge)) {
    const detail = 'may not be set when maxUnavailable is non-zero';
    errors.push(fieldError.invalid(`${path}.maxSurge`, maxSurge, detail));
  }
  if (isNone(maxUnavailable) && isNone(maxSurge))
    errors.push(fieldError.required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  return errors;
}
