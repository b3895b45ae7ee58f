import { ShellSyntaxError } from './syntax.ts';

/** The value of a `$((…))`: integers, + - * / %, parentheses, comparisons, variables. Throws ShellSyntaxError. */
export function arithmetic(expression: string, variable: (name: string) => string): number {
  const tokens = expression.match(/\d+|[A-Za-z_]\w*|[<>=!]=|[-+*/%()<>]|\S/g) ?? [];
  let at = 0;

  function operand(depth: number): number {
    if (depth > 50) throw new ShellSyntaxError('arithmetic syntax error');
    const token = tokens[at++] ?? '';
    if (token === '(') {
      const value = binary(0, depth + 1);
      if (tokens[at++] !== ')') throw new ShellSyntaxError('arithmetic syntax error');
      return value;
    }
    if (token === '-') return -operand(depth + 1);
    if (/^\d+$/.test(token)) return Number(token);
    if (/^[A-Za-z_]/.test(token)) return Number.parseInt(variable(token), 10) || 0;
    throw new ShellSyntaxError('arithmetic syntax error');
  }

  function binary(level: number, depth: number): number {
    const operators = levels[level];
    if (operators === undefined) return operand(depth);
    let value = binary(level + 1, depth);
    for (let next = tokens[at] ?? ''; operators.includes(next); next = tokens[at] ?? '') {
      at += 1;
      value = apply(next, value, binary(level + 1, depth));
    }
    return value;
  }

  const value = binary(0, 0);
  if (at < tokens.length) throw new ShellSyntaxError('arithmetic syntax error');
  return value;
}

/** Loosest first. */
const levels: readonly (readonly string[])[] = [
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

function apply(operator: string, left: number, right: number): number {
  if ((operator === '/' || operator === '%') && right === 0) throw new ShellSyntaxError('divide by zero');
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return Math.trunc(left / right);
    case '%':
      return left % right;
    case '<':
      return Number(left < right);
    case '>':
      return Number(left > right);
    case '<=':
      return Number(left <= right);
    case '>=':
      return Number(left >= right);
    case '==':
      return Number(left === right);
    default:
      return Number(left !== right);
  }
}
