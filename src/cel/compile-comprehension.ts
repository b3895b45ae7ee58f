import type { ASTNode } from '@marcbachmann/cel-js';
import { broken, type CelType, type as celType, dyn, isDynamic, printType } from './cel-type.ts';
import { CelError, type Evaluation, kindOf, mapKeys, mapMember, spend } from './cel-value.ts';
import { asBool, expectBool, variableName } from './compile-operand.ts';
import { type Compiled, type Compiler, declare, offsetOf, type Scope } from './compile-scope.ts';
import { type Loop, results } from './comprehension-results.ts';

type Call = ASTNode & { readonly op: 'rcall' };

/** The comprehensions by their numbers of arguments. */
const overElements: Readonly<Record<string, readonly number[]>> = {
  all: [2],
  exists: [2],
  exists_one: [2],
  existsOne: [2],
  filter: [2],
  map: [2, 3],
  sortBy: [2],
};
/** Those that see the index or the key of an element, too. */
const overEntries: Readonly<Record<string, readonly number[]>> = {
  all: [3],
  exists: [3],
  exists_one: [3],
  existsOne: [3],
  transformList: [3, 4],
  transformMap: [3, 4],
  transformMapEntry: [3, 4],
};

const takes = (table: Readonly<Record<string, readonly number[]>>, name: string, count: number): boolean =>
  Object.hasOwn(table, name) && table[name]?.includes(count) === true;

/** Compiles a comprehension; undefined when the call is none. */
export function compileComprehension(compiler: Compiler, node: Call, scope: Scope): Compiled | undefined {
  const [name, , args] = node.args;
  const isOverEntries = takes(overEntries, name, args.length);
  const build = isOverEntries || takes(overElements, name, args.length) ? results[name] : undefined;
  return build?.(compileLoop(compiler, node, scope, isOverEntries));
}

/** A condition decides, or what is found does, or both are there, the condition first. */
const conditional = new Set(['all', 'exists', 'exists_one', 'existsOne', 'filter']);

function compileLoop(compiler: Compiler, node: Call, scope: Scope, isOverEntries: boolean): Loop {
  const [name, receiver, args] = node.args;
  const range = compiler.compile(receiver, scope);
  const types = rangeTypes(compiler, range.type, receiver);
  if (name === 'sortBy' && range.type.name === 'map') {
    compiler.report(
      offsetOf(node),
      `sortBy can only be applied to a list, not to '${printType(range.type)}'`,
    );
  }
  const slots = { item: compiler.newSlot(), key: compiler.newSlot() };
  const inner = isOverEntries
    ? declareEntry(compiler, args, scope, slots, types)
    : declare(scope, variableName(compiler, args[0]), slots.item, types.element);
  const parts = args.slice(isOverEntries ? 2 : 1).map((part) => ({ part, ...compiler.compile(part, inner) }));
  const [head, last] = [parts[0], parts.at(-1)];
  const tests = conditional.has(name) || parts.length === 2;
  if (tests && head !== undefined) expectBool(compiler, head.type, head.part);
  const found = last?.type ?? broken;
  if (name === 'transformMapEntry' && found.name !== 'map' && !isDynamic(found)) {
    compiler.report(
      offsetOf(node),
      `found no matching overload for '${name}' applied to '${printType(found)}'`,
    );
  }
  return {
    element: types.element,
    key: types.key,
    found,
    steps: (e) => iterate(range.run(e), slots, isOverEntries, e),
    keyOf: (e) => e.slots[slots.key],
    test: (e) => !tests || asBool(head?.run(e)),
    find: (e) => last?.run(e),
  };
}

function declareEntry(
  compiler: Compiler,
  [first, second]: readonly ASTNode[],
  scope: Scope,
  slots: Slots,
  { key, value }: RangeTypes,
): Scope {
  const names = [variableName(compiler, first), variableName(compiler, second)] as const;
  if (names[0] === names[1]) compiler.report(second?.start ?? 0, `duplicate variable name: ${names[0]}`);
  return declare(declare(scope, names[0], slots.key, key), names[1], slots.item, value);
}

interface Slots {
  readonly item: number;
  readonly key: number;
}

function* iterate(
  range: unknown,
  slots: Slots,
  isOverEntries: boolean,
  evaluation: Evaluation,
): Iterable<unknown> {
  const kind = kindOf(range);
  // The claims as a whole, too: kube-apiserver's answers about them are silently wrong.
  if (kind !== 'list' && kind !== 'map')
    throw new CelError(`got '${kind === 'null_type' ? 'types.Null' : kind}', expected iterable type`);
  const items: readonly unknown[] = Array.isArray(range) ? range : mapKeys(range, evaluation);
  for (const [index, item] of items.entries()) {
    spend(evaluation, 1);
    evaluation.slots[slots.key] = kind === 'list' ? BigInt(index) : item;
    evaluation.slots[slots.item] = isOverEntries && kind === 'map' ? mapMember(range, item) : item;
    yield item;
  }
}

interface RangeTypes {
  readonly key: CelType;
  /** What a comprehension over elements sees: of a map the keys. */
  readonly element: CelType;
  readonly value: CelType;
}

function rangeTypes(compiler: Compiler, range: CelType, node: ASTNode): RangeTypes {
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
