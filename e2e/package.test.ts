import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { run } from './support/kubectl.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { openSigningBrowser, type SigningBrowser } from './support/signing-browser.ts';

/** The packed package (`npm pack`), put where `npm install` puts it; its dependencies are links to ours. */
const ROOT = resolve(import.meta.dirname, '..');

let place: string;
/** `node_modules` of somebody's project. */
let packages: string;
let env: NodeJS.ProcessEnv;
let browser: SigningBrowser;
let sallyport: Sallyport;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'sallyport-package-'));
  packages = join(place, 'project/node_modules');
  mkdirSync(packages, { recursive: true });
  execFileSync('tar', ['-xzf', pack(), '-C', packages]);
  await rm(join(packages, 'sallyport'), { recursive: true, force: true });
  execFileSync('mv', [join(packages, 'package'), join(packages, 'sallyport')]);
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (!name.startsWith('.')) await symlink(join(ROOT, 'node_modules', name), join(packages, name));
  await linkPrograms();
  await symlink(inject('kubectl')['1.35'], join(place, 'kubectl'));
  browser = await openSigningBrowser(place, 'jane');
  env = {
    PATH: `${place}:${join(packages, '.bin')}:${process.env['PATH']}`,
    HOME: place,
    BROWSER: browser.program,
  };
  sallyport = await startSallyport(undefined, { program: join(packages, '.bin/sallyport') });
}, 180_000);

afterAll(async () => {
  browser?.close();
  await sallyport?.dispose();
  await rm(place, { recursive: true, force: true });
});

/** In a copy, as packing puts files beside the sources for a while. @returns the path of the tarball */
function pack(): string {
  const copy = join(place, 'copy');
  const files = ['bin', 'config', 'docs', 'src', 'views', 'CHANGELOG.md', 'LICENSE', 'README.md'];
  for (const name of [...files, 'package.json', 'tsconfig.json', 'tsconfig.package.json'])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  const before = globSync('{src,views}/**', { cwd: copy });
  const options = {
    cwd: copy,
    env: { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}` },
  };
  execFileSync('ln', ['-s', join(ROOT, 'node_modules'), join(copy, 'node_modules')]);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', place], options);
  expect(globSync('{src,views}/**', { cwd: copy }), 'packing leaves nothing behind').toEqual(before);
  const [tarball = ''] = globSync('*.tgz', { cwd: place });
  return join(place, tarball);
}

/** As npm does. */
async function linkPrograms(): Promise<void> {
  const manifest = JSON.parse(readFileSync(join(packages, 'sallyport/package.json'), 'utf8'));
  mkdirSync(join(packages, '.bin'));
  for (const [name, file] of Object.entries<string>(manifest.bin)) {
    chmodSync(join(packages, 'sallyport', file), 0o755);
    await symlink(join('../sallyport', file), join(packages, '.bin', name));
  }
}

it('has what runs, and nothing else', () => {
  const files = globSync('**', { cwd: join(packages, 'sallyport') });
  const sources = files.filter((file) => file.endsWith('.ts'));
  expect(sources).toEqual(['src/testing/entry.d.ts']);
  expect(files.filter((file) => /^(?:test|e2e|bench|data)\b/.test(file))).toEqual([]);
  expect(files).toContain('config/demo.yaml');
});

it('logs in for kubectl, which runs the script of the package', async () => {
  const login = await run('kubectl', ['sallyport', 'login', sallyport.issuer], env);
  expect(login).toMatchObject({ code: 0, stdout: expect.stringMatching(/Username +jane/) });
  const kubeconfig = parse(readFileSync(join(place, '.kube/config'), 'utf8'));
  expect(kubeconfig.users[0].user.exec.command).toBe(join(packages, 'sallyport/bin/kubectl-sallyport'));
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
  const file = join(place, 'project/test.mjs');
  await writeFile(
    file,
    `import { startCluster } from 'sallyport/testing';
await using cluster = await startCluster();
console.log((await cluster.request('GET', '/api/v1/namespaces/default')).body.metadata.name);`,
  );
  const outcome = await run(process.execPath, [file], { PATH: process.env['PATH'] });
  expect(outcome).toEqual({ code: 0, stdout: 'default\n', stderr: '' });
});
