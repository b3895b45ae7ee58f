import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMachine, type Machine } from './harness.ts';

function machineWithContexts(): Machine {
  const machine = createMachine();
  mkdirSync(join(machine.home, '.kube'));
  writeFileSync(
    join(machine.home, '.kube', 'config'),
    'contexts: [{ name: dev, context: { cluster: c1, user: u } }, { name: prod, context: { cluster: c2, user: u } }]\n',
  );
  return machine;
}

const complete = async (...words: string[]) =>
  (await machineWithContexts().run(['__complete', ...words])).stdout.trimEnd().split('\n');
const names = (lines: readonly string[]) => lines.map((line) => line.split('\t')[0]);

describe('completion', () => {
  it('offers commands, with what they do', async () => {
    expect(await complete('who')).toEqual([
      expect.stringMatching(/^whoami\tShow who is logged in/),
      expect.stringMatching(/^who-can\t/),
      ':4',
    ]);
    expect(names(await complete(''))).not.toContain('__complete');
  });

  it('offers flags and their values, the kubeconfig’s too', async () => {
    expect(names(await complete('login', '--fl'))).toEqual(['--flow', ':4']);
    const flows = ['auto', 'browser', 'paste', 'device-code', 'client-credentials'];
    expect(await complete('login', '--flow', '')).toEqual([...flows, ':4']);
    expect(await complete('login', '--flow=p')).toEqual(['--flow=paste', ':4']);
    expect(await complete('whoami', '--context', '')).toEqual(['dev', 'prod', ':4']);
    expect(await complete('whoami', '--cluster', 'c2')).toEqual(['c2', ':4']);
    expect(await complete('whoami', '-o', 'y')).toEqual(['yaml', ':4']);
    expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish', ':4']);
    expect(await complete('kubeconfig', 'c')).toEqual(['convert', ':4']);
  });

  it('leaves files to the shell, and is silent about what it does not know', async () => {
    expect(await complete('login', '--certificate-authority', '')).toEqual([':0']);
    expect(await complete('nope', '')).toEqual([':4']);
    expect(await complete('login', '--client-id', '')).toEqual([':4']);
  });

  it('asks the other program about what goes to it', async () => {
    const asked: (readonly string[])[] = [];
    const { code } = await createMachine().run(['__complete', 'why', 'de'], {
      runProgram: async (program, given) => {
        asked.push([program, ...given]);
        return 0;
      },
    });
    expect([code, asked]).toEqual([0, [['sallyport', '__complete', 'can-i', '--why', 'de']]]);
  });

  it('offers a verb once', async () => {
    expect(await complete('sessions', 'revoke', '')).toEqual([':4']);
  });

  it.each(['bash', 'zsh', 'fish'])('prints a script for %s', async (shell) => {
    const { code, stdout } = await createMachine().run(['completion', shell]);
    expect([code, stdout.includes('kubectl-sallyport __complete')]).toEqual([0, true]);
  });

  it('takes no other shell', async () => {
    expect(await createMachine().run(['completion', 'tcsh'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('completion takes one of bash, zsh, fish, not "tcsh"'),
    });
  });
});

describe('questions about rights', () => {
  it.each([
    [
      ['why', 'delete', 'pods', '-n', 'dev'],
      ['can-i', '--why', 'delete', 'pods', '-n', 'dev'],
    ],
    [
      ['can-i', '--list', '-o', 'json'],
      ['can-i', '--list', '-o', 'json'],
    ],
    [
      ['who-can', '--help'],
      ['who-can', '--help'],
    ],
    [
      ['request', 'edit', '-n', 'dev', '--for', '2h'],
      ['requests', 'create', 'edit', '-n', 'dev', '--for', '2h'],
    ],
    [
      ['requests', 'list', '-A'],
      ['requests', 'list', '-A'],
    ],
    [
      ['help', 'why'],
      ['can-i', '--why', '--help'],
    ],
  ])('%j goes to the other program, with its exit code', async (args, passed) => {
    const asked: (readonly string[])[] = [];
    const outcome = await createMachine().run(args, {
      runProgram: async (program, given) => {
        asked.push([program, ...given]);
        return 1;
      },
    });
    expect(asked).toEqual([['sallyport', ...passed]]);
    expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: '' });
  });

  it('runs the one of its own package', async () => {
    const { code, stdout } = await createMachine().spawn(['can-i', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('sallyport can-i VERB TYPE');
  });
});
