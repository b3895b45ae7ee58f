import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  bin: Record<string, string>;
};
const PROGRAMS = Object.entries(manifest.bin).map(([name, file]) => ({ name, file: join(ROOT, file) }));
const [SALLYPORT = ''] = PROGRAMS.map(({ file }) => file);

/** What shows that a program runs. */
const asked = (name: string) => (name.includes('complete') ? ['whoa'] : ['version']);
const ANSWER = /^(?:sallyport \d|whoami\t)/;

let directory: string;
/** Arguments that make this Node.js call itself an old one; what it starts is itself again. */
let old: readonly string[];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-npm-'));
  const pretence = join(directory, 'old.mjs');
  writeFileSync(pretence, `Object.defineProperty(process.versions, 'node', { value: '20.20.2' });\n`);
  old = ['--import', pretence];
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const run = (file: string, args: readonly string[]) => {
  const env = { ...process.env, HOME: directory };
  const { status, stdout, stderr } = spawnSync(file, args, { env, encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe.each(PROGRAMS)('npm’s link $name', ({ name, file }) => {
  it('is started by the Node.js on the PATH', () => {
    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(run(process.execPath, [file, ...asked(name)]).stdout).toMatch(ANSWER);
  });

  it('hands over to the one that came with the packages when that is too old', () => {
    const { status, stdout } = run(process.execPath, [...old, file, ...asked(name)]);
    expect([status, stdout]).toEqual([0, expect.stringMatching(ANSWER)]);
    if (!name.includes('complete')) expect(run(process.execPath, [...old, file, 'nope']).status).toBe(2);
  });

  it('is wrapped for Windows by npm, and runs', async ({ skip }) => {
    const cmdShim = findCmdShim();
    if (cmdShim === undefined) return skip('there is no npm here whose cmd-shim could be tried');
    const wrapper = join(directory, 'prefix', name);
    await cmdShim(file, wrapper);
    const target = file.replaceAll('/', '\\');
    expect(readFileSync(`${wrapper}.cmd`, 'utf8')).toMatch(/"%_prog%" {2}"%dp0%\\/);
    expect(readFileSync(`${wrapper}.cmd`, 'utf8')).toContain(
      `${target.slice(target.indexOf('\\bin\\'))}" %*`,
    );
    expect(readFileSync(`${wrapper}.ps1`, 'utf8')).toContain('& "node$exe"');
    // The one for Git Bash is the one that can be run here.
    expect(run('sh', [wrapper, ...asked(name)]).stdout).toMatch(ANSWER);
  });
});

it('hands on what it is told to do', async () => {
  const args = [...old, SALLYPORT, 'cluster', '--listen', '127.0.0.1:0', '--store', 'memory'];
  const child = spawn(process.execPath, args, { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<number | null>((done) => void child.once('exit', done));
  await new Promise<void>((ready) => {
    child.stdout.on('data', (text) => String(text).includes('get nodes') && ready());
  });
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

it('says what is missing where no Node.js came with the packages', () => {
  const bare = join(directory, 'bare');
  cpSync(join(ROOT, 'bin'), join(bare, 'bin'), { recursive: true });
  writeFileSync(join(bare, 'package.json'), '{ "type": "module" }');
  const { status, stderr } = run(process.execPath, [...old, join(bare, 'bin/npm/sallyport.js'), 'version']);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^error: needs Node\.js 24 or newer, this is v\S+, and none came with the packages\n$/,
  );
});

type CmdShim = (from: string, to: string) => Promise<void>;

/** The library by which npm makes its wrappers on Windows; npm has it in itself. */
function findCmdShim(): CmdShim | undefined {
  const places = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'npm'));
  const npm = places.find((place) => existsSync(place));
  if (npm === undefined) return undefined;
  const library = join(dirname(realpathSync(npm)), '../node_modules/cmd-shim');
  return existsSync(library) ? (createRequire(import.meta.url)(library) as CmdShim) : undefined;
}
