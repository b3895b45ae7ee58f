import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Config, parseConfig } from '../../../src/config/index.ts';

const directory = join(tmpdir(), `sallyport-keys-${randomUUID()}`);
export const HASH = '$2a$10$WutfJlkVrOgHAtgsqQDJuunJWpKh3cJatHWTujmyVUnnaTAb7t24q';
export const hashFile = join(directory, 'hash');
export const secretFile = join(directory, 'secret');
export const emptyFile = join(directory, 'empty');

/** What some of the values name. Files of tests share this module: each makes them for itself. */
export function makeFiles(): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(hashFile, `${HASH}\n`);
  writeFileSync(secretFile, 'of-the-file\n');
  writeFileSync(emptyFile, '\n');
}

export function removeFiles(): void {
  rmSync(directory, { recursive: true });
}

export const env = { ID: 'of-env', SECRET: 's3cret', HASH, BAD: 'no hash', DIR: '/var/dex' };
export const deps = { dataDir: '/data', env };

export type Values = Readonly<Record<string, unknown>>;

export const minimal: Values = { issuer: 'https://id.example.com/dex', web: { http: '127.0.0.1:5556' } };
export const web = (more: Values): Values => ({ web: { http: '127.0.0.1:5556', ...more } });
export const client = (more: Values): Values => ({
  staticClients: [{ id: 'app', secret: 's', redirectURIs: ['https://app.example/cb'], ...more }],
});
export const account = (more: Values): Values => ({
  enablePasswordDB: true,
  staticPasswords: [{ email: 'a@example.com', hash: HASH, userID: '1', ...more }],
});

export const etcd = (config: Values): Values => ({ storage: { type: 'etcd', config } });

export function load(values: Values): Config {
  return parseConfig(stringify({ ...minimal, ...values }), 'dex.yaml', deps);
}

/** A key of Dex that does what it does there: a value, and what comes of it. */
export type ServedKey = readonly [
  key: string,
  values: Values,
  seen: (config: Config) => unknown,
  is: unknown,
];
