import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerTelemetry } from '../../src/telemetry/index.ts';

describe('the telemetry listener', () => {
  let server: Server;
  let url: string;
  let missing: string | undefined;

  beforeAll(async () => {
    const answers = {
      expose: async () => ({ text: 'up 1\n', contentType: 'text/plain; version=0.0.4' }),
      notReady: () => missing,
    };
    server = createServer((request, response) => void answerTelemetry(answers, request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => void server.close());

  it('serves the metrics in the text format', async () => {
    const answer = await fetch(`${url}/metrics`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    expect(await answer.text()).toBe('up 1\n');
    expect(await (await fetch(`${url}/metrics`, { method: 'HEAD' })).text()).toBe('');
  });

  it('tells life from readiness', async () => {
    const probe = async (path: string) => {
      const answer = await fetch(`${url}${path}`);
      return [answer.status, await answer.text()];
    };
    missing = 'policy: not known';
    expect(await probe('/healthz')).toEqual([200, 'ok']);
    expect(await probe('/healthz/live')).toEqual([200, 'ok']);
    expect(await probe('/healthz/ready')).toEqual([503, 'policy: not known']);
    missing = undefined;
    expect(await probe('/healthz/ready')).toEqual([200, 'ok']);
  });

  it('S-199 serves exact paths and nothing else', async () => {
    const others = [
      '/',
      '/metrics/',
      '/Metrics',
      '/metrics?x',
      '/%6detrics',
      '/healthz/',
      '/debug/pprof/',
      '/api',
    ];
    for (const path of others) expect((await fetch(url + path)).status, path).toBe(404);
    const posted = await fetch(`${url}/metrics`, { method: 'POST', body: 'x' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});
