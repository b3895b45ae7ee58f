import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { CelError, celObject, type Evaluation, isNativeList, spend } from './cel-value.ts';
import { claimsType, compileNode } from './compile-expression.ts';
import { type Compiler, type Scope, userInfoType } from './compile-scope.ts';

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
const workLimit = 250_000;
/** Only the parser of the library is used: its evaluator bounds no work, and its matches() backtracks. */
const environment = new Environment({
  enableOptionalTypes: true,
  limits: { maxAstNodes: 5000, maxDepth: 100 },
});

/** Parses and checks an expression over one variable; a string lists its errors as cel-go does. */
export function compileProgram(expression: string, variable: 'claims' | 'user'): CelProgram | string {
  const errors: { readonly offset: number; readonly message: string }[] = [];
  const report: Compiler['report'] = (offset, message) => void errors.push({ offset, message });
  const ast = parse(expression, report);
  let slotCount = 1;
  const compiler: Compiler = {
    report,
    newSlot: () => slotCount++,
    compile: (node, scope) => {
      const { type, run } = compileNode(compiler, node, scope);
      return {
        type,
        run: (evaluation) => {
          spend(evaluation, 1);
          return run(evaluation);
        },
      };
    },
  };
  const scope: Scope = new Map([
    [variable, { slot: 0, type: variable === 'claims' ? claimsType : userInfoType }],
  ]);
  const program = ast === undefined ? undefined : compiler.compile(ast, scope);
  if (ast === undefined || program === undefined || errors.length > 0) return printErrors(expression, errors);
  const kind = variable === 'claims' ? 'claims' : userInfoType.name;
  return {
    expression,
    isBool: program.type.name === 'bool',
    selectsClaim: (name) => selects(ast, name),
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

/** The texts that a result stands for: a string or a list of strings, null for none; undefined when it is neither. */
export function textsOf(result: unknown): readonly string[] | undefined {
  if (result === null) return [];
  if (typeof result === 'string') return result === '' ? [] : [result];
  if (!Array.isArray(result) || isNativeList(result)) return undefined;
  const texts = result as readonly unknown[];
  return texts.every((text) => typeof text === 'string') ? texts.filter((text) => text !== '') : undefined;
}

function parse(expression: string, report: Compiler['report']): ASTNode | undefined {
  try {
    // A leading dot only says that the name is to be found in the root scope, and there is no other.
    return environment.parse(expression.replace(/^(\s*)\.(?=[A-Za-z_])/, '$1 ')).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const escaped = error.summary.endsWith('`');
    report(error.range?.start ?? 0, escaped ? "unsupported syntax: '`'" : `Syntax error: ${error.summary}`);
    return undefined;
  }
}

/** Looks through everything in an expression, has() and macros included. */
function selects(node: ASTNode, name: string): boolean {
  if (node.op === '.' || node.op === '.?') {
    const [operand, field] = node.args;
    if (field === name && operand.op === 'id' && operand.args === 'claims') return true;
  }
  return childrenOf(node.args).some((child) => selects(child, name));
}

function childrenOf(args: unknown): readonly ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function printErrors(
  expression: string,
  errors: readonly { readonly offset: number; readonly message: string }[],
): string {
  return errors
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, message }) => {
      const before = expression.slice(0, offset).split('\n');
      const column = before.at(-1)?.length ?? 0;
      const line = expression.split('\n')[before.length - 1] ?? '';
      return `ERROR: <input>:${before.length}:${column + 1}: ${message}\n | ${line}\n | ${'.'.repeat(column)}^`;
    })
    .join('\n');
}
