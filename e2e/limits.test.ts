import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { askGateway, type GatewayAnswer } from './support/gateway-request.ts';
import { type Field, frame, frameType, headerBlock, headers } from './support/http2-frames.ts';
import { openTerminal } from './support/kubectl.ts';
import { loginTerminal } from './support/login-terminal.ts';
import { pseudo } from './support/malformed-http2.ts';
import { connectHttp2 } from './support/raw-request.ts';
import { openRelyingParty } from './support/relying-party.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { signIn } from './support/sign-in.ts';

const MAPS = '/api/v1/namespaces/dev/configmaps';
const PODS = '/api/v1/namespaces/dev/pods';
const MIB = 1024 * 1024;
const TOO_LARGE =
  '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Request entity too large: limit is 3145728","reason":"RequestEntityTooLarge","code":413}\n';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** The demo with limits set. */
function startWith(limits: string, edit = (config: string) => config, files: Record<string, string> = {}) {
  const set = (config: string) =>
    edit(config.replace('  target: embedded\n', `  limits: { ${limits} }\n  target: embedded\n`));
  return startSallyport(set, { files });
}

async function tokenOf(sallyport: Sallyport, login: string): Promise<string> {
  const party = await openRelyingParty({ issuer: sallyport.issuer, clientId: 'kubectl' });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(party.authorizationUrl);
  await signIn(page, login);
  const { id_token: token = '' } = await party.tokens;
  party.close();
  await context.close();
  return token;
}

/** Opens a connection of its own; what comes on it, until it ends. */
async function openRaw(sallyport: Sallyport): Promise<{ socket: TLSSocket; ended: Promise<string> }> {
  const { hostname: host, port } = new URL(sallyport.gateway);
  const ca = readFileSync(join(sallyport.dataDir, 'ca.crt'));
  const socket = connect({ host, port: Number(port), ca });
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part;
  });
  socket.on('error', () => {});
  const ended = once(socket, 'close').then(() => text);
  await once(socket, 'secureConnect');
  return { socket, ended };
}

