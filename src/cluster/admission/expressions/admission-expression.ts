import { CelError, type CelExpression, compileExpression, type WorkBudget } from '../../../cel/index.ts';
import type { Variables } from './admission-variables.ts';

/** An expression that has been compiled, or what is wrong with it. */
export interface AdmissionExpression {
  readonly source: string;
  readonly program: CelExpression | string;
}

/** @param results the static types that its result may have; any when it is empty */
export function compileAdmission(
  expression: string,
  variables: Variables,
  results: readonly string[],
): AdmissionExpression {
  const compiled = compileExpression(expression, variables);
  if (typeof compiled === 'string') return { source: expression, program: `compilation failed: ${compiled}` };
  if (results.length === 0 || results.includes(compiled.type)) {
    return { source: expression, program: compiled };
  }
  const wanted = results.length === 1 ? results[0] : `one of [${results.join(' ')}]`;
  return { source: expression, program: `must evaluate to ${wanted} but got ${compiled.type}` };
}

export type Evaluated =
  | { readonly value: unknown }
  | { readonly problem: string /** Nothing further is evaluated. */; readonly isOver: boolean };

/** Source: apiserver/pkg/admission/plugin/cel/activation.go Evaluate. */
export function evaluateAdmission(
  { source, program }: AdmissionExpression,
  values: readonly unknown[],
  budget: WorkBudget,
): Evaluated {
  if (typeof program === 'string') return { problem: `compilation error: ${program}`, isOver: false };
  try {
    if (budget.left <= 0) throw new CelError('', true);
    return { value: program.evaluate(values, budget) };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    if (budget.left <= 0) return { problem: outOfBudget, isOver: true };
    return { problem: `expression '${source}' resulted in error: ${error.message}`, isOver: false };
  }
}

const outOfBudget =
  'validation failed due to running out of cost budget, no further validation rules will be run';
