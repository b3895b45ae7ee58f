import {
  type AndOr,
  type Command,
  type Pipeline,
  type Redirect,
  type Script,
  ShellSyntaxError,
  type Word,
} from './syntax.ts';
import { type Token, tokenize } from './tokenize.ts';

/** Characters of a script, and constructs in one another. */
const maxLength = 64 * 1024;
const maxDepth = 50;
const maxPipeline = 50;

const reserved = [
  'if',
  'then',
  'elif',
  'else',
  'fi',
  'while',
  'until',
  'for',
  'in',
  'do',
  'done',
  '{',
  '}',
  '!',
];
const notSimulated = ['case', 'esac', 'function', 'select', '[['];

/** Reads a script whole. Throws ShellSyntaxError. */
export function parseScript(text: string, depth = 0): Script {
  if (text.length > maxLength) throw new ShellSyntaxError('the script is too long');
  if (depth > maxDepth) throw new ShellSyntaxError('the script is nested too deeply');
  const tokens = tokenize(text, (inner) => ({
    type: 'command',
    script: parseScript(inner, depth + 1),
    quoted: false,
  }));
  const parser = createParser(tokens, depth);
  const script = parser.script();
  parser.end();
  return script;
}

function createParser(tokens: readonly Token[], startDepth: number) {
  let at = 0;
  let depth = startDepth;

  const peek = (): Token | undefined => tokens[at];
  const isOperator = (...texts: string[]): boolean => {
    const token = peek();
    return token?.type === 'operator' && token.fd === undefined && texts.includes(token.text);
  };
  const keyword = (): string | undefined => {
    const token = peek();
    if (token?.type !== 'word') return undefined;
    const text = plainText(token.word);
    return text !== undefined && reserved.includes(text) ? text : undefined;
  };

  function unexpected(): never {
    const token = peek();
    const seen =
      token === undefined
        ? 'end of file'
        : token.type === 'operator'
          ? JSON.stringify(token.text)
          : (plainText(token.word) ?? 'word');
    throw new ShellSyntaxError(`syntax error: unexpected ${seen}`);
  }

  function expect(word: string): void {
    if (keyword() !== word) unexpected();
    at += 1;
  }

  function skipNewlines(): void {
    while (isOperator('\n')) at += 1;
  }

  function script(...ends: string[]): Script {
    depth += 1;
    if (depth > maxDepth) throw new ShellSyntaxError('the script is nested too deeply');
    const items: AndOr[] = [];
    for (;;) {
      while (isOperator('\n', ';')) at += 1;
      if (peek() === undefined || isOperator(')') || ends.includes(keyword() ?? '')) break;
      items.push(andOr());
      if (!isOperator('\n', ';')) break;
    }
    depth -= 1;
    return { items };
  }

  function andOr(): AndOr {
    const parts: { when: 'always' | 'success' | 'failure'; pipeline: Pipeline }[] = [
      { when: 'always', pipeline: pipeline() },
    ];
    while (isOperator('&&', '||')) {
      const when = isOperator('&&') ? 'success' : 'failure';
      at += 1;
      skipNewlines();
      parts.push({ when, pipeline: pipeline() });
    }
    return parts;
  }

  function pipeline(): Pipeline {
    const negated = keyword() === '!';
    if (negated) at += 1;
    const commands = [command()];
    while (isOperator('|')) {
      at += 1;
      skipNewlines();
      commands.push(command());
      if (commands.length > maxPipeline) throw new ShellSyntaxError('the pipeline is too long');
    }
    return { negated, commands };
  }

  function command(): Command {
    const body = compound();
    if (body === undefined) return simple();
    const redirects: Redirect[] = [];
    for (let next = redirect(); next !== undefined; next = redirect()) redirects.push(next);
    return { ...body, redirects };
  }

  function compound() {
    if (isOperator('(')) {
      at += 1;
      const body = script();
      if (!isOperator(')')) unexpected();
      at += 1;
      return { type: 'group', subshell: true, body } as const;
    }
    switch (keyword()) {
      case '{': {
        at += 1;
        const body = script('}');
        expect('}');
        return { type: 'group', subshell: false, body } as const;
      }
      case 'if':
        return conditional();
      case 'while':
      case 'until': {
        const until = keyword() === 'until';
        at += 1;
        const condition = script('do');
        return { type: 'loop', until, condition, body: loopBody() } as const;
      }
      case 'for':
        return iteration();
      default:
        return undefined;
    }
  }

  function conditional() {
    const branches: { condition: Script; body: Script }[] = [];
    do {
      at += 1;
      const condition = script('then');
      expect('then');
      branches.push({ condition, body: script('elif', 'else', 'fi') });
    } while (keyword() === 'elif');
    let otherwise: Script = { items: [] };
    if (keyword() === 'else') {
      at += 1;
      otherwise = script('fi');
    }
    expect('fi');
    return { type: 'if', branches, otherwise } as const;
  }

  function iteration() {
    at += 1;
    const token = peek();
    const name = token?.type === 'word' ? plainText(token.word) : undefined;
    if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) unexpected();
    at += 1;
    expect('in');
    const words: Word[] = [];
    for (let next = peek(); next?.type === 'word'; next = peek()) {
      words.push(next.word);
      at += 1;
    }
    while (isOperator('\n', ';')) at += 1;
    return { type: 'for', name, words, body: loopBody() } as const;
  }

  function loopBody(): Script {
    expect('do');
    const body = script('done');
    expect('done');
    return body;
  }

  function simple(): Command {
    const assignments: [string, Word][] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      const next = redirect();
      if (next !== undefined) {
        redirects.push(next);
        continue;
      }
      const token = peek();
      if (token?.type !== 'word') break;
      if (words.length === 0) {
        const text = plainText(token.word) ?? '';
        if (notSimulated.includes(text)) throw new ShellSyntaxError(`${text} is not simulated`);
        if (reserved.includes(text)) unexpected();
        const assignment = assignmentOf(token.word);
        if (assignment !== undefined) {
          assignments.push(assignment);
          at += 1;
          continue;
        }
      }
      words.push(token.word);
      at += 1;
    }
    if (words.length + assignments.length + redirects.length === 0) unexpected();
    return { type: 'simple', assignments, words, redirects };
  }

  function redirect(): Redirect | undefined {
    const token = peek();
    const modes = { '>': 'write', '>>': 'append', '<': 'read', '>&': 'duplicate' } as const;
    if (token?.type !== 'operator' || !Object.hasOwn(modes, token.text)) return undefined;
    const mode = modes[token.text as keyof typeof modes];
    at += 1;
    const target = peek();
    if (target?.type !== 'word') unexpected();
    at += 1;
    const fd = (token.fd ?? (mode === 'read' ? 0 : 1)) as 0 | 1 | 2;
    return { fd, mode, target: target.word };
  }

  return {
    script,
    end() {
      if (peek() !== undefined) unexpected();
    },
  };
}

/** A word without quotes and expansions. */
function plainText(word: Word): string | undefined {
  const [part, ...rest] = word;
  return part?.type === 'text' && !part.quoted && rest.length === 0 ? part.text : undefined;
}

function assignmentOf(word: Word): [string, Word] | undefined {
  const [first, ...rest] = word;
  if (first?.type !== 'text' || first.quoted) return undefined;
  const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(first.text);
  if (match === null) return undefined;
  const value = match[2] ?? '';
  return [match[1] ?? '', value === '' ? rest : [{ type: 'text', text: value, quoted: false }, ...rest]];
}
