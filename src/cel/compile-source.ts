import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { type CelType, dyn } from './cel-type.ts';
import { spend } from './cel-value.ts';
import { compileNode } from './compile-expression.ts';
import type { Compiled, Compiler, Scope } from './compile-scope.ts';

/** Only the parser of the library is used: its evaluator bounds no work, and its matches() backtracks. */
const environment = new Environment({
  enableOptionalTypes: true,
  limits: { maxAstNodes: 5000, maxDepth: 100 },
});

export interface CompiledSource {
  readonly ast: ASTNode;
  readonly program: Compiled;
  /** Places that an evaluation needs; the variables have the first ones, in their order. */
  readonly slotCount: number;
  /** The type of a node that has been compiled. */
  typeOf(node: ASTNode): CelType;
}

/** Parses and checks an expression over some variables; a string lists its errors as cel-go does. */
export function compileSource(
  expression: string,
  variables: readonly (readonly [name: string, type: CelType])[],
): CompiledSource | string {
  const errors: { readonly offset: number; readonly message: string }[] = [];
  const report: Compiler['report'] = (offset, message) => void errors.push({ offset, message });
  const ast = parse(expression, report);
  let slotCount = variables.length;
  const types = new WeakMap<ASTNode, CelType>();
  const compiler: Compiler = {
    report,
    mixed: new WeakSet(),
    newSlot: () => slotCount++,
    typeOf: (node) => types.get(node) ?? dyn,
    compile: (node, scope) => {
      const { type, run } = compileNode(compiler, node, scope);
      types.set(node, type);
      return {
        type,
        run: (evaluation) => {
          spend(evaluation, 1);
          return run(evaluation);
        },
      };
    },
  };
  const scope: Scope = new Map(variables.map(([name, type], slot) => [name, { slot, type }]));
  const program = ast === undefined ? undefined : compiler.compile(ast, scope);
  if (ast === undefined || program === undefined || errors.length > 0) return printErrors(expression, errors);
  return { ast, program, slotCount, typeOf: compiler.typeOf };
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

/** Whether a node, or anything below it, is what is looked for. */
export function someNode(node: ASTNode, isWanted: (node: ASTNode) => boolean): boolean {
  return isWanted(node) || childrenOf(node.args).some((child) => someNode(child, isWanted));
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
  const printed = errors
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, message }) => {
      const before = expression.slice(0, offset).split('\n');
      const column = before.at(-1)?.length ?? 0;
      const line = expression.split('\n')[before.length - 1] ?? '';
      return `ERROR: <input>:${before.length}:${column + 1}: ${message}\n | ${line}\n | ${'.'.repeat(column)}^`;
    });
  // What is looked at twice is wrong once.
  return [...new Set(printed)].join('\n');
}
