import type { ASTNode } from '@marcbachmann/cel-js';
import { type CelType, type as celType } from './cel-type.ts';
import type { Evaluation } from './cel-value.ts';

/** A checked part of an expression. */
export interface Compiled {
  readonly type: CelType;
  readonly run: (evaluation: Evaluation) => unknown;
}

/** The variables in sight. */
export type Scope = ReadonlyMap<string, { readonly slot: number; readonly type: CelType }>;

export interface Compiler {
  compile(node: ASTNode, scope: Scope): Compiled;
  /** Notes an error at an offset of the expression. */
  report(offset: number, message: string): void;
  /** The type of a node that has been compiled. */
  typeOf(node: ASTNode): CelType;
  /** The literals of lists and maps whose values need not be of one type. */
  readonly mixed: WeakSet<ASTNode>;
  /** A new place for a variable. */
  newSlot(): number;
}

export function declare(scope: Scope, name: string, slot: number, type: CelType): Scope {
  return new Map(scope).set(name, { slot, type });
}

export const userInfoType = celType('kubernetes.UserInfo');

/** Where cel-go says that a node is: a call at its parenthesis, a select at its dot, an operator at its sign. */
export function offsetOf(node: ASTNode): number {
  const { input, start } = node;
  const after = (text: string, from: number): number => Math.max(input.indexOf(text, from), start);
  switch (node.op) {
    case 'call':
      return after('(', start + node.args[0].length);
    case 'rcall':
      return after('(', after(node.args[0], node.args[1].end) + node.args[0].length);
    case '.':
    case '.?':
      return after('.', node.args[0].end);
    case '[]':
    case '[?]':
      return after('[', node.args[0].end);
    case '?:':
      return after('?', node.args[0].end);
    case 'value':
    case 'id':
    case 'list':
    case 'map':
    case '!_':
    case '-_':
      return start;
    default:
      return after(node.op, node.args[0].end);
  }
}
