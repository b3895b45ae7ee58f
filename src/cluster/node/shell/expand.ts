import { arithmetic } from './arithmetic.ts';
import { type ShellState, variable } from './shell-state.ts';
import { type Script, ShellSyntaxError, type Word, type WordPart } from './syntax.ts';

/** What a `$(…)` stands for. */
type Substitute = (script: Script) => Promise<string>;

/** Characters that the words of one command may stand for. */
const maxExpansion = 1024 * 1024;

function confirmLength(length: number): void {
  if (length > maxExpansion) throw new ShellSyntaxError('the words of a command are too long');
}

/** The fields that words stand for. Throws ShellSyntaxError. */
export async function expandAll(
  state: ShellState,
  words: readonly Word[],
  substitute: Substitute,
): Promise<string[]> {
  const fields: string[] = [];
  let length = 0;
  for (const word of words) {
    for (const field of await expand(state, word, substitute)) {
      length += field.length;
      confirmLength(length);
      fields.push(field);
    }
  }
  return fields;
}

/** What a word stands for where only one is wanted: it is not split. */
export async function expandOne(state: ShellState, word: Word, substitute: Substitute): Promise<string> {
  let text = '';
  for (const part of word) {
    text += await expandPart(state, part, substitute);
    confirmLength(text.length);
  }
  return text;
}

/** What comes of an unquoted expansion is split at blanks. */
async function expand(state: ShellState, word: Word, substitute: Substitute): Promise<string[]> {
  const fields: string[] = [];
  let current: string | undefined;
  let length = 0;
  for (const part of word) {
    if (part.type === 'variable' && part.quoted && part.name === '@') {
      fields.push(...state.positional.slice(1));
      continue;
    }
    const value = await expandPart(state, part, substitute);
    length += value.length;
    confirmLength(length);
    if (part.quoted || part.type === 'text') {
      current = (current ?? '') + value;
      continue;
    }
    for (const [index, piece] of value.split(/[ \t\n]+/).entries()) {
      if (index > 0 && current !== undefined) {
        fields.push(current);
        current = undefined;
      }
      if (piece !== '') current = (current ?? '') + piece;
    }
  }
  if (current !== undefined) fields.push(current);
  return fields;
}

async function expandPart(state: ShellState, part: WordPart, substitute: Substitute): Promise<string> {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'variable': {
      const value = variable(state, part.name);
      return value === '' && part.fallback !== undefined ? part.fallback : value;
    }
    case 'arithmetic':
      return String(arithmetic(part.expression.replaceAll('$', ''), (name) => variable(state, name)));
    case 'command':
      return substitute(part.script);
  }
}
