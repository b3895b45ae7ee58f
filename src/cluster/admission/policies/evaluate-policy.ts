import { CelError, valueOfJson, type WorkBudget } from '../../../cel/index.ts';
import { goQuote } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { evaluateAdmission } from '../expressions/admission-expression.ts';
import type { AdmissionView } from '../expressions/admission-view.ts';
import type { NamedExpression, Policy, Validation } from './policy.ts';

/** Why a policy is against a request. */
export interface Failure {
  /** Of the validation, from 0. */
  readonly index: number;
  readonly message: string;
  readonly reason: string;
}

export interface Evaluation {
  readonly failures: readonly Failure[];
  readonly annotations: readonly { readonly key: string; readonly value: string }[];
  /** Denies whatever the binding's actions are. */
  readonly annotationProblem: string | undefined;
}

/** In steps: what a policy's expressions may take for one binding, and once more its audit annotations. */
const workLimit = 1_000_000;

const nothing: Evaluation = { failures: [], annotations: [], annotationProblem: undefined };

/**
 * What a policy says of a request. Source: apiserver/pkg/admission/plugin/policy/validating/validator.go.
 * @param param null when there is none
 */
export function evaluatePolicy(policy: Policy, view: AdmissionView, param: KubeObject | null): Evaluation {
  const budget: WorkBudget = { left: workLimit };
  const params = valueOfJson(param);
  const values = view.values(
    params,
    variableValues(policy.variables, (own) => view.values(params, own), budget),
  );
  const conditions = policy.conditions?.evaluate(values) ?? { matches: true };
  if ('problem' in conditions) {
    const failure = { index: 0, message: conditions.problem, reason: 'Invalid' };
    return policy.failsOpen ? nothing : { ...nothing, failures: [failure] };
  }
  if (!conditions.matches) return nothing;
  const failures = failuresOf(policy, values, budget);
  return { ...annotationsOf(policy, values, { left: workLimit }), failures };
}

function failuresOf(policy: Policy, values: readonly unknown[], budget: WorkBudget): readonly Failure[] {
  const failures: Failure[] = [];
  for (const [index, validation] of policy.validations.entries()) {
    const outcome = evaluateAdmission(validation.expression, values, budget);
    if ('problem' in outcome) {
      const failure = { index, message: outcome.problem, reason: 'Invalid' };
      if (outcome.isOver) return policy.failsOpen ? [] : [failure];
      if (!policy.failsOpen) failures.push(failure);
    } else if (outcome.value !== true) {
      failures.push({ index, message: messageOf(validation, values, budget), reason: validation.reason });
    }
  }
  return failures;
}

/** Longer than any sentence. Source: apiserver/pkg/apis/cel MaxEvaluatedMessageExpressionSizeBytes. */
const longestMessage = 5 * 1024;

function messageOf(
  { expression, message, messageExpression }: Validation,
  values: readonly unknown[],
  budget: WorkBudget,
): string {
  const outcome =
    messageExpression === undefined ? undefined : evaluateAdmission(messageExpression, values, budget);
  const said =
    outcome !== undefined && 'value' in outcome && typeof outcome.value === 'string' ? outcome.value : '';
  const text = said.trim();
  if (text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= longestMessage) return text;
  return message === '' ? `failed expression: ${expression.source.trim()}` : message.trim();
}

/** Source: dispatcher.go maxAuditAnnotationValueLength. */
const longestAnnotation = 10 * 1024;

function annotationsOf(policy: Policy, values: readonly unknown[], budget: WorkBudget): Evaluation {
  const annotations: { key: string; value: string }[] = [];
  let annotationProblem: string | undefined;
  for (const { name: key, expression } of policy.auditAnnotations) {
    const outcome = evaluateAdmission(expression, values, budget);
    if ('problem' in outcome) {
      if (!policy.failsOpen) annotationProblem ??= outcome.problem;
    } else if (typeof outcome.value === 'string') {
      const value = outcome.value.trim().slice(0, longestAnnotation);
      if (value !== '') annotations.push({ key, value });
    } else if (outcome.value !== null) {
      annotationProblem ??=
        `valueExpression '${expression.source}' resulted in unsupported return type. ` +
        'Return type must be either string or null.';
    }
  }
  return { failures: [], annotations, annotationProblem };
}

/** The members of `variables`, each evaluated when it is first looked at. */
function variableValues(
  variables: readonly NamedExpression[],
  valuesWith: (variables: object) => readonly unknown[],
  budget: WorkBudget,
): object {
  const members = {};
  for (const { name, expression } of variables) {
    const get = (): unknown => {
      const value = evaluateVariable({ name, expression }, valuesWith(members), budget);
      Object.defineProperty(members, name, { value, enumerable: true });
      return value;
    };
    Object.defineProperty(members, name, { get, enumerable: true, configurable: true });
  }
  return members;
}

/** Throws CelError. Source: apiserver/pkg/admission/plugin/cel/composition.go. */
function evaluateVariable(
  { name, expression: { program } }: NamedExpression,
  values: readonly unknown[],
  budget: WorkBudget,
): unknown {
  const variable = `composited variable ${goQuote(name)}`;
  if (typeof program === 'string') throw new CelError(`${variable} fails to compile: ${program}`);
  try {
    return program.evaluate(values, budget);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw new CelError(`${variable} fails to evaluate: ${error.message}`, error.fatal);
  }
}
