import { globSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { run } from './support/kubectl.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { openSigningBrowser, type SigningBrowser } from './support/signing-browser.ts';

/** What people get: the package as it was packed and installed for all of these tests. */
const PACKAGE = inject('installed');
const PACKAGES = dirname(PACKAGE);

let place: string;
let env: NodeJS.ProcessEnv;
let browser: SigningBrowser;
let sallyport: Sallyport;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'sallyport-package-'));
  await symlink(inject('kubectl')['1.35'], join(place, 'kubectl'));
  browser = await openSigningBrowser(place, 'jane');
  env = {
    PATH: `${place}:${join(PACKAGES, '.bin')}:${process.env['PATH']}`,
    HOME: place,
    BROWSER: browser.program,
  };
  sallyport = await startSallyport(undefined, { program: join(PACKAGES, '.bin/sallyport') });
}, 180_000);

afterAll(async () => {
  browser?.close();
  await sallyport?.dispose();
  await rm(place, { recursive: true, force: true });
});

it('has what runs, and nothing else', () => {
  const files = globSync('**', { cwd: PACKAGE });
  const sources = files.filter((file) => file.endsWith('.ts'));
  expect(sources).toEqual(['src/testing/entry.d.ts']);
  expect(files.filter((file) => /^(?:test|e2e|bench|data)\b/.test(file))).toEqual([]);
  expect(files).toContain('config/demo.yaml');
});

it('logs in for kubectl, which runs the script of the package', async () => {
  const login = await run('kubectl', ['sallyport', 'login', sallyport.issuer], env);
  expect(login).toMatchObject({ code: 0, stdout: expect.stringMatching(/Username +jane/) });
  const kubeconfig = parse(readFileSync(join(place, '.kube/config'), 'utf8'));
  expect(kubeconfig.users[0].user.exec.command).toBe(join(PACKAGE, 'bin/kubectl-sallyport'));
  // A program with windows: nothing of npm's is on its PATH.
  const bare = { ...env, PATH: '/usr/bin:/bin' };
  expect(await run(join(place, 'kubectl'), ['get', 'pods', '-n', 'dev'], bare)).toMatchObject({ code: 0 });
  expect(browser.visits).toHaveLength(1);
});

it('answers for kubectl what completes `kubectl sallyport`, and asks about rights', async () => {
  const completed = await run('kubectl', ['__complete', 'sallyport', 'whoa'], env);
  expect(completed.stdout).toMatch(/^whoami\t/);
  const why = await run('kubectl', ['sallyport', 'why', 'delete', 'pods', '-n', 'dev'], env);
  expect(why).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^yes - RBAC: allowed by RoleBinding /),
  });
});

it('has a configuration for whoever has none', async () => {
  const outcome = await run('sallyport', ['validate'], { ...env, PWD: place });
  expect(outcome.stderr).toBe('');
  expect(basename(outcome.stdout.replace(' is valid\n', ''))).toBe('demo.yaml');
});

it('is a cluster for the tests of the project', async () => {
  const file = join(PACKAGES, '../test.mjs');
  await writeFile(
    file,
    `import { startCluster } from 'sallyport/testing';
await using cluster = await startCluster();
console.log((await cluster.request('GET', '/api/v1/namespaces/default')).body.metadata.name);`,
  );
  const outcome = await run(process.execPath, [file], { PATH: process.env['PATH'] });
  expect(outcome).toEqual({ code: 0, stdout: 'default\n', stderr: '' });
});
