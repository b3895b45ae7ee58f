import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachine, execCredential, type Machine } from './harness.ts';
import { startIssuer, type TestIssuer } from './issuer.ts';

let issuer: TestIssuer;
let machine: Machine;
let bin: string;
beforeEach(async () => {
  issuer = await startIssuer();
  machine = createMachine();
  bin = join(machine.home, 'bin');
  mkdirSync(bin);
  // A keyring that this machine has is none of theirs.
  for (const program of ['cat', 'rm']) symlinkSync(`/bin/${program}`, join(bin, program));
  machine.env['PATH'] = bin;
});
afterEach(() => issuer.close());

const login = (...flags: string[]) => machine.run(['login', '--issuer', issuer.url, ...flags]);
const token = (...flags: string[]) => machine.run(['token', '--issuer', issuer.url, ...flags]);

/** A program that keeps one secret in a file, called as the real one is. */
const fakes = {
  'secret-tool': `case $1 in --version) exit 0 ;; store) [ "$4 $5 $6" = "sallyport account $6" ] || exit 9; cat > kept ;; lookup) cat kept ;; clear) rm kept ;; esac`,
  pass: `case $1 in --version) exit 0 ;; insert) [ "$2 $3" = "--multiline --force" ] || exit 9; cat > kept ;; show) cat kept ;; rm) rm kept ;; esac`,
  security: `case $1 in --version) exit 0 ;; -i) read -r line; printf '%s' "\${line##* -w }" > kept ;; find-generic-password) cat kept ;; delete-generic-password) rm kept ;; esac`,
};
function install(name: keyof typeof fakes, body = fakes[name]): string {
  const script = `#!/bin/sh\ncd '${machine.home}'\necho "$*" >> arguments\n${body}\n`;
  writeFileSync(join(bin, name), script, { mode: 0o755 });
  return join(machine.home, 'kept');
}

describe('the refresh token in a keyring', () => {
  it.each(['secret-tool', 'pass', 'security'] as const)(
    'of %s: kept, used, rotated, removed',
    async (name) => {
      const kept = install(name);
      const platform = name === 'security' ? 'darwin' : 'linux';
      const run = (...args: string[]) => machine.run([...args, '--issuer', issuer.url], { platform });
      expect((await run('login', '--cache=keyring')).stderr).not.toContain('Warning');
      const first = readFileSync(kept, 'utf8').trim();
      expect(issuer.refreshTokens.has(first)).toBe(true);
      expect(machine.cacheText()).not.toContain(first);
      // No secret is an argument of a program.
      expect(readFileSync(join(machine.home, 'arguments'), 'utf8')).not.toContain(first);
      machine.recache(issuer.url, { expiresAt: 0 });
      expect((await run('token')).code).toBe(0);
      const second = readFileSync(kept, 'utf8').trim();
      expect([second === first, issuer.refreshTokens.has(second)]).toEqual([false, true]);
      expect(machine.cacheText()).not.toContain(second);
      expect((await run('whoami')).stdout).toContain('renewed when needed');
      expect(await run('logout')).toMatchObject({ code: 0 });
      expect([existsSync(kept), issuer.refreshTokens.size]).toEqual([false, 0]);
    },
  );

  it('is not asked for a token that is good', async () => {
    install('secret-tool');
    await login('--cache=keyring');
    writeFileSync(join(machine.home, 'arguments'), '');
    expect((await token()).code).toBe(0);
    expect(readFileSync(join(machine.home, 'arguments'), 'utf8')).toBe('');
  });

  it.each([
    ['there is none', undefined, 'there is none of secret-tool, security and pass'],
    ['it is locked', 'case $1 in --version) exit 0 ;; *) exit 1 ;; esac', 'secret-tool does not take it'],
    [
      'it forgets',
      'case $1 in --version) exit 0 ;; lookup) exit 1 ;; *) cat > /dev/null ;; esac',
      'secret-tool does not take it',
    ],
  ])('is a file, and said aloud, when %s', async (_name, body, words) => {
    if (body !== undefined) install('secret-tool', body);
    const { code, stderr } = await login('--cache=keyring');
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(`Warning: no keyring keeps the refresh token (${words}`),
    ]);
    expect(machine.credentials(issuer.url)?.refreshToken).toMatch(/^refresh-/);
  });

  it('goes back to the file on request', async () => {
    install('secret-tool');
    await login('--cache=keyring');
    await login('--cache=disk');
    expect(machine.credentials(issuer.url)?.refreshToken).toMatch(/^refresh-/);
  });
});

describe('--cache=none', () => {
  it('keeps nothing: each token is a login', async () => {
    const interactive = { stdinIsTerminal: async () => true };
    const args = ['token', '--issuer', issuer.url, '--cache=none'];
    const tokens = new Set<string>();
    for (let run = 0; run < 2; run++)
      tokens.add(execCredential(await machine.run(args, interactive)).status.token);
    expect([tokens.size, issuer.counts.authorize, machine.cacheText()]).toEqual([2, 2, '']);
  });

  it('is one of three', async () => {
    expect(await token('--cache=cloud')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--cache takes one of disk, keyring, none, not "cloud"'),
    });
  });
});
