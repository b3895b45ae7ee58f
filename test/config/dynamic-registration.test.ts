import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseConfig } from '../../src/config/load-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'sallyport-registration-'));
afterAll(() => rm(directory, { recursive: true }));
const token = 'of-the-file-with-enough-characters';
const file = join(directory, 'token');
const shortFile = join(directory, 'short');
writeFileSync(file, `${token}\n`);
writeFileSync(shortFile, 'short\n');
const env = {
  TOKEN: 'of-the-environment-and-long-enough',
  BLANKS: 'a token of forty characters with blanks',
};

function load(dynamicClientRegistration: Readonly<Record<string, unknown>> | undefined) {
  const values = {
    issuer: 'https://id.example.com',
    web: { http: '127.0.0.1:5556' },
    oauth2: { dynamicClientRegistration },
  };
  return parseConfig(stringify(values), 'dex.yaml', { dataDir: '/data', env }).oauth2;
}

describe('oauth2.dynamicClientRegistration', () => {
  const usual = { maxClients: 1000, unusedFor: 30 * 24 * 3_600_000 };

  it('is off when it is absent', () => {
    expect(load(undefined).dynamicClientRegistration).toBeUndefined();
  });

  it.each([
    [{ initialAccessToken: token }, { ...usual, initialAccessToken: token }],
    [{ initialAccessTokenEnv: 'TOKEN' }, { ...usual, initialAccessToken: env.TOKEN }],
    [{ initialAccessTokenFile: file }, { ...usual, initialAccessToken: token }],
    [{ open: true }, { ...usual, initialAccessToken: undefined }],
    [
      { open: true, maxClients: 5, unusedFor: '48h' },
      { maxClients: 5, unusedFor: 48 * 3_600_000, initialAccessToken: undefined },
    ],
  ])('%j', (given, is) => {
    expect(load(given).dynamicClientRegistration).toEqual(is);
  });

  it.each<[Readonly<Record<string, unknown>>, RegExp]>([
    [{}, /dynamicClientRegistration: expected one of initialAccessToken, .* or open: true/],
    [{ open: true, initialAccessToken: token }, /or open: true and none of them/],
    [{ initialAccessToken: token, initialAccessTokenEnv: 'TOKEN' }, /expected one of initialAccessToken/],
    [{ initialAccessToken: 'short' }, /initialAccessToken: expected 32 or more letters, digits/],
    [{ initialAccessTokenEnv: 'NONE' }, /environment variable NONE is not set/],
    [{ initialAccessTokenEnv: 'BLANKS' }, /environment variable BLANKS: expected 32 or more letters/],
    [{ initialAccessTokenFile: shortFile }, /\/short: expected 32 or more letters/],
    [{ open: true, unusedFor: '1m' }, /unusedFor: expected an hour at least/],
    [{ open: true, maxClients: 0 }, /maxClients/],
    [{ open: true, allowed: [] }, /allowed: unknown key/],
  ])('%j is refused', (given, message) => {
    expect(() => load(given)).toThrow(message);
    expect(() => load(given)).toThrow(/dex\.yaml:\d+:\d+: oauth2\.dynamicClientRegistration/);
  });
});
