import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAst } from 'vitest/node';
import { findSuperLinear } from './support/regexp/super-linear.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FILES = globSync(['src/**/*.ts', 'views/**/*.ts'], {
  cwd: ROOT,
  exclude: (file) => file.endsWith('.d.ts'),
});

interface Expression {
  readonly source: string;
  readonly flags: string;
}

/** Patterns that take more than linear time for some texts, and why they never meet long ones. */
const BOUNDED: Readonly<Record<string, readonly { readonly source: string; readonly because: string }[]>> = {
  'src/cel/cel-conversions.ts': [{ source: '0+$', because: 'nine digits' }],
  'src/cel/cel-function.ts': [
    {
      source: '^(?:(.+)\\.)?([\\w+\\-*/%<>=![\\]@]+)\\((.*)\\): (.+)$',
      because: 'the declarations of this folder',
    },
  ],
  'src/cel/ip-address.ts': [
    { source: '(?:^|(?<=:))0(?::0)+(?=:|$)', because: 'the eight groups of an address, written here' },
  ],
  'src/config/expand-environment.ts': [
    {
      source: '\\$(?:\\{([*#$@!?\\-0-9])\\}|\\{([^}]*)\\}|(\\{)|([*#$@!?\\-0-9])|([A-Za-z_][A-Za-z0-9_]*))',
      because: 'the operator’s own configuration',
    },
  ],
  'src/config/schema/services.ts': [
    {
      source:
        '^/(?:[^\\\\[]|\\\\[^/]|\\[(?:\\^|(?!\\^))(?:(?:\\\\[^/]|[^\\]\\\\/-])(?:-(?:\\\\[^/]|[^\\]\\\\/-]))?)+\\])*$',
      because: 'the operator’s own configuration',
    },
  ],
  'src/gateway/audit/recorded-object.ts': [
    {
      source: '"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"|[ \\t\\r\\n]+',
      because: 'the text was parsed as JSON, where every string ends',
    },
  ],
  'src/identity/provider/named-errors.ts': [
    {
      source: 'grant[- ]type\\S* is not allowed for this client$',
      because: 'a sentence of the provider, with the name of a grant type that a client has',
    },
  ],
  'src/identity/sessions/device.ts': [
    { source: '\\bVersion\\/[\\d.]+ .*\\bSafari\\/', because: 'a User-Agent is cut to 512 characters' },
  ],
};

function literalsOf(file: string): Expression[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  // Most files have none; taking one apart costs more than looking for what may begin one.
  if (!/[=(,:[!&|?{}>;n]\s*\/[^/*]/.test(text)) return [];
  const found: Expression[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('regex' in node) {
      const { pattern, flags } = node.regex as { pattern: string; flags: string };
      found.push({ source: pattern, flags });
    } else for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(text, { lang: 'ts' }));
  return found;
}

/** Those that a module puts together when it is loaded. */
async function builtOf(file: string): Promise<Expression[]> {
  const built: Expression[] = [];
  const original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(original, {
    construct(target, args: [string, string?]) {
      built.push({ source: args[0], flags: args[1] ?? '' });
      return new target(...args);
    },
  });
  try {
    await import(`${join(ROOT, file)}?built`);
  } finally {
    globalThis.RegExp = original;
  }
  return built;
}

const superLinear = (expressions: readonly Expression[]) => {
  const found = expressions.filter(({ source, flags }) => findSuperLinear(source, flags) !== undefined);
  return [...new Set(found.map(({ source }) => source))];
};

const builders = FILES.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('new RegExp('));

describe('S-239: regular expressions of our own', () => {
  it('take linear time, or only meet what is short', () => {
    const found = FILES.map((file) => [file, superLinear(literalsOf(file))] as const);
    const expected = Object.entries(BOUNDED)
      .filter(([file]) => !builders.includes(file))
      .map(([file, patterns]) => [file, patterns.map(({ source }) => source)]);
    expect(Object.fromEntries(found.filter(([, patterns]) => patterns.length > 0))).toEqual(
      Object.fromEntries(expected),
    );
  });

  it.each(builders)('take linear time where they are put together: %s', async (file) => {
    const built = await builtOf(file);
    expect(built).not.toEqual([]);
    expect(superLinear(built)).toEqual((BOUNDED[file] ?? []).map(({ source }) => source));
  });
});

describe('the search for slow patterns', () => {
  it.each(['(a+)+$', '(a|a)*$', '(a*)*b', '^(\\w+\\s?)*$', '(x+x+)+y', '^(?:a?b?)*$', '^(?:ab|a|b)*c'])(
    'finds that %s takes exponential time',
    (source) => expect(findSuperLinear(source, '')?.growth).toBe('exponential'),
  );

  it('knows letters that are one when case is ignored', () => {
    // The micro sign and mu.
    expect(findSuperLinear('^(?:\u00b5s|\u03bcs)+$', '')).toBeUndefined();
    expect(findSuperLinear('^(?:\u00b5s|\u03bcs)+$', 'i')?.growth).toBe('exponential');
  });

  it.each([
    ['\\s+$', ''],
    ['^\\d+\\.?\\d*x', ''],
    ['(.*)=(.*)x', ''],
    ['a+b|a', 'g'],
    ['(?=\\w+!)x', ''],
    ['(?<=:)[\\d.]+$', ''],
    ['^(.*?),(.*?),x$', ''],
    ['^[a-z]{1,255}[a-z]{1,255}!$', 'i'],
  ])('finds that %s takes more than linear time', (source, flags) =>
    expect(findSuperLinear(source, flags)?.growth).toBe('polynomial'),
  );

  it.each([
    ['^(a+b)+$', ''],
    ['^a*b*$', ''],
    ['"[^"]*"', ''],
    ['a+', ''],
    ['\\?.*$', 's'],
    ['^[a-z]+(?:\\.[a-z]+)*$', ''],
    ['(\\d+)(ms|s|m|h)', 'gy'],
    ['%(?![0-9A-Fa-f]{2})', ''],
    ['^(?:\\d{1,9}(?:\\.\\d{1,9})?(?:ms|s))+$', ''],
  ])('lets %s pass', (source, flags) => expect(findSuperLinear(source, flags)).toBeUndefined());
});
