/** Where a scan stands: the character to look at and the containers that are open around it. */
interface Scan {
  readonly text: string;
  at: number;
  readonly open: ('{' | '[')[];
}

/** One step consumes something and gives the next step, or what is wrong. */
type Step = (scan: Scan, character: string) => Step | string;

/**
 * What Go's encoding/json says of a text that is no JSON. People search the web for these words, so they are the same.
 * The text must have failed JSON.parse; only the usual mistakes get their own words.
 * Source: Go encoding/json scanner.go.
 */
export function goJsonProblem(text: string): string {
  const scan: Scan = { text, at: 0, open: [] };
  let step: Step = value;
  for (;;) {
    while (' \t\r\n'.includes(text[scan.at] ?? '.')) scan.at += 1;
    const character = text[scan.at];
    if (character === undefined) return 'unexpected end of JSON input';
    const next = step(scan, character);
    if (typeof next === 'string') return next;
    step = next;
  }
}

const value: Step = (scan, character) => {
  if (character === '"') return skipString(scan, afterValue);
  if (character === '{' || character === '[') {
    scan.open.push(character);
    scan.at += 1;
    return character === '{' ? firstKey : firstElement;
  }
  word.lastIndex = scan.at;
  if (!word.test(scan.text)) return invalid(character, 'looking for beginning of value');
  scan.at = word.lastIndex;
  return afterValue;
};

const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

const firstElement: Step = (scan, character) => (character === ']' ? close(scan) : value(scan, character));

const firstKey: Step = (scan, character) => (character === '}' ? close(scan) : key(scan, character));

const key: Step = (scan, character) =>
  character === '"'
    ? skipString(scan, colon)
    : invalid(character, 'looking for beginning of object key string');

const colon: Step = (scan, character) => {
  if (character !== ':') return invalid(character, 'after object key');
  scan.at += 1;
  return value;
};

const afterValue: Step = (scan, character) => {
  const inside = scan.open.at(-1);
  if (inside === undefined) return invalid(character, 'after top-level value');
  if (character === (inside === '{' ? '}' : ']')) return close(scan);
  if (character !== ',') {
    return invalid(character, inside === '{' ? 'after object key:value pair' : 'after array element');
  }
  scan.at += 1;
  return inside === '{' ? key : value;
};

function close(scan: Scan): Step {
  scan.open.pop();
  scan.at += 1;
  return afterValue;
}

/** By hand and not by a pattern, which would need a stack as deep as the string is long. */
function skipString(scan: Scan, next: Step): Step | string {
  for (scan.at += 1; scan.at < scan.text.length; scan.at += 1) {
    const character = scan.text[scan.at] ?? '';
    if (character === '"') {
      scan.at += 1;
      return next;
    }
    if (character < ' ') return invalid(character, 'in string literal');
    if (character !== '\\') continue;
    scan.at += 1;
    const escaped = scan.text[scan.at];
    if (escaped !== undefined && !'"\\/bfnrtu'.includes(escaped)) {
      return invalid(escaped, 'in string escape code');
    }
  }
  return 'unexpected end of JSON input';
}

function invalid(character: string, where: string): string {
  return `invalid character ${quote(character)} ${where}`;
}

function quote(character: string): string {
  if (character === "'") return `'\\''`;
  if (character === '"') return `'"'`;
  return `'${JSON.stringify(character).slice(1, -1)}'`;
}
