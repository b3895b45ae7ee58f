import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { browserCommand, createMachine, execCredential, interactiveInfo, wrapper } from './harness.ts';
import { startIssuer } from './issuer.ts';
import { selfSigned } from './self-signed.ts';

async function issuerForTest(...args: Parameters<typeof startIssuer>) {
  const issuer = await startIssuer(...args);
  onTestFinished(() => issuer.close());
  return issuer;
}

describe('the process kubectl-sallyport', { timeout: 30_000 }, () => {
  it('logs in from kubectl with a browser of its own, and has only the ExecCredential on standard output (S-161)', async () => {
    const issuer = await issuerForTest();
    const machine = createMachine();
    const token = ['token', '--issuer', issuer.url];
    const env = { KUBERNETES_EXEC_INFO: interactiveInfo };
    const first = await machine.spawn([...token, '--browser-command', browserCommand], env);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^\{"apiVersion":.*\}\n$/);
    expect(first.stderr).toMatch(/Opening your browser[\s\S]*Logged in as jane\.\n$/);
    expect(first.stderr).not.toContain('a browser talks');

    const times: number[] = [];
    for (let run = 0; run < 5; run++) {
      const started = performance.now();
      const cached = await machine.spawn(token);
      times.push(Math.round(performance.now() - started));
      expect(cached).toMatchObject({ code: 0, stderr: '', stdout: first.stdout });
    }
    console.info(`kubectl-sallyport token, cached: ${times.join(', ')} ms`);
    expect(execCredential(first).status.token).toBe(machine.credentials(issuer.url)?.idToken);
    expect(issuer.counts).toMatchObject({ authorize: 1, refresh: 0 });
  });

  it('loads nothing but small parts of Node.js for a cached token', async () => {
    const issuer = await issuerForTest();
    const machine = createMachine();
    await machine.run(['login', '--issuer', issuer.url]);
    const main = fileURLToPath(new URL('../../src/plugin/main.ts', import.meta.url));
    const report = `process.on('exit', () => require('node:fs').writeFileSync(3, process.moduleLoadList.join('\\n')))`;
    const preload = join(machine.home, 'report.cjs');
    writeFileSync(preload, report);
    const args = ['--require', preload, main, 'token', '--issuer', issuer.url];
    const { output, status } = spawnSync(process.execPath, args, {
      env: machine.env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    expect(status).toBe(0);
    const loaded = String(output[3]).split('\n');
    expect(loaded).toContain('NativeModule fs');
    const heavy = ['http', 'https', 'net', 'tls', 'child_process', 'internal/deps/undici/undici', 'readline'];
    expect(heavy.filter((name) => loaded.includes(`NativeModule ${name}`))).toEqual([]);
  });

  it('gives up at Ctrl-C with 130 and leaves no lock behind', async () => {
    const issuer = await issuerForTest();
    const machine = createMachine();
    const child = spawn(wrapper, ['login', '--issuer', issuer.url, '--skip-open-browser'], {
      env: machine.env,
    });
    const closed = once(child, 'close');
    await once(child.stderr, 'data');
    expect(readdirSync(machine.cacheDir).some((name) => name.endsWith('.lock'))).toBe(true);
    child.kill('SIGINT');
    expect(await closed).toEqual([130, null]);
    expect(readdirSync(machine.cacheDir).some((name) => name.endsWith('.lock'))).toBe(false);
  });

  it('trusts the given certificate authority for an https issuer, and no unknown one', async () => {
    const { cert, key } = await selfSigned();
    const issuer = await issuerForTest({ cert, key });
    const machine = createMachine();
    const login = ['login', '--issuer', issuer.url, '--skip-open-browser', '--timeout', '5s'];
    expect(await machine.run(login)).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('--certificate-authority'),
    });
    const file = join(machine.home, 'ca.pem');
    writeFileSync(file, cert);
    const outcome = await machine.run([...login, '--certificate-authority', file, '--timeout', '50ms']);
    expect(outcome).toMatchObject({ code: 8, stderr: expect.stringContaining(`${issuer.url}/auth?`) });
    const data = Buffer.from(cert).toString('base64');
    const inline = await machine.run([...login, '--certificate-authority-data', data, '--timeout', '50ms']);
    expect(inline.code).toBe(8);
  });

  it.each([
    [[], 0, /^kubectl sallyport logs you in/],
    [['--help'], 0, /Usage:\n {2}kubectl sallyport \[command\] \[options\]/],
    [['help', 'token'], 0, /Usage:\n {2}kubectl sallyport token \[options\]/],
    [['login', '-h'], 0, / {4}--timeout='180s':\n\tHow long/],
    [['version'], 0, /^sallyport \d+\.\d+\.\d+/],
    [['lgin'], 2, /^error: unknown command "lgin"; did you mean login\?\nSee 'kubectl sallyport --help'/],
    [['toString'], 2, /^error: unknown command/],
    [['token', '--nope'], 2, /^error: Unknown option '--nope'\nSee 'kubectl sallyport token --help'/],
    [['token', 'extra'], 2, /^error: Unexpected argument 'extra'/],
    [['login', '--issuer=https://a.example', '--timeout=soon'], 2, /takes a duration such as 30s/],
    [['login', '--issuer=https://a.example', '--listen-port=70000'], 2, /takes a port number/],
    [['whoami', '--issuer=https://a.example', '-o', 'sarif'], 2, /allowed formats are: json,yaml,name/],
  ])('%j exits %i with the right words', async (args, code, words) => {
    const outcome = await createMachine().run(args);
    expect(outcome.code).toBe(code);
    expect(code === 0 ? outcome.stdout : outcome.stderr).toMatch(words);
    expect(code === 0 ? outcome.stderr : outcome.stdout).toBe('');
  });
});

describe('bin/kubectl-sallyport', () => {
  it('finds its package through links on the PATH', () => {
    const machine = createMachine();
    const [bin, other] = [join(machine.home, 'bin'), join(machine.home, 'other dir')];
    mkdirSync(bin);
    mkdirSync(other);
    symlinkSync(wrapper, join(other, 'link'));
    symlinkSync('../other dir/link', join(bin, 'kubectl-sallyport'));
    const env = { ...machine.env, PATH: `${bin}:/usr/bin:/bin` };
    const run = spawnSync('kubectl-sallyport', ['version'], { env, cwd: machine.home });
    expect(run.stdout.toString()).toMatch(/^sallyport /);
    expect(readdirSync(machine.cacheDir)).toContain('code');
  });

  it('says what to do where there is no Node.js 24', () => {
    const machine = createMachine();
    const bin = join(machine.home, 'package', 'bin');
    mkdirSync(bin, { recursive: true });
    copyFileSync(wrapper, join(bin, 'kubectl-sallyport'));
    const run = spawnSync(join(bin, 'kubectl-sallyport'), ['version'], { env: { PATH: '' } });
    expect(run.status).toBe(1);
    expect(run.stderr.toString()).toBe(
      `error: kubectl-sallyport needs Node.js 24 or newer, found none: run "npm ci" in ${dirname(bin)}, or put it on the PATH\n`,
    );
  });

  it('differs from bin/sallyport only in what it starts and in the code cache', () => {
    const body = (text: string) =>
      text.slice(text.indexOf('case $0'), text.indexOf('# kubectl runs this')).trim();
    const server = readFileSync(join(dirname(wrapper), 'sallyport'), 'utf8');
    const common = server.slice(server.indexOf('case $0'), server.indexOf('exec "$node"')).trim();
    expect(body(readFileSync(wrapper, 'utf8'))).toBe(common);
  });
});
