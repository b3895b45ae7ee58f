import type { ASTNode } from '@marcbachmann/cel-js';
import { bool, broken, type CelType, type as celType, dyn, isDynamic, join, printType } from './cel-type.ts';
import {
  CelError,
  type CelObject,
  celObject,
  type Evaluation,
  kindOf,
  mapKeys,
  mapMember,
  spend,
} from './cel-value.ts';
import { type Compiled, type Compiler, declare, offsetOf, type Scope } from './compile-scope.ts';

type Call = ASTNode & { readonly op: 'rcall' };

/** The comprehensions by their numbers of arguments. */
const comprehensions: Readonly<Record<string, readonly number[]>> = {
  all: [2],
  exists: [2],
  exists_one: [2],
  existsOne: [2],
  filter: [2],
  map: [2, 3],
  transformList: [3, 4],
};

/** Compiles a macro call; undefined when the call is none. */
export function compileMacro(compiler: Compiler, node: Call, scope: Scope): Compiled | undefined {
  const [name, , args] = node.args;
  if ((name === 'optMap' || name === 'optFlatMap') && args.length === 2) {
    return compileOptionalMap(compiler, node, scope);
  }
  if ((name === 'orValue' || name === 'or') && args.length === 1) return compileOr(compiler, node, scope);
  const counts = Object.hasOwn(comprehensions, name) ? comprehensions[name] : undefined;
  return counts?.includes(args.length) ? compileComprehension(compiler, node, scope) : undefined;
}

function compileComprehension(compiler: Compiler, node: Call, scope: Scope): Compiled {
  const [name, receiver, args] = node.args;
  const range = compiler.compile(receiver, scope);
  const { key, element, value } = rangeTypes(compiler, range.type, receiver);
  const indexed = name === 'transformList';
  const slots = { item: compiler.newSlot(), key: compiler.newSlot() };
  const inner = indexed
    ? declare(
        declare(scope, variableName(compiler, args[0]), slots.key, key),
        variableName(compiler, args[1]),
        slots.item,
        value,
      )
    : declare(scope, variableName(compiler, args[0]), slots.item, element);
  const parts = args.slice(indexed ? 2 : 1).map((part) => ({ part, ...compiler.compile(part, inner) }));
  const [head, last] = [parts[0], parts.at(-1)];
  if (head === undefined || last === undefined) return { type: broken, run: () => null };
  const filters = name === 'filter' || parts.length === 2;
  const transforms = name === 'map' || indexed;
  if (filters || !transforms) expectBool(compiler, head.type, head.part);

  const steps = (e: Evaluation): Iterable<unknown> => iterate(range.run(e), slots, indexed, e);
  const test = (e: Evaluation): boolean => asBool(head.run(e));
  if (name === 'all' || name === 'exists') {
    return { type: bool, run: (e) => quantify(steps(e), () => test(e), name === 'exists') };
  }
  if (!transforms && name !== 'filter')
    return { type: bool, run: (e) => countOf(steps(e), () => test(e)) === 1 };
  return {
    type: celType('list', transforms ? last.type : element),
    run: (e) => {
      const result: unknown[] = [];
      for (const item of steps(e)) if (!filters || test(e)) result.push(transforms ? last.run(e) : item);
      return result;
    },
  };
}

/** Sets the variables for each element in turn and yields it; of a map the keys, or key and value. */
function* iterate(
  range: unknown,
  slots: { readonly item: number; readonly key: number },
  indexed: boolean,
  evaluation: Evaluation,
): Iterable<unknown> {
  const kind = kindOf(range);
  // The claims as a whole, too: kube-apiserver's answers about them are silently wrong.
  if (kind !== 'list' && kind !== 'map')
    throw new CelError(`got '${kind === 'null_type' ? 'types.Null' : kind}', expected iterable type`);
  const items: readonly unknown[] = Array.isArray(range) ? range : mapKeys(range);
  for (const [index, item] of items.entries()) {
    spend(evaluation, 1);
    evaluation.slots[slots.key] = kind === 'list' ? BigInt(index) : item;
    evaluation.slots[slots.item] = indexed && kind === 'map' ? mapMember(range, item) : item;
    yield item;
  }
}

function quantify(steps: Iterable<unknown>, test: () => boolean, decisive: boolean): boolean {
  let failure: CelError | undefined;
  for (const _ of steps) {
    try {
      if (test() === decisive) return decisive;
    } catch (error) {
      // As with || and &&: a decisive element outweighs the failure of another.
      if (!(error instanceof CelError) || error.fatal) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return !decisive;
}

function countOf(steps: Iterable<unknown>, test: () => boolean): number {
  let count = 0;
  for (const _ of steps) if (test()) count += 1;
  return count;
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

export function asBool(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new CelError('no such overload');
  return value;
}

export function expectBool(compiler: Compiler, found: CelType, node: ASTNode): void {
  if (found.name === 'bool' || isDynamic(found)) return;
  compiler.report(offsetOf(node), `expected type 'bool' but found '${printType(found)}'`);
}

function variableName(compiler: Compiler, node: ASTNode | undefined): string {
  if (node?.op === 'id') return node.args;
  compiler.report(node?.start ?? 0, 'argument must be a simple name');
  return '';
}

function rangeTypes(
  compiler: Compiler,
  range: CelType,
  node: ASTNode,
): { readonly key: CelType; readonly element: CelType; readonly value: CelType } {
  const [first = dyn, second = dyn] = range.of;
  if (range.name === 'list') return { key: celType('int'), element: first, value: first };
  if (range.name === 'dyn' || range.name === 'error') return { key: dyn, element: dyn, value: dyn };
  const isClaims = node.op === 'id' && node.args === 'claims';
  if (range.name === 'map' && !isClaims) return { key: first, element: first, value: second };
  const why = isClaims
    ? 'the claims as a whole cannot be range of a comprehension (kube-apiserver gives wrong answers)'
    : `expression of type '${printType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
  compiler.report(offsetOf(node), why);
  return { key: broken, element: broken, value: broken };
}
