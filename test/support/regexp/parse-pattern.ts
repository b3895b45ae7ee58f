/** A regular expression as a tree, as far as its matching costs time. Owns no matching. */
export type Pattern =
  /** One character of a class, an escape or itself: `source` says which, as written. */
  | { readonly kind: 'character'; readonly source: string }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'look'; readonly body: Pattern }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly branches: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly body: Pattern; readonly min: number; readonly max: number };

const NOTHING: Pattern = { kind: 'sequence', parts: [] };

const ESCAPE = /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[^\dkc]|0)/u;
const CLASS = /^\[(?:[^\]\\]|\\.)*\]/su;
const GROUP = /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/;
const COUNT = /^\{(\d+)(,?)(\d*)\}/;

/**
 * Parses the text of a regular expression literal.
 * @throws Error for what is not known here: back references to more than one character, control escapes, flags within
 */
export function parsePattern(source: string): Pattern {
  let rest = source;
  /** Of a first group that is one character: what `\\1` reads. */
  const firstGroup = /^[^(]*(?:\((?:\?:)[^(]*)*\((\[[^\]]*\])\)/.exec(source)?.[1];
  const take = (text: string) => {
    rest = rest.slice(text.length);
    return text;
  };
  const taken = (text: string, pattern: Pattern) => {
    take(text);
    return pattern;
  };

  function choice(): Pattern {
    const branches = [sequence()];
    while (rest.startsWith('|')) {
      take('|');
      branches.push(sequence());
    }
    return branches.length === 1 ? branches[0]! : { kind: 'choice', branches };
  }

  function sequence(): Pattern {
    const parts: Pattern[] = [];
    while (rest !== '' && !/^[|)]/.test(rest)) parts.push(repeated(single()));
    return { kind: 'sequence', parts };
  }

  function repeated(body: Pattern): Pattern {
    const [min, max] = count();
    if (rest.startsWith('?') && (min !== 1 || max !== 1)) take('?');
    return min === 1 && max === 1 ? body : { kind: 'repeat', body, min, max };
  }

  function count(): readonly [number, number] {
    const simple = { '*': [0, Number.POSITIVE_INFINITY], '+': [1, Number.POSITIVE_INFINITY], '?': [0, 1] }[
      rest[0] ?? ''
    ];
    if (simple !== undefined) {
      take(rest[0]!);
      return [simple[0]!, simple[1]!];
    }
    const exact = COUNT.exec(rest);
    if (exact === null) return [1, 1];
    take(exact[0]);
    const min = Number(exact[1]);
    if (exact[2] === '') return [min, min];
    return [min, exact[3] === '' ? Number.POSITIVE_INFINITY : Number(exact[3])];
  }

  function single(): Pattern {
    if (rest.startsWith('(')) return group();
    if (rest.startsWith('^')) return taken('^', { kind: 'start' });
    if (rest.startsWith('$')) return taken('$', { kind: 'end' });
    if (/^\\[bB]/.test(rest)) return taken(rest.slice(0, 2), NOTHING);
    if (rest.startsWith('\\1') && firstGroup !== undefined) {
      // As if it might be any of the group's characters.
      return taken('\\1', { kind: 'character', source: firstGroup });
    }
    const source = (rest.startsWith('[') ? CLASS : rest.startsWith('\\') ? ESCAPE : /^./su).exec(rest)?.[0];
    if (source === undefined) throw new Error(`not understood: ${rest}`);
    return { kind: 'character', source: take(source) };
  }

  function group(): Pattern {
    const opening = take(GROUP.exec(rest)![0]);
    if (rest.startsWith('?')) throw new Error(`not understood: ${opening}${rest}`);
    const body = choice();
    take(')');
    return /^\(\?<?[=!]$/.test(opening) ? { kind: 'look', body } : body;
  }

  const whole = choice();
  if (rest !== '') throw new Error(`not understood: ${rest}`);
  return whole;
}
