import { type Automaton, createAutomaton, END, type Letter, START } from './automaton.ts';
import { parsePattern } from './parse-pattern.ts';

/** Texts that a pattern takes more than linear time for. */
export interface SuperLinear {
  readonly growth: 'exponential' | 'polynomial';
  /** What such a text repeats. */
  readonly pump: string;
}

type Tuple = readonly number[];

/**
 * Whether there are texts for which a backtracking matcher needs more time than in proportion to their length: those
 * that can be read in many ways, none of which ends in a match. Errs on the side of yes.
 *
 * A loop that reads one word in two ways is exponential; two loops of which one leads to the other, all three ways by
 * one word, are polynomial. The search from everywhere in the text is such a loop.
 * Source: Weideman et al., Analyzing Matching Time Behavior of Backtracking Regular Expression Matchers (CIAA 2016).
 * @returns undefined when there is none
 */
export function findSuperLinear(source: string, flags: string): SuperLinear | undefined {
  if (!/[*+{]/.test(source)) return undefined;
  const automaton = createAutomaton(parsePattern(source), flags);
  const { states } = automaton;
  const reach = states.map((_, from) => reachable(automaton, from));
  const loops = states.flatMap((_, at) => (reach[at]!.has(at) ? [at] : []));
  const together = (a: number, b: number) => reach[a]!.has(b) && reach[b]!.has(a);
  const failing = loops.filter((at) => mayFail(automaton, at));

  for (const at of failing) {
    const twice = [...states[at]!.next].find(([to, ways]) => ways > 1 && together(at, to));
    const pump =
      twice === undefined
        ? splitAndMeet(automaton, at, (other) => together(at, other))
        : automaton.letters.find((letter) => states[twice[0]]!.reads(letter));
    if (pump !== undefined) return { growth: 'exponential', pump };
  }
  for (const early of loops) {
    for (const late of failing) {
      if (early === late || !reach[early]!.has(late)) continue;
      const within = (index: number, at: number) =>
        index === 0
          ? together(early, at)
          : index === 2
            ? together(late, at)
            : reach[early]!.has(at) && reach[at]!.has(late);
      const pump = wordBetween(automaton, [early, early, late], [early, late, late], within);
      if (pump !== undefined) return { growth: 'polynomial', pump };
    }
  }
  return undefined;
}

/** The states that some text without marks leads to. */
function reachable({ states, letters }: Automaton, from: number): ReadonlySet<number> {
  const seen = new Set<number>();
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const to of states[at]!.next.keys())
      if (!seen.has(to) && letters.some((letter) => states[to]!.reads(letter))) {
        seen.add(to);
        open.push(to);
      }
  return seen;
}

/** Whether a text can go on so that nothing which began here ends in a match. */
function mayFail(automaton: Automaton, at: number): boolean {
  const { states, letters } = automaton;
  const step = (from: readonly number[], letter: Letter) =>
    [
      ...new Set(
        from.flatMap((one) => [...states[one]!.next.keys()].filter((to) => states[to]!.reads(letter))),
      ),
    ].sort((a, b) => a - b);
  const matched = (some: readonly number[]) => some.some((one) => states[one]!.accepting);
  const seen = new Set<string>();
  const open: (readonly number[])[] = [[at]];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    if (seen.has(from.join()) || matched(from)) continue;
    if (!matched(step(from, END))) return true;
    seen.add(from.join());
    for (const letter of letters) open.push(step(from, letter));
  }
  return false;
}

/** A word by which `at` leads back to itself in two ways. */
function splitAndMeet(
  automaton: Automaton,
  at: number,
  within: (state: number) => boolean,
): string | undefined {
  const inside = (_: number, state: number) => within(state);
  const pairs = walk(automaton, [at, at], inside);
  for (const [pair, word] of pairs) {
    const [left, right] = pair.split(',').map(Number) as [number, number];
    const back = left === right ? undefined : wordBetween(automaton, [left, right], [at, at], inside);
    if (back !== undefined) return word + back;
  }
  return undefined;
}

function wordBetween(
  automaton: Automaton,
  from: Tuple,
  to: Tuple,
  within: (index: number, state: number) => boolean,
): string | undefined {
  return walk(automaton, from, within, to).get(to.join());
}

/** Where several matchers get by reading the same, with a word that leads there. */
function walk(
  { states, letters }: Automaton,
  from: Tuple,
  within: (index: number, state: number) => boolean,
  until?: Tuple,
): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  const open: { readonly tuple: Tuple; readonly word: string }[] = [{ tuple: from, word: '' }];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { tuple, word } = next;
    for (const letter of letters) {
      if (letter === START) continue;
      const choices = tuple.map((at, index) =>
        [...states[at]!.next.keys()].filter((to) => states[to]!.reads(letter) && within(index, to)),
      );
      for (const reached of product(choices)) {
        if (words.has(reached.join())) continue;
        words.set(reached.join(), word + letter);
        open.push({ tuple: reached, word: word + letter });
      }
      if (until !== undefined && words.has(until.join())) return words;
    }
  }
  return words;
}

function product(choices: readonly (readonly number[])[]): Tuple[] {
  return choices.reduce<Tuple[]>(
    (tuples, some) => tuples.flatMap((tuple) => some.map((one) => [...tuple, one])),
    [[]],
  );
}
