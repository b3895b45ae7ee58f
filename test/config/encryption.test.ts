import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Config, checkExposure, parseConfig } from '../../src/config/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'sallyport-encryption-'));
afterAll(() => rm(directory, { recursive: true }));
const [key, old] = [randomBytes(32), randomBytes(32)];
const keyFile = join(directory, 'key');
const shortFile = join(directory, 'short');
writeFileSync(keyFile, `${key.toString('base64')}\n`);
writeFileSync(shortFile, randomBytes(31).toString('base64'));

const env = {
  BASE64: key.toString('base64'),
  BASE64URL: key.toString('base64url'),
  HEX: key.toString('hex'),
  OLD: old.toString('hex'),
  WORDS: 'correct horse battery staple',
};

function load(storage: unknown, http = '127.0.0.1:5556'): Config {
  const text = stringify({ issuer: 'https://id.example.com', web: { http }, storage });
  return parseConfig(text, 'dex.yaml', { dataDir: '/data', env });
}
const sealed = (encryption: object) => ({ type: 'sqlite3', encryption });

describe('storage.encryption', () => {
  it.each([
    ['a file', { keyFile }],
    ['base64', { keyEnv: 'BASE64' }],
    ['base64url', { keyEnv: 'BASE64URL' }],
    ['hex', { keyEnv: 'HEX' }],
  ])('reads a key from %s', (_name, encryption) => {
    expect(load(sealed(encryption)).storage).toMatchObject({ encryption: { current: key, previous: [] } });
  });

  it('reads the keys from before', () => {
    const { storage } = load(sealed({ keyFile, previous: [{ keyEnv: 'OLD' }] }));
    expect(storage).toMatchObject({ encryption: { current: key, previous: [old] } });
  });

  it.each([
    ['no key', {}, /storage\.encryption: expected keyFile or keyEnv/],
    ['two keys', { keyFile, keyEnv: 'HEX' }, /storage\.encryption: expected keyFile or keyEnv/],
    [
      'a missing variable',
      { keyEnv: 'NONE' },
      /storage\.encryption\.keyEnv: environment variable NONE is not set/,
    ],
    ['a missing file', { keyFile: '/nowhere' }, /storage\.encryption\.keyFile: \/nowhere: no such file/],
    [
      '31 bytes',
      { keyFile: shortFile },
      /storage\.encryption\.keyFile: .*short: expected 32 bytes in base64 or hex/,
    ],
    [
      'a pass phrase',
      { keyFile, previous: [{ keyEnv: 'WORDS' }] },
      /previous\[0\]\.keyEnv: environment variable WORDS: expected 32 bytes/,
    ],
  ])('refuses %s, without showing it', (_name, encryption, line) => {
    expect(() => load(sealed(encryption))).toThrow(line);
    expect(() => load(sealed(encryption))).not.toThrow(/battery/);
  });

  it.each([
    ['in clear, reachable', { type: 'sqlite3' }, ':5556', 1],
    ['in clear, on loopback', { type: 'sqlite3' }, '127.0.0.1:5556', 0],
    ['encrypted, reachable', sealed({ keyFile }), ':5556', 0],
    ['in memory, reachable', { type: 'memory' }, ':5556', 0],
  ])('keys %s: warnings', async (_name, storage, http, count) => {
    const warnings: string[] = [];
    await checkExposure(load(storage, http), {
      findDemoPasswords: async () => [],
      log: { warn: (_fields, message) => void warnings.push(message) },
    });
    expect(warnings.filter((message) => message.includes('storage.encryption'))).toHaveLength(count);
  });
});
