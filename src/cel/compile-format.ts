import type { ASTNode } from '@marcbachmann/cel-js';
import { CelError } from './cel-value.ts';
import { type Compiler, offsetOf } from './compile-scope.ts';
import { clauseKinds } from './format-clauses.ts';
import { type Clause, interpolate } from './interpolate.ts';
import { typeName } from './type-name.ts';

/** Lists and maps that are to be formatted may hold values of several types. */
export function allowMixed(compiler: Compiler, node: ASTNode | undefined): void {
  if (node?.op === 'list') {
    compiler.mixed.add(node);
    for (const item of node.args) allowMixed(compiler, item);
  }
  if (node?.op === 'map') {
    compiler.mixed.add(node);
    for (const part of node.args.flat()) allowMixed(compiler, part);
  }
}

/**
 * A format that is written down, with its values in a list, is checked when it is read.
 * Source: cel-go ext/formatting.go stringFormatValidator.
 */
export function checkFormat(compiler: Compiler, node: ASTNode & { readonly op: 'rcall' }): void {
  const [, receiver, [list]] = node.args;
  if (receiver.op !== 'value' || typeof receiver.args !== 'string' || list?.op !== 'list') return;
  const values = list.args;
  const problem = formatProblem(compiler, receiver.args, values);
  if (problem !== undefined) compiler.report(offsetOf(problem.node ?? node), problem.message);
}

/** What is wrong with a format and its values, and with which of them; undefined when nothing is. */
function formatProblem(
  compiler: Compiler,
  text: string,
  values: readonly ASTNode[],
): { readonly message: string; readonly node?: ASTNode } | undefined {
  let used = 0;
  let node: ASTNode | undefined;
  try {
    interpolate(text, values.length, (clause, index) => {
      used = index + 1;
      const value = values[index];
      node = value && unfit(compiler, clause, value);
      if (node === undefined) return '';
      const given = typeName(compiler.typeOf(node).name);
      throw new CelError(`error during formatting: ${clauseKinds[clause.verb]?.refusal}, was given ${given}`);
    });
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return node === undefined ? { message: error.message } : { message: error.message, node };
  }
  if (values.length <= used) return undefined;
  const counts = `(expected ${used}, got ${values.length})`;
  return { message: `too many arguments supplied to string.format ${counts}` };
}

/** The part of a value that the clause cannot be used on. */
function unfit(compiler: Compiler, clause: Clause, node: ASTNode): ASTNode | undefined {
  const { name } = compiler.typeOf(node);
  if (name !== 'dyn' && name !== 'error' && clauseKinds[clause.verb]?.takes.has(name) !== true) return node;
  if (clause.verb !== 's') return undefined;
  const parts: readonly ASTNode[] =
    node.op === 'list' ? node.args : node.op === 'map' ? node.args.flat() : [];
  for (const part of parts) {
    const wrong = unfit(compiler, clause, part);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
