import { MOST_STRICT_ERRORS } from './most-strict-errors.ts';

/** One open object or array on the scanner's stack. */
interface Frame {
  /** Path of the container itself. */
  readonly path: string;
  /** Keys seen; undefined for an array. */
  readonly keys: Set<string> | undefined;
  index: number;
  /** The key whose value comes next; undefined while a key is expected. */
  key: string | undefined;
}

/**
 * Keys that occur twice in one object of a JSON text, as `duplicate field "metadata.name"`, in document order and
 * each once. JSON.parse keeps the last one silently, which would let a reviewer and the server read different objects.
 * The text must already have passed JSON.parse.
 */
export function duplicateFields(jsonText: string): string[] {
  const found = new Set<string>();
  const stack: Frame[] = [];
  let at = 0;
  while (at < jsonText.length && found.size < MOST_STRICT_ERRORS) {
    const character = jsonText[at];
    const top = stack.at(-1);
    if (character === '"') {
      const end = stringEnd(jsonText, at);
      if (top?.keys !== undefined && top.key === undefined) noteKey(top, jsonText.slice(at, end), found);
      at = end;
      continue;
    }
    if (character === '{' || character === '[') stack.push(open(character, top));
    else if (character === '}' || character === ']') stack.pop();
    else if (character === ',' && top !== undefined) advance(top);
    at += 1;
  }
  return [...found];
}

function open(character: '{' | '[', parent: Frame | undefined): Frame {
  const keys = character === '{' ? new Set<string>() : undefined;
  return { path: parent === undefined ? '' : childPath(parent), keys, index: 0, key: undefined };
}

function advance(frame: Frame): void {
  frame.index += 1;
  frame.key = undefined;
}

function noteKey(frame: Frame, quoted: string, found: Set<string>): void {
  const key = JSON.parse(quoted) as string;
  frame.key = key;
  if (frame.keys?.has(key) === true) found.add(`duplicate field "${childPath(frame)}"`);
  frame.keys?.add(key);
}

function childPath(frame: Frame): string {
  if (frame.keys === undefined) return `${frame.path}[${frame.index}]`;
  return frame.path === '' ? (frame.key ?? '') : `${frame.path}.${frame.key ?? ''}`;
}

/** The position after the closing quote of the string that starts at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
