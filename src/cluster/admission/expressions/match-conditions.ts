import { asJsonArray, asJsonObject } from '../../schema/index.ts';
import { compileAdmission, evaluateAdmission } from './admission-expression.ts';
import type { Variables } from './admission-variables.ts';

/** Source: admissionregistration v1 MatchCondition. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** Whether all conditions hold, where one does not: then nothing else is looked at. */
export type ConditionsOutcome = { readonly matches: boolean } | { readonly problem: string };

export interface MatchConditions {
  evaluate(values: readonly unknown[]): ConditionsOutcome;
}

/** In steps: what the conditions of one webhook, or of one policy for one binding, may take. */
const workLimit = 300_000;

/**
 * Conditions under which a webhook is called or a policy counts; undefined when there are none.
 * Source: apiserver/pkg/admission/plugin/webhook/matchconditions/matcher.go.
 */
export function compileConditions(
  conditions: readonly MatchCondition[] | undefined,
  variables: Variables,
): MatchConditions | undefined {
  if (conditions === undefined || conditions.length === 0) return undefined;
  const compiled = conditions.map(({ expression }) => compileAdmission(expression, variables, ['bool']));
  return {
    evaluate(values) {
      const budget = { left: workLimit };
      const problems: string[] = [];
      for (const expression of compiled) {
        const outcome = evaluateAdmission(expression, values, budget);
        if ('problem' in outcome) {
          problems.push(outcome.problem);
          if (outcome.isOver) break;
        } else if (outcome.value === false) return { matches: false };
      }
      return problems.length === 0 ? { matches: true } : { problem: aggregate(problems) };
    },
  };
}

/** Of several problems, as Go's aggregates are printed. */
function aggregate(problems: readonly string[]): string {
  const all = [...new Set(problems)];
  return all.length === 1 ? (all[0] ?? '') : `[${all.join(', ')}]`;
}

/** Of an object that has some. */
export function conditionsOf(holder: Record<string, unknown>): readonly MatchCondition[] {
  return asJsonArray(holder['matchConditions']).map(
    (each) => asJsonObject(each) as unknown as MatchCondition,
  );
}
