import { type CelType, printType } from './cel-type.ts';
import { CelError, type Evaluation } from './cel-value.ts';
import { compileSource, someNode } from './compile-source.ts';
import { estimateCost } from './estimate-cost.ts';

/** A compiled expression over some variables. */
export interface CelExpression {
  readonly resultType: CelType;
  /** As cel-go prints the static type of its result. */
  readonly type: string;
  /** Whether it names the variable. */
  uses(variable: string): boolean;
  /** The most that evaluating it may cost, in Kubernetes' units; infinite when nothing bounds it. */
  estimate(): number;
  /**
   * The result. Throws CelError when there is none, or when it takes more work than `budget` has left; what it takes is
   * taken from there.
   * @param values of the variables, in their order
   */
  evaluate(values: readonly unknown[], budget: WorkBudget): unknown;
}

/** The steps that several expressions may take together. */
export interface WorkBudget {
  left: number;
}

/** The steps that one of them may take: some tens of milliseconds at the very most. */
const workLimit = 150_000;

/** Parses and checks an expression over some variables; a string lists its errors as cel-go does. */
export function compileExpression(
  expression: string,
  variables: readonly (readonly [name: string, type: CelType])[],
): CelExpression | string {
  const compiled = compileSource(expression, variables);
  if (typeof compiled === 'string') return compiled;
  const { ast, program, slotCount, typeOf } = compiled;
  return {
    resultType: program.type,
    type: printType(program.type),
    uses: (variable) => someNode(ast, (node) => node.op === 'id' && node.args === variable),
    estimate: () => estimateCost(ast, typeOf),
    evaluate(values, budget) {
      const evaluation: Evaluation = {
        slots: new Array(slotCount).fill(null),
        left: Math.min(workLimit, budget.left),
      };
      const start = evaluation.left;
      for (const [slot, value] of values.entries()) evaluation.slots[slot] = value;
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
