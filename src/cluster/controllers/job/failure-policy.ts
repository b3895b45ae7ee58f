import type { Job, Pod } from '../shapes.ts';

/** Which failures count, and for what. Source: Kubernetes api/batch/v1 PodFailurePolicy. */
export interface FailurePolicy {
  readonly rules: readonly FailureRule[];
}

interface FailureRule {
  readonly action: FailureAction;
  readonly onExitCodes?: {
    readonly containerName?: string;
    readonly operator: string;
    readonly values: readonly number[];
  };
  readonly onPodConditions?: readonly { readonly type: string; readonly status?: string }[];
}

export type FailureAction = 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';

/** What the first rule that fits a failed pod says. Source: pkg/controller/job/pod_failure_policy.go matchPodFailurePolicy. */
export interface FailureMatch {
  readonly action: FailureAction;
  /** Why, for whoever reads it. */
  readonly message: string;
}

const counted: FailureMatch = { action: 'Count', message: '' };

export function failureMatch({ spec }: Job, pod: Pod): FailureMatch {
  for (const [index, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const reason = matchedExit(rule, pod) ?? matchedCondition(rule, pod);
    if (reason === undefined) continue;
    return { action: rule.action, message: `${reason} matching ${rule.action} rule at index ${index}` };
  }
  return counted;
}

function matchedExit({ onExitCodes }: FailureRule, { metadata, status }: Pod): string | undefined {
  if (onExitCodes === undefined) return undefined;
  const { containerName, operator, values } = onExitCodes;
  for (const { name, state } of [
    ...(status.containerStatuses ?? []),
    ...(status.initContainerStatuses ?? []),
  ]) {
    const code = state?.terminated?.exitCode ?? 0;
    const isMeant = code !== 0 && (containerName === undefined || containerName === name);
    if (isMeant && values.includes(code) === (operator === 'In')) {
      return `Container ${name} for pod ${metadata.namespace}/${metadata.name} failed with exit code ${code}`;
    }
  }
  return undefined;
}

function matchedCondition(
  { onPodConditions = [] }: FailureRule,
  { metadata, status }: Pod,
): string | undefined {
  const found = status.conditions?.find((condition) =>
    onPodConditions.some(
      ({ type, status: wanted = 'True' }) => type === condition.type && wanted === condition.status,
    ),
  );
  return found && `Pod ${metadata.namespace}/${metadata.name} has condition ${found.type}`;
}
