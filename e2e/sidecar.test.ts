import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readMarkdown } from '../test/docs/markdown.ts';
import { launchBrowser } from './support/browser.ts';
import { freePort } from './support/free-port.ts';
import { type Nginx, startNginx } from './support/nginx.ts';
import { openRelyingParty } from './support/relying-party.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { signIn } from './support/sign-in.ts';

const SECTION = `
  services:
    - https: 127.0.0.1:9443
      upstream: http://127.0.0.1:3000
      authorization:
        resourceAttributes: { namespace: shop, resource: services, subresource: proxy, name: app }
      ignorePaths: [/healthz]
  forwardAuth:
    http: 127.0.0.1:9180
    services:
      - name: app
        proxy: nginx
        authorization:
          resourceAttributes: { namespace: shop, resource: services, subresource: proxy, name: app }
        ignorePaths: [/healthz]
  target: embedded
`;

/** Jane may get the application, and nothing more. */
const ROLE = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: app, namespace: shop }
rules: [{ apiGroups: [""], resources: [services/proxy], resourceNames: [app], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: app, namespace: shop }
subjects: [{ kind: User, name: jane, apiGroup: rbac.authorization.k8s.io }]
roleRef: { kind: Role, name: app, apiGroup: rbac.authorization.k8s.io }
`;

const SPOOFED = [
  'X-Remote-User: root',
  'X-Remote-Groups: system:masters',
  'X_Remote_User: root',
  'X-Auth-Request-User: root',
  'X-Original-URI: /healthz',
  'X-Original-Method: GET',
  'X-Forwarded-Uri: /healthz',
];

let sallyport: Sallyport;
let browser: Browser;
let nginx: Nginx;
let app: Server;
const seen: { method: string; url: string; headers: string[] }[] = [];
const tokens: Record<'jane' | 'bob', string> = { jane: '', bob: '' };
const ports = { '8080': 0, '3000': 0, '9180': 0, '9443': 0 };

/** Ports of the documentation as they are here. */
function move(text: string): string {
  return text.replace(
    /127\.0\.0\.1:(8080|3000|9180|9443)\b/g,
    (_, port: keyof typeof ports) => `127.0.0.1:${ports[port]}`,
  );
}

beforeAll(async () => {
  for (const port of Object.keys(ports) as (keyof typeof ports)[]) ports[port] = await freePort();
  app = createServer(({ method = '', url = '', rawHeaders }, response) => {
    const headers = rawHeaders.flatMap((name, at) =>
      at % 2 === 0 ? [`${name.toLowerCase()}: ${rawHeaders[at + 1]}`] : [],
    );
    seen.push({ method, url, headers });
    response.setHeader('Set-Cookie', 'app=1');
    response.end('the application');
  });
  await new Promise<void>((done) => app.listen(ports['3000'], '127.0.0.1', done));
  const snippet = readMarkdown('docs/how-to/forward-auth.md').blocks.find(
    ({ language }) => language === 'nginx',
  );
  [sallyport, browser, nginx] = await Promise.all([
    startSallyport((config) => config.replace('  target: embedded\n', move(SECTION)), {
      files: { 'config/demo/rbac/app.yaml': ROLE },
    }),
    launchBrowser(),
    startNginx(move(snippet?.text ?? ''), ports['8080']),
  ]);
  for (const person of ['jane', 'bob'] as const) tokens[person] = await tokenOf(person);
});

afterAll(async () => {
  await browser?.close();
  await nginx?.close();
  await sallyport?.dispose();
  app?.closeAllConnections();
  app?.close();
});

beforeEach(() => {
  seen.splice(0);
});

async function tokenOf(person: string): Promise<string> {
  const party = await openRelyingParty({ issuer: sallyport.issuer, clientId: 'kubectl' });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(party.authorizationUrl);
  await signIn(page, person);
  const token = (await party.tokens).id_token ?? '';
  party.close();
  await context.close();
  return token;
}

/** A request to nginx, byte for byte; the whole answer. */
function askNginx(line: string, ...headers: string[]): Promise<string> {
  return new Promise((done, failed) => {
    const all = [`${line} HTTP/1.1`, 'Host: app.example', 'Connection: close', ...headers, '', ''];
    const socket = connect(ports['8080'], '127.0.0.1', () => socket.write(all.join('\r\n')));
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    socket.on('end', () => done(answer)).on('error', failed);
  });
}

const bearer = (person: keyof typeof tokens) => `Authorization: Bearer ${tokens[person]}`;

describe('behind the real nginx, configured as the documentation says', () => {
  it('who is allowed gets the application, which is told who it is', async () => {
    const answer = await askNginx('GET /page?x=%41', bearer('jane'), 'Cookie: a=1');
    expect(answer).toMatch(/^HTTP\/1.1 200 [\s\S]*the application/);
    expect(seen).toMatchObject([{ method: 'GET', url: '/page?x=%41' }]);
    expect(seen[0]?.headers).toEqual(
      expect.arrayContaining([
        'x-remote-user: jane',
        'x-remote-groups: developers,system:authenticated',
        'cookie: a=1',
      ]),
    );
    expect(seen[0]?.headers.join('\n')).not.toContain(tokens.jane);
  });

  it('nobody can pose as another by headers', async () => {
    expect(await askNginx('GET /page', bearer('jane'), ...SPOOFED)).toMatch(/^HTTP\/1.1 200 /);
    const sent = seen[0]?.headers ?? [];
    expect(sent.filter((line) => /remote|auth-request/.test(line))).toEqual([
      'x-remote-user: jane',
      'x-remote-groups: developers,system:authenticated',
    ]);
  });

  it('who has no right is refused, whatever they say they ask for', async () => {
    expect(await askNginx('GET /page', bearer('bob'), ...SPOOFED)).toMatch(/^HTTP\/1.1 403 /);
    expect(await askNginx('DELETE /page', bearer('jane'), ...SPOOFED)).toMatch(/^HTTP\/1.1 403 /);
    expect(seen).toEqual([]);
  });

  it('who has no token is asked for one', async () => {
    for (const headers of [[], ['Authorization: Bearer x.y.z'], SPOOFED]) {
      expect(await askNginx('GET /page', ...headers)).toMatch(
        /^HTTP\/1.1 401 [\s\S]*\r\nWWW-Authenticate: Bearer\r\n/,
      );
    }
    expect(seen).toEqual([]);
  });

  it.each([
    '/healthz/../page',
    '/healthz%2f..%2fpage',
    '//healthz',
    '/%68ealthz',
    '/healthz;/page',
    '/healthz/',
  ])('the open path does not open %s', async (target) => {
    expect(await askNginx(`GET ${target}`)).toMatch(/^HTTP\/1.1 40[013] /);
    expect(seen).toEqual([]);
  });

  it('on an open path nobody is anybody', async () => {
    expect(await askNginx('GET /healthz', ...SPOOFED)).toMatch(/^HTTP\/1.1 200 /);
    expect(seen[0]?.headers.join('\n')).not.toMatch(/remote|auth-request|root/);
  });

  it('everybody is refused while the gateway does not answer', async () => {
    const closed = await freePort();
    const other = await freePort();
    const snippet = readMarkdown('docs/how-to/forward-auth.md').blocks.find(
      ({ language }) => language === 'nginx',
    );
    const lost = (snippet?.text ?? '')
      .replaceAll('127.0.0.1:9180', `127.0.0.1:${closed}`)
      .replaceAll('127.0.0.1:8080', `127.0.0.1:${other}`);
    const alone = await startNginx(move(lost), other);
    const answer = await fetch(`http://127.0.0.1:${other}/page`, {
      headers: { Authorization: `Bearer ${tokens.jane}` },
    });
    await alone.close();
    expect(answer.status).toBe(500);
    expect(seen).toEqual([]);
  });
});

