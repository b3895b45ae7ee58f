import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScript } from '../../../src/cluster/node/shell/parse.ts';
import { ShellSyntaxError } from '../../../src/cluster/node/shell/syntax.ts';
import { runCommand } from './support/run-command.ts';

const sh = (script: string, options = {}) => runCommand(['sh', '-c', script], options);

describe('the simulated shell', () => {
  it.each([
    ['echo hello world', 'hello world\n'],
    [`echo "a  b" 'c  d' e\\ f`, 'a  b c  d e f\n'],
    [`X=1; echo $X "\${X}2" '$X' \${Y:-none}`, '1 12 $X none\n'],
    ['X="a  b"; echo $X; echo "$X"', 'a b\na  b\n'],
    ['echo one; echo two\necho three', 'one\ntwo\nthree\n'],
    ['true && echo yes || echo no', 'yes\n'],
    ['false && echo yes || echo no', 'no\n'],
    ['! false && echo negated', 'negated\n'],
    ['false; echo $?', '1\n'],
    ['printf "a\\nb\\nc\\n" | tail -n 2 | head -n 1', 'b\n'],
    ['echo text > /tmp/f; echo more >> /tmp/f; cat /tmp/f; cat < /tmp/f | wc -l', 'text\nmore\n2\n'],
    ['cat /nope 2>/dev/null || echo failed', 'failed\n'],
    ['cat /nope > /tmp/out 2>&1; cat /tmp/out', 'cat: /nope: No such file or directory\n'],
    ['cd /etc && pwd && cat hostname', '/etc\nworld\n'],
    ['(cd /etc; X=2); pwd; echo "[$X]"', '/\n[]\n'],
    ['{ echo a; echo b; } | wc -l', '2\n'],
    ['if test -d /etc; then echo dir; else echo none; fi', 'dir\n'],
    ['if false; then echo 1; elif true; then echo 2; fi', '2\n'],
    ['for f in a b "c d"; do echo "<$f>"; done', '<a>\n<b>\n<c d>\n'],
    ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done', '1\n2\n3\n'],
    ['i=0; until [ $i = 2 ]; do i=$((i + 1)); done; echo $((i * 3 - 1))', '5\n'],
    ['for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done', '1\n3\n'],
    ['for i in 1 2 3; do if [ $i = 2 ]; then break; fi; echo $i; done', '1\n'],
    ['echo "$(echo inner; echo lines)" `echo tick`', 'inner\nlines tick\n'],
    ['echo a b | { read x y; echo "$y $x"; }', 'b a\n'],
    ['export A=1; B=2; env | head -n 9 | tail -n 1; sh -c \'echo "$A$B"\'', 'A=1\n1\n'],
    ['echo # a comment', '\n'],
    ['sh -c \'echo $0 $1 $# "$@"\' name one "two three"', 'name one 2 one two three\n'],
    ['exec echo replaced; echo never', 'replaced\n'],
    ['echo $((1 + 2 * 3)) $(( (1 + 2) * 3 )) $((7 / 2)) $((7 % 4)) $((2 > 1))', '7 9 3 3 1\n'],
  ])('runs %s', async (script, stdout) => {
    const ran = await sh(script, { env: { PATH: '/bin' } });
    expect(ran.stdout).toBe(stdout);
  });

  it.each([
    ['exit 3', 3, ''],
    ['false', 1, ''],
    ['vim', 127, 'sh: vim: not found\n'],
    ['echo a; exit 4; echo b', 4, ''],
    ['true | exit 5', 5, ''],
    ['cd /nope', 2, "sh: cd: can't cd to /nope: No such file or directory\n"],
    ['echo x > /nope/file', 1, "sh: can't open /nope/file: No such file or directory\n"],
    ['echo "open', 2, 'sh: unterminated quoted string\n'],
    ['if true; then', 2, 'sh: syntax error: unexpected end of file\n'],
    ['case x in esac', 2, 'sh: case is not simulated\n'],
    ['echo $((1/0))', 2, 'sh: divide by zero\n'],
  ])('ends %s with %i', async (script, code, stderr) => {
    expect(await sh(script)).toMatchObject({ code, stderr });
  });

  it('reads commands from standard input, and keeps what they set', async () => {
    const ran = await runCommand(['sh'], { stdin: 'X=kept\necho $X\nnope\nexit 6\necho never\n' });
    expect(ran).toEqual({ code: 6, stdout: 'kept\n', stderr: 'sh: nope: not found\n' });
  });

  it('shares its standard input with its commands', async () => {
    const ran = await runCommand(['sh'], { stdin: 'cat\nnot a command\n' });
    expect(ran).toMatchObject({ code: 0, stdout: 'not a command\n', stderr: '' });
  });

  it('ends a pipeline when its reader has enough', async () => {
    expect((await sh('cat /dev/zero | head -c 1000000 | wc -c')).stdout).toBe('1000000\n');
  });

  it('can be killed, also in an endless loop and in a pipeline', async () => {
    for (const script of ['while true; do :; done', 'cat /dev/zero | cat > /dev/null', 'sleep 1000']) {
      expect(await sh(script, { killAfterMs: 20 })).toMatchObject({ code: 137 });
    }
  });

  it('says of every text either that it can be run or that it cannot', () => {
    const piece = fc.constantFrom(
      ...'if then fi while do done for in ( ) { } | && || ; > >> < 2>&1 $( ` " \' $(( )) $ { } # \\ \n a $x !'.split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join(' ')),
        ),
        (text) => {
          try {
            parseScript(text);
          } catch (error) {
            expect(error).toBeInstanceOf(ShellSyntaxError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['X=xx; while true; do X=$X$X; done', 'sh: variables take too much memory\n'],
    [`X=$(head -c 90000 /dev/zero); echo ${'$X'.repeat(12)}`, 'sh: the words of a command are too long\n'],
    [
      'i=0; while true; do i=$((i+1)); export "V$i=$(head -c 90000 /dev/zero)"; done',
      'sh: variables take too much memory\n',
    ],
    ['X=$(head -c 2000000 /dev/zero)', 'sh: a command substitution is too long\n'],
    [`true${' | true'.repeat(60)}`, 'sh: the pipeline is too long\n'],
  ])('has an end to %s', async (script, stderr) => {
    expect(await sh(script)).toMatchObject({ code: 2, stderr });
  });

  it('has an end to scripts that call themselves', async () => {
    const ran = await sh('echo "sh /tmp/a | sh /tmp/a" > /tmp/a; sh /tmp/a; echo over');
    expect(ran.stdout).toBe('over\n');
    expect(ran.stderr).toContain('sh: cannot fork: Resource temporarily unavailable\n');
  });

  it('refuses what is nested without end', () => {
    expect(() => parseScript('('.repeat(10_000))).toThrow(ShellSyntaxError);
    expect(() => parseScript('$('.repeat(5000))).toThrow(ShellSyntaxError);
    expect(() => parseScript(`${'$('.repeat(100)}echo${')'.repeat(100)}`)).toThrow(ShellSyntaxError);
  });
});
