/** One place of a segment: a `*`, or what a single character may be. */
type Place = '*' | ((character: string) => boolean);

/**
 * Compiles a pattern of Go's path.Match: `*` is any run of characters without a slash, `?` one of them, `[a-z]` and `[^a-z]`
 * a class, `\` takes the next character literally; the whole path must match. Stricter than Go in one point: a class
 * never matches a slash, so that the number of segments is always the pattern's.
 * Takes linear time in the path for each `*`.
 * Source: Go path.Match.
 * @throws TypeError for a malformed pattern
 */
export function compilePathPattern(pattern: string): (path: string) => boolean {
  const segments = pattern.split('/').map((segment) => placesOf(segment, pattern));
  return (path) => {
    const parts = path.split('/');
    return (
      parts.length === segments.length &&
      segments.every((places, index) => matches(places, parts[index] ?? ''))
    );
  };
}

function placesOf(segment: string, pattern: string): readonly Place[] {
  const places: Place[] = [];
  const characters = [...segment];
  const malformed = () => new TypeError(`malformed path pattern ${JSON.stringify(pattern)}`);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at];
    if (character === '*') {
      if (places.at(-1) !== '*') places.push('*');
    } else if (character === '?') {
      places.push(() => true);
    } else if (character === '[') {
      const end = classEnd(characters, at);
      if (end === undefined) throw malformed();
      places.push(classOf(characters.slice(at + 1, end), malformed));
      at = end;
    } else {
      if (character === '\\') at++;
      const literal = characters[at];
      if (literal === undefined) throw malformed();
      places.push((other) => other === literal);
    }
  }
  return places;
}

/** Where the class that begins at `start` ends. */
function classEnd(characters: readonly string[], start: number): number | undefined {
  for (let at = start + 1; at < characters.length; at++) {
    if (characters[at] === '\\') at++;
    else if (characters[at] === ']') return at;
  }
  return undefined;
}

function classOf(content: readonly string[], malformed: () => Error): Place {
  const negated = content[0] === '^';
  const ranges: [low: string, high: string][] = [];
  let at = negated ? 1 : 0;
  const next = () => {
    if (content[at] === '-') throw malformed();
    if (content[at] === '\\') at++;
    const character = content[at++];
    if (character === undefined) throw malformed();
    return character;
  };
  while (at < content.length) {
    const low = next();
    if (content[at] !== '-') {
      ranges.push([low, low]);
      continue;
    }
    at++;
    ranges.push([low, next()]);
  }
  if (ranges.length === 0) throw malformed();
  return (character) => ranges.some(([low, high]) => low <= character && character <= high) !== negated;
}

/** Only the last `*` is ever widened: what an earlier one could gain, a later one can too. */
function matches(places: readonly Place[], segment: string): boolean {
  const characters = [...segment];
  let [place, at, star, resume] = [0, 0, -1, 0];
  while (at < characters.length) {
    const wanted = places[place];
    if (wanted === '*') {
      star = place++;
      resume = at;
    } else if (wanted?.(characters[at] ?? '') === true) {
      place++;
      at++;
    } else if (star >= 0) {
      place = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (places[place] === '*') place++;
  return place === places.length;
}
