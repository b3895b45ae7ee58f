import { chmodSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openCredentialCache } from '../../src/plugin/credential-cache.ts';
import { createMachine } from './harness.ts';

const key = { issuer: 'https://sso.example.com', clientId: 'kubectl' };
const credentials = { ...key, idToken: 'a.b.c', expiresAt: 1, refreshToken: 'r' };

function openCache() {
  const machine = createMachine();
  const cache = openCredentialCache({ env: machine.env, homeDir: machine.home }, key);
  return { machine, cache };
}

describe('the credential cache (S-160)', () => {
  it('gives back what was written, in files that only their owner can use', () => {
    const { machine, cache } = openCache();
    expect(cache.read()).toBeUndefined();
    cache.write(credentials);
    expect(cache.read()).toEqual(credentials);
    expect(statSync(cache.path).mode & 0o777).toBe(0o600);
    expect(statSync(machine.cacheDir).mode & 0o777).toBe(0o700);
    expect(readdirSync(machine.cacheDir)).toHaveLength(1);
  });

  it('lies under ~/.kube/cache without KUBECACHEDIR, one file an issuer and client', () => {
    const path = (issuer: string, clientId: string) => {
      return openCredentialCache({ env: {}, homeDir: '/home/jane' }, { issuer, clientId }).path;
    };
    expect(path('a', 'b')).toMatch(/^\/home\/jane\/\.kube\/cache\/sallyport\/[0-9a-f]{64}\.json$/);
    expect(new Set([path('a', 'b'), path('a', 'c'), path('ab', ''), path('', 'ab')]).size).toBe(4);
  });

  it.each([
    ['a readable file', 'is open to other users (mode 0640)', (path: string) => chmodSync(path, 0o640)],
    [
      'a symbolic link',
      'is a symbolic link',
      (path: string) => {
        renameSync(path, `${path}.real`);
        symlinkSync(`${path}.real`, path);
      },
    ],
    [
      'an open directory',
      'is open to other users (mode 0755)',
      (path: string) => chmodSync(join(path, '..'), 0o755),
    ],
    [
      'a directory in its place',
      'is not a file',
      (path: string) => {
        renameSync(path, `${path}.old`);
        mkdirSync(path, 0o700);
      },
    ],
  ])('refuses %s and says how to fix it', (_name, message, spoil) => {
    const { cache } = openCache();
    cache.write(credentials);
    spoil(cache.path);
    expect(() => cache.read()).toThrow(message);
    expect(() => cache.read()).toThrow('fix it with: ');
  });

  it('refuses the file of another user', () => {
    const { cache } = openCache();
    cache.write(credentials);
    vi.spyOn(process, 'getuid').mockReturnValue(12_345);
    onTestFinished(() => void vi.restoreAllMocks());
    expect(() => cache.read()).toThrow('belongs to another user');
  });

  it.each([
    '',
    '{',
    '[]',
    '{"issuer":1}',
    JSON.stringify({ ...credentials, idToken: 'a b' }),
    JSON.stringify({ ...credentials, clientId: 'other' }),
  ])('takes damaged content %j for none', (text) => {
    const { cache } = openCache();
    cache.write(credentials);
    writeFileSync(cache.path, text);
    expect(cache.read()).toBeUndefined();
  });

  it('does not write through a link, and forgets on removal', () => {
    const { machine, cache } = openCache();
    cache.write(credentials);
    const victim = join(machine.home, 'victim');
    writeFileSync(victim, 'precious');
    cache.remove();
    symlinkSync(victim, cache.path);
    cache.write(credentials);
    expect(statSync(victim).size).toBe('precious'.length);
    expect(cache.read()).toEqual(credentials);
    expect([cache.remove(), cache.remove()]).toEqual([true, false]);
  });
});
