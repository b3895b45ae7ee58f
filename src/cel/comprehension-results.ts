import { compare } from './cel-operators.ts';
import { bool, type CelType, type as celType, dyn, isDynamic } from './cel-type.ts';
import { CelError, type Evaluation, kindOf, mapKeys, mapMember, spend } from './cel-value.ts';
import type { Compiled } from './compile-scope.ts';

/** What a comprehension goes through, and what it finds for each element. */
export interface Loop {
  readonly element: CelType;
  readonly key: CelType;
  /** The type of what is found. */
  readonly found: CelType;
  /** Sets the variables for each element in turn and yields it, or its key. */
  steps(evaluation: Evaluation): Iterable<unknown>;
  keyOf(evaluation: Evaluation): unknown;
  /** Whether the element counts. */
  test(evaluation: Evaluation): boolean;
  find(evaluation: Evaluation): unknown;
}

type Comprehension = (loop: Loop) => Compiled;

const one: Comprehension = (loop) => ({
  type: bool,
  run: (e) => {
    let count = 0;
    for (const _ of loop.steps(e)) if (loop.test(e)) count += 1;
    return count === 1;
  },
});

const listOfFound: Comprehension = (loop) => ({
  type: celType('list', loop.found),
  run: (e) => {
    const result: unknown[] = [];
    for (const _ of loop.steps(e)) if (loop.test(e)) result.push(loop.find(e));
    return result;
  },
});

/** What the comprehensions make of their elements. Source: cel-go parser/macro.go, ext/comprehensions.go, ext/lists.go. */
export const results: Readonly<Record<string, Comprehension>> = {
  all: (loop) => ({ type: bool, run: (e) => quantify(loop, e, false) }),
  exists: (loop) => ({ type: bool, run: (e) => quantify(loop, e, true) }),
  exists_one: one,
  existsOne: one,
  filter: (loop) => ({
    type: celType('list', loop.element),
    run: (e) => {
      const result: unknown[] = [];
      for (const item of loop.steps(e)) if (loop.test(e)) result.push(item);
      return result;
    },
  }),
  map: listOfFound,
  sortBy: (loop) => ({ type: celType('list', loop.element), run: (e) => sortBy(loop, e) }),
  transformList: listOfFound,
  transformMap: (loop) => ({
    type: celType('map', loop.key, loop.found),
    run: (e) => {
      const result = new Map<unknown, unknown>();
      for (const _ of loop.steps(e)) if (loop.test(e)) result.set(loop.keyOf(e), loop.find(e));
      return result;
    },
  }),
  transformMapEntry: (loop) => ({
    type: isDynamic(loop.found) ? celType('map', dyn, dyn) : loop.found,
    run: (e) => {
      const result = new Map<unknown, unknown>();
      for (const _ of loop.steps(e)) if (loop.test(e)) insertEntries(result, loop.find(e), e);
      return result;
    },
  }),
};

function quantify(loop: Loop, evaluation: Evaluation, decisive: boolean): boolean {
  let failure: CelError | undefined;
  for (const _ of loop.steps(evaluation)) {
    try {
      if (loop.test(evaluation) === decisive) return decisive;
    } catch (error) {
      // As with || and &&: a decisive element outweighs the failure of another.
      if (!(error instanceof CelError) || error.fatal) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return !decisive;
}

/** No key comes twice. */
function insertEntries(result: Map<unknown, unknown>, entries: unknown, evaluation: Evaluation): void {
  if (kindOf(entries) !== 'map') throw new CelError('no such overload');
  for (const key of mapKeys(entries, evaluation)) {
    spend(evaluation, 1);
    if (result.has(key)) throw new CelError(`insert failed: key ${String(key)} already exists`);
    result.set(key, mapMember(entries, key));
  }
}

const comparable = new Set('bool bytes double duration int string timestamp uint'.split(' '));

function sortBy(loop: Loop, evaluation: Evaluation): readonly unknown[] {
  const keyed: (readonly [key: unknown, item: unknown])[] = [];
  for (const item of loop.steps(evaluation)) keyed.push([loop.find(evaluation), item]);
  const kinds = new Set(keyed.map(([key]) => kindOf(key)));
  if ([...kinds].some((kind) => !comparable.has(kind)))
    throw new CelError('list elements must be comparable');
  if (kinds.size > 1) throw new CelError('list elements must have the same type');
  for (const [key] of keyed) spend(evaluation, 16 + (typeof key === 'string' ? key.length : 0));
  return keyed.toSorted(([a], [b]) => compare(a, b)).map(([, item]) => item);
}
