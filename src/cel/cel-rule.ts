import { compileExpression, type WorkBudget } from './cel-expression.ts';
import { type CelType, type as celType } from './cel-type.ts';
import { celObject } from './cel-value.ts';

/** A compiled expression over a value and, where there was one, the value before. */
export interface CelRule {
  /** As cel-go prints the static type of its result. */
  readonly type: string;
  readonly usesOldSelf: boolean;
  /** The most that evaluating it once may cost, in Kubernetes' units; infinite when nothing bounds it. */
  estimate(): number;
  /**
   * The result for a value. Throws CelError when there is none, or when it takes more work than `budget` has left; what it
   * takes is taken from there.
   * @param oldSelf undefined when there was no value before
   */
  evaluate(self: unknown, oldSelf: unknown, budget: WorkBudget): unknown;
}

/**
 * Parses and checks an expression over `self` and `oldSelf`; a string lists its errors as cel-go does.
 * @param isOptional whether `oldSelf` is an optional, which is empty when there was no value before
 */
export function compileRule(expression: string, self: CelType, isOptional: boolean): CelRule | string {
  const oldSelf = isOptional ? celType('optional', self) : self;
  const compiled = compileExpression(expression, [
    ['self', self],
    ['oldSelf', oldSelf],
  ]);
  if (typeof compiled === 'string') return compiled;
  return {
    type: compiled.type,
    usesOldSelf: compiled.uses('oldSelf'),
    estimate: compiled.estimate,
    evaluate: (value, before, budget) =>
      compiled.evaluate([value, isOptional ? celObject('optional', before) : before], budget),
  };
}
