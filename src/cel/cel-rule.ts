import { type CelType, type as celType, printType } from './cel-type.ts';
import { CelError, celObject, type Evaluation } from './cel-value.ts';
import { compileSource, someNode } from './compile-source.ts';

/** A compiled expression over a value and, where there was one, the value before. */
export interface CelRule {
  /** As cel-go prints the static type of its result. */
  readonly type: string;
  readonly usesOldSelf: boolean;
  /**
   * The result for a value. Throws CelError when there is none, or when it takes more work than `budget` has left; what it
   * takes is taken from there.
   * @param oldSelf undefined when there was no value before
   */
  evaluate(self: unknown, oldSelf: unknown, budget: WorkBudget): unknown;
}

/** The steps that the expressions over one object may take together. */
export interface WorkBudget {
  left: number;
}

/** The steps that one of them may take: some tens of milliseconds at the very most. */
const workLimit = 250_000;

/**
 * Parses and checks an expression over `self` and `oldSelf`; a string lists its errors as cel-go does.
 * @param isOptional whether `oldSelf` is an optional, which is empty when there was no value before
 */
export function compileRule(expression: string, self: CelType, isOptional: boolean): CelRule | string {
  const oldSelf = isOptional ? celType('optional', self) : self;
  const compiled = compileSource(expression, [
    ['self', self],
    ['oldSelf', oldSelf],
  ]);
  if (typeof compiled === 'string') return compiled;
  const { ast, program, slotCount } = compiled;
  return {
    type: printType(program.type),
    usesOldSelf: someNode(ast, (node) => node.op === 'id' && node.args === 'oldSelf'),
    evaluate(self, before, budget) {
      const evaluation: Evaluation = {
        slots: new Array(slotCount).fill(null),
        left: Math.min(workLimit, budget.left),
      };
      const start = evaluation.left;
      evaluation.slots[0] = self;
      evaluation.slots[1] = isOptional ? celObject('optional', before) : before;
      try {
        return program.run(evaluation);
      } catch (error) {
        if (error instanceof CelError) throw error;
        throw new CelError('internal error');
      } finally {
        budget.left -= start - evaluation.left;
      }
    },
  };
}
