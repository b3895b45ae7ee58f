import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemBrowser } from '../../src/plugin/browser.ts';
import { openCredentialCache } from '../../src/plugin/credential-cache.ts';
import { findProgram } from '../../src/plugin/doctor/find-program.ts';
import { ownProgram } from '../../src/plugin/index.ts';
import { findKeyring } from '../../src/plugin/keyring.ts';
import { createMachine } from './harness.ts';

/** Folders of a PATH as Windows has it, with files of these names in them. */
function folders(...names: string[]): { readonly home: string; readonly env: Record<string, string> } {
  const { home } = createMachine();
  const paths = names.map((name) => join(home, name));
  for (const path of paths) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '', { mode: 0o755 });
  }
  return { home, env: { PATH: paths.map((path) => join(path, '..')).join(';'), PATHEXT: '.COM;.EXE;.CMD' } };
}

describe('a program on Windows', () => {
  it('is found by an ending, not by the wrapper for shells that lies beside it', () => {
    const { env } = folders('npm/kubectl-sallyport', 'npm/kubectl-sallyport.CMD');
    const found = findProgram('kubectl-sallyport', { env, platform: 'win32' });
    expect(basename(found ?? '')).toBe('kubectl-sallyport.CMD');
    expect(findProgram('kubectl-sallyport', { env: { ...env, PATHEXT: '.EXE' }, platform: 'win32' })).toBe(
      undefined,
    );
  });

  it('is found in the first folder of a list with semicolons, and as it is with its ending', () => {
    const { home, env } = folders('a/other.EXE', 'b/kubectl.EXE', 'c/kubectl.CMD');
    expect(findProgram('kubectl', { env, platform: 'win32' })).toBe(join(home, 'b/kubectl.EXE'));
    expect(findProgram('kubectl.CMD', { env, platform: 'win32' })).toBe(join(home, 'c/kubectl.CMD'));
  });
});

describe('a kubeconfig', () => {
  it('names the plugin on Windows, where a shell script cannot run, and elsewhere its path', () => {
    expect(ownProgram('win32')).toBe('kubectl-sallyport');
    expect(existsSync(ownProgram('linux'))).toBe(true);
  });
});

describe('the browser', () => {
  /** Runs a login's browser with these programs there; resolves to what was started with what. */
  async function opened(platform: NodeJS.Platform, extra: Record<string, string>, ...programs: string[]) {
    const { home } = createMachine();
    const record = join(home, 'record');
    for (const name of programs)
      writeFileSync(join(home, name), `#!/bin/sh\nprintf '%s\\n' "\${0##*/}" "$@" done > ${record}\n`, {
        mode: 0o755,
      });
    const env = { PATH: home, ...extra };
    expect(await systemBrowser({ env, platform })?.('https://a.example/?a=1&b=%22c%22')).toBe(true);
    await expect.poll(() => existsSync(record) && readFileSync(record, 'utf8')).toMatch(/done\n$/);
    return readFileSync(record, 'utf8').split('\n').slice(0, -2);
  }
  const url = 'https://a.example/?a=1&b=%22c%22';

  it('of Windows is opened without cmd.exe, to which & would be the end of the URL', async () => {
    expect(await opened('win32', {}, 'rundll32')).toEqual(['rundll32', 'url.dll,FileProtocolHandler', url]);
  });

  it('is that of Windows in WSL, by what is there', async () => {
    const wsl = { WSL_DISTRO_NAME: 'Debian' };
    expect(await opened('linux', wsl, 'wslview', 'explorer.exe')).toEqual(['wslview', url]);
    expect(await opened('linux', wsl, 'explorer.exe')).toEqual(['explorer.exe', url]);
  });
});

describe('what is kept on Windows', () => {
  const { getuid } = process;
  afterEach(() => Object.assign(process, { getuid }));

  it('needs no permission bits, which are not there', () => {
    const machine = createMachine();
    Object.assign(process, { getuid: undefined });
    const deps = { env: machine.env, homeDir: machine.home, platform: 'win32' as const };
    const key = { issuer: 'https://a.example', clientId: 'kubectl' };
    const credentials = { ...key, idToken: 'a.b.c', expiresAt: 1, refreshToken: 'r' };
    const cache = openCredentialCache(deps, key);
    cache.write(credentials);
    chmodSync(cache.path, 0o644);
    expect(cache.read()).toEqual(credentials);
  });

  it('has no keyring, and says so', () => {
    const machine = createMachine();
    let said = '';
    expect(findKeyring({ env: machine.env, platform: 'win32' })).toBe(undefined);
    const deps = {
      env: machine.env,
      homeDir: machine.home,
      platform: 'win32' as const,
      stderr: (text: string) => {
        said += text;
      },
    };
    const key = { issuer: 'https://a.example', clientId: 'kubectl', storage: 'keyring' as const };
    const cache = openCredentialCache(deps, key);
    cache.write({ ...key, idToken: 'a.b.c', expiresAt: 1, refreshToken: 'r' });
    expect(said).toMatch(/^Warning: no keyring keeps the refresh token .*in a file/);
    expect(cache.read()?.refreshToken).toBe('r');
  });
});
