import { ShellSyntaxError, type Word, type WordPart } from './syntax.ts';

export type Token =
  | { readonly type: 'operator'; readonly text: string; readonly fd?: number }
  | { readonly type: 'word'; readonly word: Word };

/** Makes the inner script of a `$(…)`. */
type ParseInner = (text: string) => WordPart & { type: 'command' };

const operators = ['&&', '||', '>>', '>&', ';', '|', '&', '>', '<', '(', ')', '\n'];
const unsupported = ['<<', '&>', ';;'];

/** Cuts a script into words and operators. Throws ShellSyntaxError. */
export function tokenize(text: string, parseInner: ParseInner): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === ' ' || char === '\t' || char === '\r') {
      at += 1;
      continue;
    }
    if (text.startsWith('\\\n', at)) {
      at += 2;
      continue;
    }
    if (char === '#') {
      while (at < text.length && text[at] !== '\n') at += 1;
      continue;
    }
    const strange = unsupported.find((each) => text.startsWith(each, at));
    if (strange !== undefined) throw new ShellSyntaxError(`unexpected "${strange}"`);
    const fd = /^[012](?=[<>])/.exec(text.slice(at, at + 2))?.[0];
    const start = fd === undefined ? at : at + 1;
    const operator = operators.find((each) => text.startsWith(each, start));
    if (operator !== undefined) {
      tokens.push({ type: 'operator', text: operator, ...(fd === undefined ? {} : { fd: Number(fd) }) });
      at = start + operator.length;
      continue;
    }
    const read = readWord(text, at, parseInner);
    tokens.push({ type: 'word', word: read.word });
    at = read.end;
  }
  return tokens;
}

const endsWord = /[\s;|&<>()]/;

function readWord(text: string, start: number, parseInner: ParseInner): { word: Word; end: number } {
  const word: WordPart[] = [];
  let plain = '';
  let at = start;

  function flush(quoted: boolean, always = false): void {
    if (plain !== '' || always) word.push({ type: 'text', text: plain, quoted });
    plain = '';
  }

  while (at < text.length) {
    const char = text[at] ?? '';
    if (endsWord.test(char)) break;
    if (char === "'") {
      flush(false);
      const end = closing(text, "'", at + 1);
      plain = text.slice(at + 1, end);
      flush(true, true);
      at = end + 1;
    } else if (char === '"') {
      flush(false);
      at += 1;
      const before = word.length;
      while (text[at] !== '"') {
        if (at >= text.length) throw new ShellSyntaxError('unterminated quoted string');
        if (text[at] === '\\' && /["\\$`\n]/.test(text[at + 1] ?? '')) {
          plain += text[at + 1] === '\n' ? '' : text[at + 1];
          at += 2;
        } else if (text[at] === '$') {
          const read = readDollar(text, at, true, parseInner);
          flush(true);
          word.push(read.part);
          at = read.end;
        } else {
          plain += text[at];
          at += 1;
        }
      }
      // Empty quotes are a word too.
      flush(true, word.length === before);
      at += 1;
    } else if (char === '\\') {
      flush(false);
      plain = text[at + 1] ?? '';
      flush(true);
      at += 2;
    } else if (char === '$') {
      flush(false);
      const read = readDollar(text, at, false, parseInner);
      word.push(read.part);
      at = read.end;
    } else if (char === '`') {
      flush(false);
      const end = closing(text, '`', at + 1);
      word.push({ ...parseInner(text.slice(at + 1, end)), quoted: false });
      at = end + 1;
    } else {
      plain += char;
      at += 1;
    }
  }
  flush(false);
  return { word, end: at };
}

function closing(text: string, quote: string, from: number): number {
  const end = text.indexOf(quote, from);
  if (end < 0) throw new ShellSyntaxError('unterminated quoted string');
  return end;
}

function readDollar(
  text: string,
  at: number,
  quoted: boolean,
  parseInner: ParseInner,
): { part: WordPart; end: number } {
  if (text.startsWith('$((', at)) {
    const end = text.indexOf('))', at);
    if (end < 0) throw new ShellSyntaxError('unterminated arithmetic');
    return { part: { type: 'arithmetic', expression: text.slice(at + 3, end), quoted }, end: end + 2 };
  }
  if (text.startsWith('$(', at)) {
    const end = matchingParenthesis(text, at + 2);
    return { part: { ...parseInner(text.slice(at + 2, end)), quoted }, end: end + 1 };
  }
  if (text.startsWith('${', at)) {
    const end = closing(text, '}', at);
    const match = /^([A-Za-z_]\w*|[0-9?#$])(?::-(.*))?$/s.exec(text.slice(at + 2, end));
    if (match === null) throw new ShellSyntaxError('bad substitution');
    return { part: { type: 'variable', name: match[1] ?? '', fallback: match[2], quoted }, end: end + 1 };
  }
  const name = /^\$([A-Za-z_]\w*|[0-9?#$@*])/.exec(text.slice(at, at + 256))?.[1];
  if (name === undefined) return { part: { type: 'text', text: '$', quoted }, end: at + 1 };
  return { part: { type: 'variable', name, fallback: undefined, quoted }, end: at + 1 + name.length };
}

function matchingParenthesis(text: string, from: number): number {
  let depth = 1;
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '\\') at += 1;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    if (depth === 0) return at;
  }
  throw new ShellSyntaxError('unterminated command substitution');
}
