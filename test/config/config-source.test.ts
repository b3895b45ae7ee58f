import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, createConfigSource } from '../../src/config/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-source-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function open() {
  const file = join(directory, 'sallyport.yaml');
  const secret = join(directory, 'secret');
  const write = (more = '') =>
    writeFileSync(
      file,
      `issuer: https://id.example.com
web: { http: 127.0.0.1:5556 }
staticClients:
  - { id: app, name: App, secretFile: ${secret}, redirectURIs: ['https://app.example/callback'] }
${more}`,
    );
  writeFileSync(secret, 'first-secret-that-is-long-enough');
  write();
  return { secret, write, source: createConfigSource(file, { dataDir: directory, env: {} }) };
}

describe('a configuration file that is looked at again', () => {
  it('is the same object while nothing has changed', async () => {
    const { source, write } = open();
    const first = await source.read();
    write();
    expect(await source.read()).toBe(first);
  });

  it('is read anew when its text has changed', async () => {
    const { source, write } = open();
    await source.read();
    write('expiry: { idTokens: 1h }\n');
    expect((await source.read()).expiry.idTokens).toBe(3_600_000);
  });

  it('is read anew when a secret that it names has changed, has gone or has come back', async () => {
    const { source, secret } = open();
    const first = await source.read();
    writeFileSync(secret, 'second-secret-that-is-long-enough');
    expect((await source.read()).clients[0]?.secret).toBe('second-secret-that-is-long-enough');
    rmSync(secret);
    await expect(source.read()).rejects.toThrow(/secretFile.*no such file/);
    writeFileSync(secret, 'first-secret-that-is-long-enough');
    expect((await source.read()).clients).toEqual(first.clients);
  });

  it('is refused with the same error as long as it is wrong', async () => {
    const { source, write } = open();
    write('nonsense: true\n');
    const error = await source.read().catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(ConfigError);
    expect(await source.read().catch((refused: unknown) => refused)).toBe(error);
  });
});
