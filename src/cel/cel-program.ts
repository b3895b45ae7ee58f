import type { ASTNode } from '@marcbachmann/cel-js';
import { CelError, celObject, type Evaluation, isNativeList } from './cel-value.ts';
import { claimsType } from './compile-expression.ts';
import { userInfoType } from './compile-scope.ts';
import { compileSource, someNode } from './compile-source.ts';

/** A compiled expression, used for any number of tokens. */
export interface CelProgram {
  readonly expression: string;
  /** Whether its static type is bool. */
  readonly isBool: boolean;
  /** Whether it selects this claim by name (`claims.name`, `claims.?name`, in has() too). */
  selectsClaim(name: string): boolean;
  /**
   * The value with `claims` or `user` bound to this JSON object. Throws CelError, whose message is
   * Kubernetes' text after "resulted in error: ", when there is none or it takes too much work.
   */
  evaluate(variable: object): unknown;
}

/** The work of one evaluation, in steps: some tens of milliseconds at the very most. */
const workLimit = 150_000;

/** Parses and checks an expression over one variable; a string lists its errors as cel-go does. */
export function compileProgram(expression: string, variable: 'claims' | 'user'): CelProgram | string {
  const type = variable === 'claims' ? claimsType : userInfoType;
  const compiled = compileSource(expression, [[variable, type]]);
  if (typeof compiled === 'string') return compiled;
  const { ast, program, slotCount } = compiled;
  const kind = variable === 'claims' ? 'claims' : userInfoType.name;
  return {
    expression,
    isBool: program.type.name === 'bool',
    selectsClaim: (name) => someNode(ast, (node) => isClaim(node, name)),
    evaluate: (value) => {
      const evaluation: Evaluation = { slots: new Array(slotCount).fill(null), left: workLimit };
      evaluation.slots[0] = celObject(kind, value);
      try {
        return program.run(evaluation);
      } catch (error) {
        if (error instanceof CelError) throw error;
        throw new CelError('internal error');
      }
    },
  };
}

function isClaim(node: ASTNode, name: string): boolean {
  if (node.op !== '.' && node.op !== '.?') return false;
  const [operand, field] = node.args;
  return field === name && operand.op === 'id' && operand.args === 'claims';
}

/** The texts that a result stands for: a string or a list of strings, null for none; undefined when it is neither. */
export function textsOf(result: unknown): readonly string[] | undefined {
  if (result === null) return [];
  if (typeof result === 'string') return result === '' ? [] : [result];
  if (!Array.isArray(result) || isNativeList(result)) return undefined;
  const texts = result as readonly unknown[];
  return texts.every((text) => typeof text === 'string') ? texts.filter((text) => text !== '') : undefined;
}
