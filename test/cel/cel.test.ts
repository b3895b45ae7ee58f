import { describe, expect, it } from 'vitest';
import { CelError, compileProgram, textsOf } from '../../src/cel/index.ts';
import { readRecorded, readRows } from '../gateway/authenticate/recorded.ts';
import { cpuMilliseconds } from '../support/cpu-milliseconds.ts';

interface Row {
  id: string;
  use: string;
  expression: string;
  compiles: boolean;
  compileError?: string;
  status?: number;
  value?: readonly string[] | boolean | null;
  error?: string;
}

const rows = readRows<Row>('cel.jsonl');
const { claims } = JSON.parse(readRecorded('cel-claims.json')) as { claims: object };
const user = { username: 'alice', uid: '', groups: [], extra: { 'example.org/v': ['one', 'two'] } };

/** Where the answer differs from kube-apiserver's on purpose: rule, reason, what happens here. */
const deviations: Record<string, readonly [rule: string, reason: string, here: 'load' | 'error']> = {
  'cel-168': ['claims as a whole', 'their names are opaque there: only a count of them is right', 'error'],
  'cel-169': ['claims as a whole', 'silently wrong there: exists() is always false', 'load'],
  'cel-170': ['claims as a whole', 'fails there at every login, here when the file is read', 'load'],
  'cel-297': ['protobuf messages', 'the parser reads none', 'load'],
};

function outcome({ use, expression }: Row): string {
  const isMapping = use === 'extra valueExpression';
  const program = compileProgram(expression, isMapping ? 'claims' : 'user');
  if (typeof program === 'string') return `load: ${program}`;
  let value: unknown;
  try {
    value = program.evaluate(isMapping ? claims : user);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return `error: expression '${expression}' resulted in error: ${error.message}`;
  }
  if (!isMapping)
    return value === true ? 'value: true' : `error: validation expression '${expression}' failed: `;
  const texts = textsOf(value);
  if (texts === undefined)
    return `error: ${expression}: expression must return a string or a list of strings`;
  return `value: ${JSON.stringify(texts.length === 0 ? null : texts)}`;
}

function recorded(row: Row): string {
  if (!row.compiles) return `load: ${(row.compileError ?? '').replace(/^.*?compilation failed: /s, '')}`;
  if (row.status === 201) return `value: ${JSON.stringify(row.value)}`;
  const inner = (row.error ?? '').replace(/^\[invalid bearer token, (.*)\]$/s, '$1');
  return `error: ${inner.replace(/^oidc: error evaluating (extra claim expression|user info validation rule): /, '')}`;
}

describe('CEL expressions, as recorded from kube-apiserver', () => {
  it.each(rows.map((row) => [row.id, row.expression, row] as const))('%s %s', (id, _, row) => {
    const deviation = deviations[id];
    if (deviation === undefined) expect(outcome(row)).toBe(recorded(row));
    else {
      expect(outcome(row)).not.toBe(recorded(row));
      expect(outcome(row).startsWith(`${deviation[2]}: `)).toBe(true);
    }
  });

  it('replays every row', () => {
    expect(rows.length).toBe(207);
    expect(Object.keys(deviations).filter((id) => !rows.some((row) => row.id === id))).toEqual([]);
  });
});

const many = { l: Array.from({ length: 4000 }, (_, index) => `${index % 10}`), s: 'x'.repeat(8000) };
const run = (expression: string, given: object = many): unknown => {
  const program = compileProgram(expression, 'claims');
  if (typeof program === 'string') throw new Error(program);
  return program.evaluate(given);
};

describe('the work of an evaluation', () => {
  it.each([
    ['nested comprehensions', 'dyn(claims.l).map(a, dyn(claims.l).map(b, a + b))'],
    ['a comprehension over a result', '[dyn(claims.l).map(a, a)].map(p, dyn(p).map(a, dyn(p).map(b, b)))'],
    [
      'a limit that || would hide',
      'dyn(claims.l).exists(a, dyn(claims.l).exists(b, dyn(claims.l).all(c, c != b))) || true',
    ],
    ['long texts joined', 'dyn(claims.l).map(a, claims.s).join()'],
    ['long texts put in place of each character', "claims.s.replace('x', claims.s)"],
    ['comparisons of lists', 'dyn(claims.l).map(a, claims.l == claims.l)'],
    ['distinct of a long list', 'dyn(claims.l).map(a, dyn(claims.l).map(b, a + b).distinct())'],
    ['many matches of a text', "claims.s.findAll('x*y|x').size()"],
    ['many regular expressions', "dyn(claims.l).map(a, claims.s.matches('^(x+x+)+y$'))"],
  ])('is bounded: %s', async (_, expression) => {
    const took = await cpuMilliseconds(() =>
      expect(() => run(expression)).toThrow('actual cost limit exceeded'),
    );
    // Some milliseconds; a bound that is not there takes minutes or all memory.
    expect(took).toBeLessThan(2000);
  });

  it('suffices for two nested comprehensions over a hundred groups', () => {
    const l = many.l.slice(0, 100);
    expect(run('dyn(claims.l).map(a, dyn(claims.l).map(b, a + b)).size()', { l })).toBe(100n);
  });

  it('matches regular expressions in linear time', async () => {
    const took = await cpuMilliseconds(() => expect(run("claims.s.matches('^(x+x+)+y$')")).toBe(false));
    expect(took).toBeLessThan(1000);
  });

  it('is about a microsecond for a compiled program', async () => {
    const program = compileProgram("'u:' + claims.?name.orValue('nobody')", 'claims');
    if (typeof program === 'string') throw new Error(program);
    const took = await cpuMilliseconds(() => {
      for (let round = 0; round < 10_000; round += 1) program.evaluate({ name: 'alice' });
    });
    expect(took / 10).toBeLessThan(50);
  });
});

describe('claims that imitate', () => {
  const hostile = JSON.parse('{"__proto__":{"admin":"yes"},"constructor":"c","value":"v"}') as object;
  it.each([
    ["has(claims.admin) ? 'y' : 'n'", 'n'],
    ["has(claims.toString) ? 'y' : 'n'", 'n'],
    ["claims.?hasOwnProperty.orValue('none')", 'none'],
    ['claims.constructor', 'c'],
    ["claims['__proto__'].admin", 'yes'],
  ])('%s is %s', (expression, value) => {
    expect(run(expression, hostile)).toBe(value);
  });

  it.each([
    'cel.bind(x, claims.a, x)',
    'google.protobuf.Timestamp',
    "b'a'.json()",
    'request.user',
    'user.username',
  ])('what Kubernetes does not declare is refused: %s', (expression) => {
    expect(compileProgram(expression, 'claims')).toContain('ERROR: <input>:');
  });
});
