import { describe, expect, it } from 'vitest';
import { folder } from './support/folder.ts';
import { type } from './support/run.ts';

const QUESTIONS = ['can-i', 'who-can', 'what-can', 'diff', 'lint', 'suggest'];

describe('the command line', () => {
  it('lists every question', async () => {
    const { stdout, code } = await type('--help');
    for (const name of QUESTIONS) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
    expect(code).toBe(0);
  });

  it.each(QUESTIONS)('shows examples and flags of %s', async (name) => {
    const { stdout, code } = await type(`${name} --help`);
    expect(stdout).toMatch(new RegExp(`^Usage:\n  sallyport ${name} `, 'm'));
    expect(stdout).toMatch(new RegExp(`^Examples:\n  # .+\n  sallyport ${name}`, 'm'));
    expect(stdout).toMatch(/-o, --output FORMAT/);
    expect(code).toBe(0);
  });

  it('never lets a name steer the terminal', async () => {
    const role = { kind: 'ClusterRole', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'r' } };
    const pod = { kind: '\u001b[2JPod', apiVersion: 'v1' };
    const bad = { ...role, '\u001b[2Jrules': [] };
    for (const object of [pod, bad]) {
      const { stderr } = await type(`what-can x -f ${folder({ 'a.json': JSON.stringify(object) })}`);
      expect(stderr).toMatch(/u001b|x1b/);
      expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    }
  });

  it.each([
    ['who-can get', 'too few arguments; usage: sallyport who-can VERB'],
    ['who-can get pods web', 'unexpected argument "web"'],
    ['version now', "Unexpected argument 'now'"],
    ['who-can get pods --nonsense', "Unknown option '--nonsense'"],
    ['what-can jane -o xml', 'unable to match a printer suitable for the output format "xml"'],
    ['serve dex.yaml', 'unknown command "serve"; did you mean start?'],
    ['config check', 'unknown command "config"; did you mean validate?'],
    ['who-cna get pods', 'unknown command "who-cna"; did you mean who-can?'],
  ])('"%s" is a usage error', async (line, message) => {
    const { stderr, stdout, code } = await type(line);
    expect(stderr).toContain(`error: ${message}`);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