/** Sends a body in chunks, its length untold, for as long as it is wanted. */
function postChunked(sallyport: Sallyport, path: string, token: string, bytes: number) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const ca = readFileSync(join(sallyport.dataDir, 'ca.crt'));
  const sent = request(`${sallyport.gateway}${path}`, { method: 'POST', headers, ca, agent: false });
  const chunk = Buffer.alloc(65_536, ' ');
  let left = bytes;
  const send = () => {
    while (left > 0) {
      left -= chunk.length;
      if (!sent.write(chunk)) return void sent.once('drain', send);
    }
    sent.end();
  };
  send();
  const answered = once(sent, 'response').then(async (given) => {
    const [answer] = given as [IncomingMessage];
    let body = '';
    for await (const part of answer) body += part;
    sent.destroy();
    return { status: answer.statusCode, body };
  });
  sent.on('error', () => {});
  return answered;
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe('the limits of one client, in front of the embedded API', () => {
  let sallyport: Sallyport;
  let jane: string;

  beforeAll(async () => {
    sallyport = await startWith('headersTimeout: 1s, requestTimeout: 2s, keepAlive: 2s, streamsPerUser: 3');
    jane = await tokenOf(sallyport, 'jane');
  });
  afterAll(() => sallyport?.dispose());

  /** What it is all for: the next request is answered as ever. */
  async function expectServing(): Promise<void> {
    expect((await askGateway(sallyport, PODS, { headers: bearer(jane) })).status).toBe(200);
  }

  it('S-231: headers beyond 64 KiB are a 431 in words; a long token within them is looked at', async () => {
    const refused = await askGateway(sallyport, PODS, { headers: bearer('x'.repeat(70_000)) });
    expect(refused.status).toBe(431);
    expect(refused.headers['content-type']).toMatch(/^text\/plain/);
    expect(refused.body).toContain('longer than 65536 bytes');
    expect((await askGateway(sallyport, PODS, { headers: bearer('x'.repeat(60_000)) })).status).toBe(401);
    await expectServing();
  });

  it('S-231: so they are over HTTP/2, of a client that says nothing to the limit it was told', async () => {
    const long = [1, 2].map((index): Field => [`x-${index}`, 'x'.repeat(35_000)]);
    const connection = await connectHttp2(sallyport);
    connection.write(headers(1, [...pseudo('GET', PODS), ['authorization', `Bearer ${jane}`], ...long]));
    const refused = await connection.answer(1);
    expect(refused.status).toBe(431);
    expect(refused.head).toContain('content-type: text/plain');
    expect(refused.text).toContain('longer than 65536 bytes');
    // It costs the request, and not those beside it.
    const [first] = long;
    if (first === undefined) throw new Error('there are two');
    connection.write(headers(3, [...pseudo('GET', PODS), ['authorization', `Bearer ${jane}`], first]));
    expect((await connection.answer(3)).status).toBe(200);
    connection.socket.destroy();
  });

  it('S-231: a target beyond 32 KiB is a 414; a selector of hundreds of values within it is answered', async () => {
    const selecting = (count: number) =>
      `${PODS}?labelSelector=${encodeURIComponent(`app in (${Array.from({ length: count }, (_, index) => `value-${index}`).join(',')})`)}`;
    const refused = await askGateway(sallyport, selecting(3_000), { headers: bearer(jane) });
    expect(refused.status).toBe(414);
    expect(JSON.parse(refused.body)).toMatchObject({ kind: 'Status', code: 414 });
    expect((await askGateway(sallyport, selecting(1_000), { headers: bearer(jane) })).status).toBe(200);
  });

  it('S-232: a body beyond 3 MiB is kube-apiserver’s 413, declared or chunked, and is never stored', async () => {
    const name = 'a'.repeat(3);
    const body = JSON.stringify({ metadata: { name }, data: { a: 'x'.repeat(4 * MIB) } });
    const headers = { ...bearer(jane), 'Content-Type': 'application/json' };
    const declared = await askGateway(sallyport, MAPS, { method: 'POST', headers, body });
    expect([declared.status, declared.body]).toEqual([413, TOO_LARGE]);
    expect(await postChunked(sallyport, MAPS, jane, 64 * MIB)).toEqual({ status: 413, body: TOO_LARGE });
    expect((await askGateway(sallyport, `${MAPS}/${name}`, { headers: bearer(jane) })).status).toBe(404);
  });

  it('S-232: kubectl, over HTTP/2, is told the same', async () => {
    const terminal = await openTerminal(sallyport, inject('kubectl')['1.35']);
    try {
      await loginTerminal(terminal, browser, 'jane');
      const file = join(sallyport.directory, 'big');
      await writeFile(file, 'x'.repeat(4 * MIB));
      const { code, stderr } = await terminal.kubectl(
        '-n',
        'dev',
        'create',
        'configmap',
        'big',
        `--from-file=${file}`,
      );
      expect(stderr).toContain('Request entity too large: limit is 3145728');
      expect(code).toBe(1);
    } finally {
      await terminal.dispose();
    }
  });

  it('S-234: who is slow with the headers, or with the body, is cut off with a 408', async () => {
    const slow = await Promise.all([openRaw(sallyport), openRaw(sallyport)]);
    slow[0]?.socket.write('GET /api HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    slow[1]?.socket.write(
      `POST ${MAPS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${jane}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    await expectServing();
    for (const { ended } of slow) expect(await ended).toMatch(/^HTTP\/1\.1 408 /);
    await expectServing();
  });

  it('S-234: over HTTP/2, slow headers cost the connection, and a slow body its stream', async () => {
    const [early, late, body] = await Promise.all([1, 2, 3].map(() => connectHttp2(sallyport)));
    if (!early || !late || !body) throw new Error('three connections were wanted');
    const half = (stream: number) => frame(frameType.headers, 0, stream, headerBlock(pseudo()));
    early.write(half(1));
    late.write(headers(1, [...pseudo(), ['authorization', `Bearer ${jane}`]]));
    body.write(headers(1, [...pseudo('POST', MAPS), ['authorization', `Bearer ${jane}`]], 0));
    expect((await late.answer(1)).status).toBe(200);
    // Behind a request, it is a connection without one that is closed first.
    late.write(half(3));
    await expectServing();
    await Promise.all([early.ended(), late.ended()]);
    expect((await body.answer(1)).status).toBeUndefined();
    body.socket.destroy();
    await expectServing();
  });

  it('S-237: a user has so many watches and no more, is told so, and may go on when one ends', async () => {
    const watch = () =>
      new Promise<IncomingMessage>((done, failed) => {
        const ca = readFileSync(join(sallyport.dataDir, 'ca.crt'));
        request(`${sallyport.gateway}${PODS}?watch=1`, { headers: bearer(jane), ca, agent: false })
          .on('error', failed)
          .on('response', done)
          .end();
      });
    const open = [await watch(), await watch(), await watch()];
    expect(open.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    const refused = await askGateway(sallyport, `${PODS}?watch=1`, { headers: bearer(jane) });
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('5');
    expect(JSON.parse(refused.body)).toMatchObject({ kind: 'Status', reason: 'TooManyRequests' });
    // Ordinary requests are another matter, and so are other users.
    await expectServing();
    open[0]?.destroy();
    let again = await watch();
    while (again.statusCode === 429) {
      again.resume();
      again = await watch();
    }
    expect(again.statusCode).toBe(200);
    for (const stream of [...open, again]) stream.destroy();
  });
});

describe('the limits of one client, in front of an API server', () => {
  let sallyport: Sallyport;
  let jane: string;
  let admin: string;
  /** jane's requests, to be answered when the test says so. */
  const held: ServerResponse[] = [];
  const bodies: { received: number; readonly ended: Promise<'complete' | 'cut'> }[] = [];
  const api = createServer((asked, response) => {
    if (asked.url === MAPS) {
      const ended = new Promise<'complete' | 'cut'>((done) => {
        asked.on('close', () => done(asked.complete ? 'complete' : 'cut'));
      });
      const body = { received: 0, ended };
      bodies.push(body);
      asked.on('error', () => {});
      asked.on('data', (chunk: Buffer) => {
        body.received += chunk.length;
      });
      asked.on('end', () => response.end('{}'));
    } else if (asked.headers['impersonate-user'] === 'jane') {
      held.push(response);
    } else {
      response.end('{}');
    }
  });

  beforeAll(async () => {
    await new Promise<void>((done) => api.listen(0, '127.0.0.1', done));
    const { port } = api.address() as AddressInfo;
    sallyport = await startWith(
      'concurrency: 4, queuePerUser: 8, queueWait: 60s',
      (config) =>
        config
          .replace(
            '  target: embedded\n',
            `  target: { server: 'http://127.0.0.1:${port}', tokenFile: token }\n`,
          )
          .replace(/ {2}embedded:\n {4}namespaces: \[dev\]\n/, ''),
      { 'config/token': 'own-token' },
    );
    jane = await tokenOf(sallyport, 'jane');
    admin = await tokenOf(sallyport, 'admin');
  });
  afterAll(async () => {
    await sallyport?.dispose();
    api.closeAllConnections();
    await new Promise((done) => api.close(done));
  });

  it('S-232: a declared body beyond the limit never reaches it; a chunked one is cut before it is whole', async () => {
    const headers = { ...bearer(jane), 'Content-Type': 'application/json' };
    const body = Buffer.alloc(4 * MIB, ' ');
    const declared = await askGateway(sallyport, MAPS, { method: 'POST', headers, body });
    expect([declared.status, declared.body]).toEqual([413, TOO_LARGE]);
    expect(bodies).toEqual([]);
    expect(await postChunked(sallyport, MAPS, jane, 64 * MIB)).toEqual({ status: 413, body: TOO_LARGE });
    for (const { ended } of bodies) expect(await ended).toBe('cut');
    expect(bodies.length).toBe(1);
    expect(bodies[0]?.received).toBeLessThanOrEqual(3 * MIB);
    expect(await postChunked(sallyport, MAPS, jane, 2 * MIB)).toEqual({ status: 200, body: '{}' });
  });

  it('S-236: who floods gets 429 with Retry-After; another user’s requests are all answered meanwhile', async () => {
    const FLOOD = 200;
    let refused = 0;
    let answered = 0;
    const flood = Array.from({ length: FLOOD }, async () => {
      const answer = await askGateway(sallyport, PODS, { headers: bearer(jane) });
      if (answer.status === 200) answered++;
      else {
        expect([answer.status, answer.headers['retry-after']]).toEqual([429, '1']);
        expect(JSON.parse(answer.body)).toMatchObject({
          kind: 'Status',
          message: 'Too many requests, please try again later.',
          reason: 'TooManyRequests',
        });
        refused++;
      }
    });
    const flooded = Promise.all(flood);
    // Half of the four seats and the queue are hers; the rest is refused at once.
    while (refused < FLOOD - 10) await new Promise(setImmediate);
    for (let count = 0; count < 30; count++) {
      expect((await askGateway(sallyport, PODS, { headers: bearer(admin) })).status).toBe(200);
    }
    expect([held.length, answered, refused]).toEqual([2, 0, FLOOD - 10]);
    // Those that waited have not been forgotten.
    for (let count = 0; count < 10; count++) {
      while (held.length <= count) await new Promise(setImmediate);
      held[count]?.end('{}');
    }
    await flooded;
    expect([answered, refused]).toEqual([10, FLOOD - 10]);
  });

  it('can be asked for its health all the while', async () => {
    const busy = Array.from({ length: 10 }, () => askGateway(sallyport, PODS, { headers: bearer(jane) }));
    while (held.length < 12) await new Promise(setImmediate);
    for (const path of ['/healthz', '/readyz', '/livez']) {
      expect((await askGateway(sallyport, path)).body).toBe('ok');
    }
    for (let count = 10; count < 20; count++) {
      while (held.length <= count) await new Promise(setImmediate);
      held[count]?.end('{}');
    }
    expect((await Promise.all(busy)).map(({ status }) => status)).toEqual(Array(10).fill(200));
  });

  it('S-246: while the process does not keep up, both doors turn requests away, and take them again', async () => {
    /** Requests that come while the process gets no processor, and are read when it does. */
    async function askAsleep(): Promise<readonly [GatewayAnswer, Response, GatewayAnswer]> {
      process.kill(sallyport.pid, 'SIGSTOP');
      const asked = Promise.all([
        askGateway(sallyport, `${PODS}?limit=1`, { headers: bearer(admin) }),
        fetch(`${sallyport.issuer}/token`, { method: 'POST' }),
        askGateway(sallyport, '/healthz'),
      ]);
      await pause(700);
      process.kill(sallyport.pid, 'SIGCONT');
      return asked;
    }
    let [refused, token, health] = await askAsleep();
    // It takes several looks in a row, and either door may be asked just after the last.
    for (let times = 1; (refused.status !== 429 || token.status !== 503) && times < 20; times++) {
      [refused, token, health] = await askAsleep();
    }
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    expect(JSON.parse(refused.body)).toMatchObject({ kind: 'Status', reason: 'TooManyRequests' });
    expect([token.status, health.body]).toEqual([503, 'ok']);
    const again = () => askGateway(sallyport, PODS, { headers: bearer(admin) });
    let answer = await again();
    while (answer.status === 429) answer = await again();
    expect(answer.status).toBe(200);
    expect(sallyport.stderr() + sallyport.stdout()).toContain('more to do than this process can');
  });
});
