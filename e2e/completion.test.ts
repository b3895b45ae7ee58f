import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { collect } from './support/collect.ts';
import { bin } from './support/installed.ts';
import { run } from './support/kubectl.ts';

/** The completion scripts of both programs in the shells themselves, which somebody types in. */

let home: string;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sallyport-completion-'));
  mkdirSync(join(home, '.kube'));
  const contexts = ['dev', 'prod:eu'].map((name) => `{ name: '${name}', context: { cluster: c, user: u } }`);
  writeFileSync(join(home, '.kube/config'), `contexts: [${contexts.join(', ')}]\n`);
  writeFileSync(join(home, 'authority.pem'), '');
  env = {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: home,
    TERM: 'dumb',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
  };
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** What is typed before the TAB, and what stands there after it. */
const TYPED: readonly (readonly [typed: string, completed: string])[] = [
  ['kubectl-sallyport whoa', 'kubectl-sallyport whoami '],
  ['kubectl-sallyport login --fl', 'kubectl-sallyport login --flow '],
  ['kubectl-sallyport login --flow pa', 'kubectl-sallyport login --flow paste '],
  ['kubectl-sallyport login --flow=pa', 'kubectl-sallyport login --flow=paste '],
  ['kubectl-sallyport whoami --context d', 'kubectl-sallyport whoami --context dev '],
  ['kubectl-sallyport whoami -o js', 'kubectl-sallyport whoami -o json '],
  [
    'kubectl-sallyport login --certificate-authority aut',
    'kubectl-sallyport login --certificate-authority authority.pem ',
  ],
  ['kubectl-sallyport nope wh', 'kubectl-sallyport nope wh'],
  ['sallyport users dis', 'sallyport users disable '],
  ['sallyport lint -o sa', 'sallyport lint -o sarif '],
];

describe.each([
  {
    shell: 'bash' as const,
    args: '--norc --noprofile -i',
    setUp: `source <(kubectl-sallyport completion bash); source <(sallyport completion bash)
show() { echo "<<$((++n)) $READLINE_LINE>>"; READLINE_LINE=; }; bind -x '"\\C-t": show'`,
  },
  {
    shell: 'zsh' as const,
    args: '-f -i',
    setUp: `PS1=; autoload -Uz compinit; compinit -u -d $HOME/.zcompdump; source <(kubectl-sallyport completion zsh); source <(sallyport completion zsh)
show() { print -r -- "<<$((++n)) $BUFFER>>"; BUFFER=; }; zle -N show; bindkey '^T' show`,
  },
])('in $shell', ({ shell, args, setUp }) => {
  it('TAB completes commands, flags, values, contexts and files', async ({ skip }) => {
    const program = shell === 'bash' ? '/bin/bash' : inject(shell);
    if (program === '') return skip(`there is no ${shell}`);
    const child = spawn('script', ['-qec', `${program} ${args}`, '/dev/null'], { env, cwd: home });
    const output = collect(child);
    child.stdin.write(`${setUp}\necho rea""dy\n`);
    await output.until(/^ready/m);
    const lines: string[] = [];
    for (const [index, [typed]] of TYPED.entries()) {
      child.stdin.write(`${typed}\t\x14`);
      lines.push(await output.until(new RegExp(`(?<=<<${index + 1} ).*(?=>>)`)));
    }
    expect(lines).toEqual(TYPED.map(([, completed]) => completed));
    child.stdin.end('exit\n');
  });
});

it('bash goes on behind a colon, where it takes words apart', async () => {
  const script = `source <(kubectl-sallyport completion bash)
COMP_LINE='kubectl-sallyport whoami --context prod:e'; COMP_POINT=\${#COMP_LINE}; _kubectl_sallyport; echo "\${COMPREPLY[@]}"`;
  expect(await run('/bin/bash', ['-c', script], env)).toEqual({ code: 0, stdout: 'eu\n', stderr: '' });
});

it('in fish, they are offered with what they do', async ({ skip }) => {
  const fish = inject('fish');
  if (fish === '') return skip('there is no fish');
  const ask = async (typed: string) => {
    const script = `cd ${home}; kubectl-sallyport completion fish | source; complete -C 'kubectl-sallyport ${typed}'`;
    const { stdout, stderr } = await run(fish, ['--no-config', '-c', script], env);
    expect(stderr).toBe('');
    return stdout.trimEnd().split('\n');
  };
  expect(await ask('whoa')).toEqual(['whoami\tShow who is logged in, and until when']);
  expect(await ask('login --flow=pa')).toEqual(['--flow=paste']);
  expect(await ask('whoami --context ')).toEqual(['dev', 'prod:eu']);
  expect(await ask('login --certificate-authority aut')).toEqual(['authority.pem']);
  expect(await ask('login --certificate-authority=aut')).toEqual(['--certificate-authority=authority.pem']);
  expect(await ask('nope ')).toEqual(['']);
});
