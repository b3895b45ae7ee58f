import { describe, expect, it } from 'vitest';
import { folder } from './support/folder.ts';
import { run } from './support/run.ts';

const complete = async (...words: string[]) => {
  const contexts = ['dev', 'prod'].map((name) => ({ name, context: { cluster: 'c', user: 'u' } }));
  const KUBECONFIG = `${folder({ kubeconfig: JSON.stringify({ contexts }) })}/kubeconfig`;
  const { stdout, stderr, code } = await run(['__complete', ...words], { KUBECONFIG });
  expect([stderr, code]).toEqual(['', 0]);
  return stdout.trimEnd().split('\n');
};

describe('completion of sallyport', () => {
  it.each<[string[], string[]]>([
    [['kube'], ['kubeconfig\tPrint a kubeconfig for the gateway; it holds no secret', ':4']],
    [
      ['users', 'dis'],
      ['disable', ':4'],
    ],
    [['users', 'disable', ''], [':4']],
    [
      ['who-can', 'delete'],
      ['delete', 'deletecollection', ':4'],
    ],
    [
      ['can-i', 'get', 'pods', '--wh'],
      ['--why\tSay what allows it, or what nearly does and what would mend it', ':4'],
    ],
    [
      ['lint', '-o', 's'],
      ['sarif', ':4'],
    ],
    [
      ['what-can', 'jane', '--context', ''],
      ['dev', 'prod', ':4'],
    ],
    [['validate', '--config', ''], [':0']],
    [
      ['completion', 'z'],
      ['zsh', ':4'],
    ],
    [['nope', ''], [':4']],
  ])('of %j is %j', async (words, offered) => {
    expect(await complete(...words)).toEqual(offered);
  });

  it('has a script for each shell, and for no other', async () => {
    for (const shell of ['bash', 'zsh', 'fish'])
      expect((await run(['completion', shell])).stdout).toContain('sallyport __complete');
    expect(await run(['completion', 'tcsh'])).toMatchObject({
      code: 2,
      stderr: 'error: completion takes one of bash, zsh, fish, not "tcsh"\n',
    });
  });
});
