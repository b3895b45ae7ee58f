import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../../src/config/index.ts';
import { startServer } from '../../../src/server.ts';
import { createLog } from '../../../src/telemetry/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'sallyport-dex-'));
afterAll(() => rm(directory, { recursive: true }));
const env = { STATE_DIRECTORY: directory, SECOND_ID: 'second', SECOND_SECRET: 'secret-of-the-second' };
const text = (name: string) => readFileSync(join(import.meta.dirname, `${name}.yaml`), 'utf8');
const load = (name: string, content = text(name)) =>
  parseConfig(content, `${name}.yaml`, { dataDir: directory, env });

/** Which keys the file is refused for. */
function refusals(name: string): readonly string[] {
  try {
    load(name);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ path }) => path);
    throw error;
  }
  return [];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('a configuration file of Dex', () => {
  it('starts the identity provider when accounts are local', async () => {
    const [port, telemetry] = [await freePort(), await freePort()];
    const content = text('development')
      .replaceAll('5556', String(port))
      .replaceAll('5558', String(telemetry));
    const log = createLog({ level: 'silent', format: 'json', stream: { write: () => undefined } });
    const server = await startServer({ config: load('development', content), dataDir: directory, log });
    try {
      const issuer = `http://127.0.0.1:${port}/dex`;
      expect(server.issuerUrl).toBe(issuer);
      const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
      expect(await discovery.json()).toMatchObject({ issuer, jwks_uri: `${issuer}/keys` });
      for (const id of ['app', 'second', 'cli']) {
        const redirect = {
          app: 'http://127.0.0.1:5555/callback',
          second: 'https://second.example.com/callback',
        }[id];
        const url = new URL(`${issuer}/auth`);
        url.search = new URLSearchParams({
          client_id: id,
          response_type: 'code',
          scope: 'openid',
          redirect_uri: redirect ?? 'http://localhost:8000/',
          code_challenge: 'a'.repeat(43),
          code_challenge_method: 'S256',
        }).toString();
        const answer = await fetch(url, { redirect: 'manual' });
        expect([id, answer.status, answer.headers.get('location')]).toEqual([
          id,
          303,
          expect.stringContaining('/dex/interaction/'),
        ]);
      }
    } finally {
      await server.close();
    }
  });

  it('is refused with one line for each connector, storage and API that is not served', () => {
    expect(refusals('in-cluster')).toEqual(['storage.type', 'grpc', 'connectors[0].type']);
    expect(refusals('ldap')).toEqual(['connectors[0].type', 'connectors[1].type']);
  });
});
