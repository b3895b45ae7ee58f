import type { Pattern } from './parse-pattern.ts';

/**
 * The positions of a pattern and which may follow which (Glushkov's automaton): as a backtracking matcher walks it,
 * with an edge for each way there. It reads a text between two marks, for `^` and `$`.
 */
export interface Automaton {
  readonly states: readonly State[];
  /** Where a search begins. */
  readonly first: readonly number[];
  /** One character of each kind that the pattern tells apart, the two marks excepted. */
  readonly letters: readonly Letter[];
}

export interface State {
  reads(letter: Letter): boolean;
  /** The number of ways to each next state. */
  readonly next: ReadonlyMap<number, number>;
  /** A match may end here. */
  readonly accepting: boolean;
}

export type Letter = string;
export const START: Letter = '<start>';
export const END: Letter = '<end>';

/** Longer counts that leave a choice are taken for no limit, which errs on the side of yes and keeps the automaton small. */
const MANY = 4;

const SAMPLE = [
  ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)),
  ...'\u0085\u00a0\u00e9\u00ff\u017f\u0300\u2014\u2028\u202e\u2068\u212a\u4e2d\ue000\uff0d',
];

interface Part {
  readonly nullable: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

const EMPTY: Part = { nullable: true, first: [], last: [] };

/** @param flags of the literal; without `y` it is looked for everywhere in the text */
export function createAutomaton(pattern: Pattern, flags: string): Automaton {
  const reads: ((letter: Letter) => boolean)[] = [];
  const next: Map<number, number>[] = [];

  function state(test: (letter: Letter) => boolean): Part {
    reads.push(test);
    next.push(new Map());
    const at = reads.length - 1;
    return { nullable: false, first: [at], last: [at] };
  }

  function connect(from: readonly number[], to: readonly number[]): void {
    for (const a of from) for (const b of to) next[a]!.set(b, (next[a]!.get(b) ?? 0) + 1);
  }

  function then(left: Part, right: Part): Part {
    connect(left.last, right.first);
    return {
      nullable: left.nullable && right.nullable,
      first: left.nullable ? [...left.first, ...right.first] : left.first,
      last: right.nullable ? [...left.last, ...right.last] : right.last,
    };
  }

  function repeat(body: Pattern, min: number, max: number): Part {
    if (max <= MANY || min === max) {
      let whole = EMPTY;
      // From the last one: none is left out before another that is not.
      for (let turn = max; turn > 0; turn--) {
        const rest = then(build(body), whole);
        whole = turn <= min ? rest : { ...rest, nullable: true };
      }
      return whole;
    }
    const part = build(body);
    if (part.nullable && max !== Number.POSITIVE_INFINITY)
      throw new Error('a long count of what may be empty');
    connect(part.last, part.first);
    return min === 0 ? { ...part, nullable: true } : part;
  }

  function build(node: Pattern): Part {
    switch (node.kind) {
      case 'character':
        return state(characterTest(node.source, flags));
      case 'start':
        return state((letter) => letter === START || (flags.includes('m') && letter === '\n'));
      case 'end':
        return state((letter) => letter === END || (flags.includes('m') && letter === '\n'));
      case 'look':
        // A way that leads nowhere, beside the one that goes on.
        return { nullable: true, first: build(node.body).first, last: [] };
      case 'sequence':
        return node.parts.map(build).reduce(then, EMPTY);
      case 'choice': {
        const parts = node.branches.map(build);
        return {
          nullable: parts.some(({ nullable }) => nullable),
          first: parts.flatMap(({ first }) => first),
          last: parts.flatMap(({ last }) => last),
        };
      }
      case 'repeat':
        return repeat(node.body, node.min, node.max);
    }
  }

  const search = flags.includes('y')
    ? state((letter) => letter === START)
    : state((letter) => letter !== END);
  if (!flags.includes('y')) connect(search.last, search.first);
  const body = build(pattern);
  const whole = then({ ...search, nullable: true }, body);
  const accepting = new Set(body.nullable ? whole.last : body.last);
  const states = reads.map((test, at) => ({ reads: test, next: next[at]!, accepting: accepting.has(at) }));
  return { states, first: whole.first, letters: lettersOf(states, pattern) };
}

const tests = new Map<string, (letter: Letter) => boolean>();

function characterTest(source: string, flags: string): (letter: Letter) => boolean {
  const kept = flags.replace(/[gymd]/g, '');
  const known = tests.get(`${kept} ${source}`);
  if (known !== undefined) return known;
  const expression = new RegExp(`^${source}$`, kept);
  const answers = new Map<Letter, boolean>();
  const test = (letter: Letter) => {
    const answer = answers.get(letter) ?? (letter.length === 1 && expression.test(letter));
    answers.set(letter, answer);
    return answer;
  };
  tests.set(`${kept} ${source}`, test);
  return test;
}

function lettersOf(states: readonly State[], pattern: Pattern): Letter[] {
  const named = JSON.stringify(pattern).match(/[^\0-\x7f]/g) ?? [];
  const kinds = new Map<string, Letter>();
  // Printable ones stand for their kind.
  for (const letter of [...SAMPLE.slice(33), ...named, ...SAMPLE.slice(0, 33)]) {
    const kind = states.map((state) => (state.reads(letter) ? '1' : '0')).join('');
    if (!kinds.has(kind)) kinds.set(kind, letter);
  }
  return [...kinds.values()];
}
