import { spawn } from 'node:child_process';
import { createHmac, createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair, SignJWT } from 'jose';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { collect } from './support/collect.ts';
import { askGateway } from './support/gateway-request.ts';
import { bin } from './support/installed.ts';
import { openRelyingParty } from './support/relying-party.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { signIn } from './support/sign-in.ts';

const UNAUTHORIZED =
  '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}\n';

describe('a start that can’t work', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sallyport-bad-'));
  });

  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  /** Runs `sallyport start` on a configuration text to its end. */
  async function start(config: string, ...flags: string[]): Promise<{ code: number | null; stderr: string }> {
    const file = join(directory, 'sallyport.yaml');
    await writeFile(file, config);
    const args = [
      join(bin, 'sallyport.js'),
      'start',
      '--config',
      file,
      '--data',
      join(directory, 'data'),
      ...flags,
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = collect(child);
    const code = await new Promise<number | null>((done) => child.once('close', done));
    return { code, stderr: output.stderr() };
  }

  const minimal = (port: number) => `issuer: http://127.0.0.1:${port}\nweb: { http: '127.0.0.1:${port}' }\n`;

  it.each([
    ['broken YAML', 'issuer: "http://x\n', /sallyport\.yaml:\d+:\d+: /],
    [
      'an unknown key',
      `${minimal(1)}isuer: x\n`,
      /sallyport\.yaml:3:1: isuer: unknown key; did you mean issuer\?/,
    ],
    ['a wrong type', 'issuer: 5\n', /sallyport\.yaml:1:9: issuer: expected string/],
    [
      'a file that is named but missing',
      `${minimal(1)}gateway: { https: '127.0.0.1:2', authenticationConfig: nowhere.yaml }\n`,
      /nowhere\.yaml: no such file/,
    ],
  ])('names file, line, column and remedy and exits with 2: %s', async (_what, config, expected) => {
    const { code, stderr } = await start(config);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  it('names a configuration file that is not there', async () => {
    const { code, stderr } = await start('', '--config', '/nowhere/sallyport.yaml');
    expect(stderr).toContain('/nowhere/sallyport.yaml: no such file');
    expect(code).toBe(2);
  });

  it('says who should free or change a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await start(minimal(port));
    other.close();
    expect(stderr).toMatch(new RegExp(`can't listen on 127.0.0.1:${port}: another program does.*web\\.http`));
    expect(code).toBe(1);
  });

  it('names a data directory that can’t be written', async () => {
    const file = join(directory, 'a-file');
    await writeFile(file, '');
    const { code, stderr } = await start(minimal(1), '--data', join(file, 'data'));
    expect(stderr).toMatch(/data directory .*a-file\/data: .*--data/);
    expect(code).toBe(1);
  });

  it('refuses the demo’s password where others could use it', async () => {
    const demo = `${minimal(1).replace("'127.0.0.1:1'", "'0.0.0.0:1'")}enablePasswordDB: true
staticPasswords:
  - { email: a@example.com, hash: $2b$10$WutfJlkVrOgHAtgsqQDJuunJWpKh3cJatHWTujmyVUnnaTAb7t24q, userID: "1" }
`;
    const { code, stderr } = await start(demo);
    expect(stderr).toMatch(/a@example\.com has the demo's password "password".*listen on 127\.0\.0\.1/);
    expect(code).toBe(2);
  });
});

describe('a request that must not pass', () => {
  let sallyport: Sallyport;
  let browser: Browser;
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    [sallyport, browser] = await Promise.all([
      startSallyport((config) =>
        config.replace(
          'staticClients: []',
          'staticClients: [{ id: wiki, name: Wiki, public: true }]\noauth2: { skipApprovalScreen: true }',
        ),
      ),
      launchBrowser(),
    ]);
    for (const [clientId, login] of [
      ['kubectl', 'admin'],
      ['wiki', 'admin'],
    ] as const) {
      const party = await openRelyingParty({ issuer: sallyport.issuer, clientId });
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(party.authorizationUrl);
      await signIn(page, login);
      tokens[clientId] = (await party.tokens).id_token ?? '';
      party.close();
      await context.close();
    }
  });

  afterAll(async () => {
    await browser?.close();
    await sallyport?.dispose();
  });

  function ask(token: string) {
    return askGateway(sallyport, '/api/v1/namespaces/default/pods', {
      headers: { Authorization: `Bearer ${token}` },
    });
  }

  /** The payload of a good token, changed. */
  function claims(changes: object = {}): Record<string, unknown> {
    const payload = JSON.parse(Buffer.from(String(tokens['kubectl']?.split('.')[1]), 'base64url').toString());
    return { ...payload, ...changes };
  }

  async function forged(changes: object = {}, alg = 'RS256'): Promise<string> {
    const { privateKey } = await generateKeyPair(alg);
    const kid = JSON.parse(Buffer.from(String(tokens['kubectl']?.split('.')[0]), 'base64url').toString()).kid;
    return new SignJWT(claims(changes)).setProtectedHeader({ alg, kid }).sign(privateKey);
  }

  function encode(value: object): string {
    return Buffer.from(JSON.stringify(value)).toString('base64url');
  }

  it('takes the good token, so that the refusals mean something', async () => {
    expect((await ask(tokens['kubectl'] ?? '')).status).toBe(200);
  });

  it.each<[string, () => Promise<string>]>([
    ['another audience', async () => tokens['wiki'] ?? ''],
    ['another issuer', () => forged({ iss: 'https://evil.example' })],
    ['another key', () => forged()],
    ['another algorithm’s key', () => forged({}, 'ES256')],
    ['an expired time', () => forged({ exp: 1 })],
    ['alg none', async () => `${encode({ alg: 'none' })}.${encode(claims())}.`],
    [
      'a changed payload',
      async () => {
        const [head, , signature] = (tokens['kubectl'] ?? '').split('.');
        return `${head}.${encode(claims({ groups: ['system:masters'] }))}.${signature}`;
      },
    ],
    [
      'HS256 with the public key as the secret',
      async () => {
        const { keys } = (await (await fetch(`${sallyport.issuer}/keys`)).json()) as { keys: object[] };
        const pem = createPublicKey({ key: keys[0] as never, format: 'jwk' }).export({
          type: 'spki',
          format: 'pem',
        });
        const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims())}`;
        return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
      },
    ],
    ['no token at all', async () => ''],
    ['a word', async () => 'hello'],
  ])('gets kube-apiserver’s 401 for a token with %s', async (_what, make) => {
    const answer = await ask(await make());
    expect(answer.status).toBe(401);
    expect(answer.body).toBe(UNAUTHORIZED);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });

  it('gets a 413 for a body over the limit, and nothing is stored', async () => {
    const body = JSON.stringify({ metadata: { name: 'big' }, data: { a: 'x'.repeat(4 << 20) } });
    const answer = await askGateway(sallyport, '/api/v1/namespaces/default/configmaps', {
      method: 'POST',
      headers: { Authorization: `Bearer ${tokens['kubectl']}`, 'Content-Type': 'application/json' },
      body,
    }).catch((error: Error) => ({ status: 413, body: error.message }));
    expect(answer.status).toBe(413);
    const list = await askGateway(sallyport, '/api/v1/namespaces/default/configmaps/big', {
      headers: { Authorization: `Bearer ${tokens['kubectl']}` },
    });
    expect(list.status).toBe(404);
  });

  it('may hang up in the middle of a watch: the next request is answered', async () => {
    const { request } = await import('node:https');
    const { readFileSync } = await import('node:fs');
    for (let round = 0; round < 20; round++) {
      await new Promise<void>((done) => {
        const watch = request(`${sallyport.gateway}/api/v1/pods?watch=true`, {
          headers: { Authorization: `Bearer ${tokens['kubectl']}` },
          ca: readFileSync(join(sallyport.dataDir, 'ca.crt')),
          agent: false,
        });
        watch.on('response', () => watch.destroy());
        watch.on('close', done);
        watch.on('error', () => {});
        watch.end();
      });
    }
    expect((await ask(tokens['kubectl'] ?? '')).status).toBe(200);
    expect(sallyport.stderr()).not.toMatch(/ERROR/);
  });

  it('counts a changed policy manifest without a restart, and keeps the last good one', async () => {
    const file = join(sallyport.directory, 'config/demo/rbac/platform-admins.yaml');
    const good = await readFile(file, 'utf8');
    const until = async (status: number) => {
      while ((await ask(tokens['kubectl'] ?? '')).status !== status) await new Promise(setImmediate);
    };
    await writeFile(file, good.replaceAll('platform-admins', 'nobody'));
    await until(403);
    await writeFile(file, good);
    await until(200);
    await writeFile(file, 'kind: [');
    while (!/manifests not taken/.test(sallyport.stderr())) await new Promise(setImmediate);
    expect((await ask(tokens['kubectl'] ?? '')).status).toBe(200);
    await writeFile(file, good);
  });

  it('leaves no token in the log', () => {
    const signatures = Object.values(tokens).map((token) => token.split('.')[2] ?? '');
    for (const signature of signatures)
      expect(sallyport.stdout() + sallyport.stderr()).not.toContain(signature);
  });

  it('can still ask whether the doors are healthy', async () => {
    for (const path of ['/healthz', '/readyz']) {
      expect((await fetch(`${sallyport.issuer}${path}`)).status).toBe(200);
      expect((await askGateway(sallyport, path)).body).toBe('ok');
    }
    expect((await askGateway(sallyport, '/healthz/x')).status).toBe(401);
  });

  it('finds the door closed after SIGTERM, which ends with 0', async () => {
    expect(await sallyport.stop()).toBe(0);
  });
});
