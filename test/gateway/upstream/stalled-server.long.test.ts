import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, it, type TestContext } from 'vitest';
import { createHttpTarget } from '../../../src/gateway/index.ts';
import type { UpstreamFailure } from '../../../src/gateway/metrics/upstream-metrics.ts';
import { closeServer, listenOn, serveGateway } from '../support/gateway.ts';

const STALLED_MS = 50;
/** More than all buffers on the way hold. */
const BIG = Buffer.alloc(32 * 1024 * 1024, 'x');

/** A gateway before an API server that begins its answers and then says nothing until the test does. */
async function silentServer({ onTestFinished }: TestContext) {
  const failures: UpstreamFailure[] = [];
  const warnings: string[] = [];
  const begun = new Map<string, ServerResponse>();
  const server = createServer((request, response) => {
    begun.set(request.url ?? '', response);
    response.write('{"items":[');
  });
  const port = await listenOn(server);
  onTestFinished(() => closeServer(server));
  const target = createHttpTarget({
    server: `http://127.0.0.1:${port}`,
    token: () => 'own-credential',
    stalledMs: STALLED_MS,
    log: { warn: (_fields, message) => void warnings.push(message) },
    metrics: { sent: () => 0, answered: () => {}, failed: (reason) => void failures.push(reason) },
  });
  onTestFinished(() => target.close());
  const gateway = await serveGateway({ target });
  onTestFinished(async () => void (await gateway.close()));
  return { url: gateway.url, begun, failures, warnings };
}

async function begin(url: string): Promise<IncomingMessage> {
  const [answer] = (await once(get(url), 'response')) as [IncomingMessage];
  return answer;
}

/** Resolves when the answer is over. */
async function read(answer: IncomingMessage): Promise<{ body: string; whole: boolean }> {
  let body = '';
  answer.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  answer.on('error', () => {});
  await new Promise((over) => answer.on('close', over));
  return { body, whole: answer.complete };
}

// The client's timers of undici go by half seconds, so these wait together.
describe.concurrent('an API server that falls silent within an answer', () => {
  it('S-250 is given up, and the answer breaks off', async (context) => {
    const { url, begun, failures, warnings } = await silentServer(context);
    const { expect } = context;
    const answer = await begin(`${url}/api/v1/pods`);
    expect(answer.statusCode).toBe(200);
    expect(await read(answer)).toEqual({ body: '{"items":[', whole: false });
    expect(failures).toEqual(['stalled']);
    expect(warnings).toEqual(['the API server fell silent in the middle of an answer']);
    expect(begun.get('/api/v1/pods')?.destroyed).toBe(true);
  });

  it('S-250 may be silent in what is long-running', async (context) => {
    const { url, begun, failures } = await silentServer(context);
    const { expect } = context;
    const streams = ['/api/v1/pods?watch=1', '/api/v1/namespaces/a/pods/b/log?follow=1'];
    const answers = await Promise.all(streams.map((stream) => begin(url + stream)));
    // Twice the time.
    for (let n = 0; n < 2; n += 1) await read(await begin(`${url}/api/v1/pods`));
    const whole = answers.map(read);
    for (const stream of streams) begun.get(stream)?.end(']}');
    expect(await Promise.all(whole)).toEqual(streams.map(() => ({ body: '{"items":[]}', whole: true })));
    expect(failures).toEqual(['stalled', 'stalled']);
  });

  it('is not silent while its client takes nothing', async (context) => {
    const { url, begun } = await silentServer(context);
    const { expect } = context;
    const slow = await begin(`${url}/api/v1/secrets`);
    begun.get('/api/v1/secrets')?.end(BIG);
    for (let n = 0; n < 2; n += 1) await read(await begin(`${url}/api/v1/pods`));
    const { body, whole } = await read(slow);
    expect([body.length, whole]).toEqual(['{"items":['.length + BIG.length, true]);
  });
});