describe('behind the gateway itself', () => {
  function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
    const ca = readFileSync(join(sallyport.dataDir, 'ca.crt'));
    return new Promise<{ status: number; cookies: string[] | undefined; body: string }>((done, failed) => {
      const url = `https://127.0.0.1:${ports['9443']}${path}`;
      const asked = request(url, { method, headers, ca, agent: false }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        answer.on('end', () =>
          done({ status: answer.statusCode ?? 0, cookies: answer.headers['set-cookie'], body }),
        );
      });
      asked.on('error', failed).end();
    });
  }
  const as = (person: keyof typeof tokens) => ({ Authorization: `Bearer ${tokens[person]}` });

  it('who is allowed gets the application', async () => {
    const spoofed = { 'X-Remote-User': 'root', X_Remote_User: 'root', Connection: 'x-remote-user, close' };
    const answer = await ask('/page', { ...as('jane'), ...spoofed, Cookie: 'a=1' });
    expect(answer).toMatchObject({ status: 200, cookies: ['app=1'], body: 'the application' });
    expect(seen[0]?.headers.filter((line) => /remote|cookie|authorization/.test(line))).toEqual([
      'cookie: a=1',
      'x-remote-user: jane',
      'x-remote-groups: developers|system:authenticated',
    ]);
  });

  it('who is not gets a Status, and the application nothing', async () => {
    const refused = await ask('/page', as('bob'));
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.body).message).toBe(
      'services "app" is forbidden: User "bob" cannot get resource "services/proxy" in API group "" in the namespace "shop"',
    );
    expect((await ask('/page', as('jane'), 'DELETE')).status).toBe(403);
    expect((await ask('/page')).status).toBe(401);
    expect((await ask('/healthz')).status).toBe(200);
    expect(seen).toHaveLength(1);
  });

  it('HTTP/2 is no other way in', async () => {
    const ca = readFileSync(join(sallyport.dataDir, 'ca.crt'));
    const session = connectHttp2(`https://127.0.0.1:${ports['9443']}`, { ca });
    const statusOf = (person: keyof typeof tokens) =>
      new Promise((done, failed) => {
        const stream = session.request({
          ':path': '/page',
          authorization: bearer(person).slice('Authorization: '.length),
          'x-remote-user': 'root',
          cookie: ['a=1', 'b=2'],
        });
        stream
          .once('response', (headers) => done(headers[':status']))
          .once('error', failed)
          .resume();
      });
    expect([await statusOf('jane'), await statusOf('bob')]).toEqual([200, 403]);
    session.close();
    expect(seen).toMatchObject([{ method: 'GET', url: '/page' }]);
    expect(seen[0]?.headers.filter((line) => /remote|cookie|authority|^:/.test(line))).toEqual([
      'cookie: a=1; b=2',
      'x-remote-user: jane',
      'x-remote-groups: developers|system:authenticated',
    ]);
  });
});
