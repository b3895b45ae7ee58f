import type { ASTNode } from '@marcbachmann/cel-js';
import { broken, type as celType, dyn, isDynamic, join, printType } from './cel-type.ts';
import { CelError, type CelObject, celObject, kindOf } from './cel-value.ts';
import { compileComprehension } from './compile-comprehension.ts';
import { variableName } from './compile-operand.ts';
import { type Compiled, type Compiler, declare, offsetOf, type Scope } from './compile-scope.ts';

type Call = ASTNode & { readonly op: 'rcall' };

/** Compiles a macro call; undefined when the call is none. */
export function compileMacro(compiler: Compiler, node: Call, scope: Scope): Compiled | undefined {
  const [name, , args] = node.args;
  if ((name === 'optMap' || name === 'optFlatMap') && args.length === 2) {
    return compileOptionalMap(compiler, node, scope);
  }
  if ((name === 'orValue' || name === 'or') && args.length === 1) return compileOr(compiler, node, scope);
  return compileComprehension(compiler, node, scope);
}

/** `a.orValue(b)` and `a.or(b)`: b is evaluated only when a is empty. */
function compileOr(compiler: Compiler, node: Call, scope: Scope): Compiled {
  const [name, receiver, args] = node.args;
  const optional = compiler.compile(receiver, scope);
  const other = args[0] === undefined ? undefined : compiler.compile(args[0], scope);
  if (other === undefined) return { type: broken, run: () => null };
  const inner = optional.type.name === 'optional' ? (optional.type.of[0] ?? dyn) : dyn;
  const wanted = name === 'or' ? celType('optional', inner) : inner;
  const joined = join(wanted, other.type);
  if (joined === undefined || (optional.type.name !== 'optional' && !isDynamic(optional.type))) {
    const types = `${printType(optional.type)}.(${printType(other.type)})`;
    compiler.report(offsetOf(node), `found no matching overload for '${name}' applied to '${types}'`);
  }
  return {
    type: joined ?? broken,
    run: (e) => {
      const value = asOptional(optional.run(e), name);
      if (value.value === undefined) return other.run(e);
      return name === 'or' ? value : value.value;
    },
  };
}

/** `a.optMap(x, f)` and `a.optFlatMap(x, f)`. */
function compileOptionalMap(compiler: Compiler, node: Call, scope: Scope): Compiled {
  const [name, receiver, [first, body]] = node.args;
  const optional = compiler.compile(receiver, scope);
  const slot = compiler.newSlot();
  const element = optional.type.name === 'optional' ? (optional.type.of[0] ?? dyn) : dyn;
  if (body === undefined) return { type: broken, run: () => null };
  const result = compiler.compile(body, declare(scope, variableName(compiler, first), slot, element));
  return {
    type: name === 'optMap' ? celType('optional', result.type) : result.type,
    run: (e) => {
      const value = asOptional(optional.run(e), name);
      if (value.value === undefined) return value;
      e.slots[slot] = value.value;
      return name === 'optMap' ? celObject('optional', result.run(e)) : asOptional(result.run(e), name);
    },
  };
}

function asOptional(value: unknown, doing: string): CelObject {
  if (kindOf(value) !== 'optional') throw new CelError(`no such overload: ${doing}`);
  return value as CelObject;
}
