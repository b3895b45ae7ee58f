import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('hex')];

/** What the storage holds of the keys, as somebody reads it who has got hold of the file. */
function storedKeys({ dataDir }: Sallyport): string {
  const database = new DatabaseSync(join(dataDir, 'sallyport.db'), { readOnly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    const rows = tables.flatMap(({ name }) => database.prepare(`SELECT * FROM "${name}"`).all());
    return rows
      .filter((row) => JSON.stringify(row).includes('identity/keys/'))
      .map((row) => JSON.stringify(row))
      .join('\n');
  } finally {
    database.close();
  }
}

interface KeySet {
  readonly keys: readonly { readonly kid: string; readonly alg: string }[];
}

const keySet = async ({ issuer }: Sallyport) => (await (await fetch(`${issuer}/keys`)).json()) as KeySet;

describe('S-274: keys in the storage', () => {
  let sallyport: Sallyport;
  let configFile: string;

  beforeAll(async () => {
    sallyport = await startSallyport((text) => text, { files: { 'first.key': first, 'second.key': second } });
    ({ configFile } = sallyport);
  });
  afterAll(() => sallyport?.dispose());

  async function configure(encryption: string): Promise<void> {
    const text = (await readFile(configFile, 'utf8')).replace(/\nstorage:[\s\S]*$/, '\n');
    await writeFile(configFile, `${text.trimEnd()}\nstorage: { type: sqlite3${encryption} }\n`);
  }

  it('are encrypted when a key to encrypt with is configured, and the same as before', async () => {
    const keys = await keySet(sallyport);
    await sallyport.stop();
    const file = `, config: { file: ${join(sallyport.dataDir, 'sallyport.db')} }`;
    await configure(`${file}, encryption: { keyFile: ${join(sallyport.directory, 'first.key')} }`);
    sallyport = await sallyport.restart();
    expect(await keySet(sallyport)).toEqual(keys);
    await sallyport.stop();
    expect(storedKeys(sallyport)).toContain('sealed.1.');

    const one = `keyFile: ${join(sallyport.directory, 'second.key')}`;
    await configure(`${file}, encryption: { ${one} }`);
    await expect(sallyport.restart()).rejects.toThrow(
      /exited with 2[\s\S]*error: identity\/keys\/signing in the store is encrypted with the key [\w-]{12}, and storage\.encryption has the keys/,
    );
    const previous = `previous: [{ keyFile: ${join(sallyport.directory, 'first.key')} }]`;
    await configure(`${file}, encryption: { ${one}, ${previous} }`);
    sallyport = await sallyport.restart();
    await sallyport.stop();
    await configure(`${file}, encryption: { ${one} }`);
    sallyport = await sallyport.restart();
    expect(await keySet(sallyport)).toEqual(keys);
  });

  it('of another algorithm are published before they sign', async () => {
    const before = (await keySet(sallyport)).keys;
    await sallyport.stop();
    const text = await readFile(configFile, 'utf8');
    await writeFile(configFile, `${text}signer: { type: local, config: { algorithm: ES256 } }\n`);
    sallyport = await sallyport.restart();
    await expect
      .poll(async () => (await keySet(sallyport)).keys.map(({ alg }) => alg))
      .toEqual(['RS256', 'ES256']);
    expect((await keySet(sallyport)).keys[0]).toEqual(before[0]);
  });
});
