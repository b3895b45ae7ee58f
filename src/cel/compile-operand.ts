import type { ASTNode } from '@marcbachmann/cel-js';
import { type CelType, isDynamic, printType } from './cel-type.ts';
import { CelError } from './cel-value.ts';
import { type Compiler, offsetOf } from './compile-scope.ts';

export function asBool(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new CelError('no such overload');
  return value;
}

export function expectBool(compiler: Compiler, found: CelType, node: ASTNode): void {
  if (found.name === 'bool' || isDynamic(found)) return;
  compiler.report(offsetOf(node), `expected type 'bool' but found '${printType(found)}'`);
}

export function variableName(compiler: Compiler, node: ASTNode | undefined): string {
  if (node?.op === 'id') return node.args;
  compiler.report(node?.start ?? 0, 'argument must be a simple name');
  return '';
}
