import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerProbe, createIssuerKeysCheck, createReadiness } from '../../src/gateway/index.ts';
import { closeServer, listenOn } from './support/gateway.ts';

describe('the probes of the gateway', () => {
  let server: Server;
  let url: string;
  let policy: string | undefined;
  let withoutKeys: number;

  beforeAll(async () => {
    const readiness = createReadiness([
      { name: 'policy', failing: () => policy },
      createIssuerKeysCheck(() => ({ total: 2, withoutKeys })),
    ]);
    server = createServer((request, response) => {
      if (!answerProbe(request, response, readiness)) response.writeHead(418).end();
    });
    url = `http://127.0.0.1:${await listenOn(server)}`;
  });

  afterAll(() => closeServer(server));

  async function probe(path: string, method = 'GET') {
    const answer = await fetch(url + path, { method });
    return { status: answer.status, text: await answer.text() };
  }

  it('are ok when nothing is missing', async () => {
    policy = undefined;
    withoutKeys = 0;
    for (const path of ['/healthz', '/livez', '/readyz']) {
      expect(await probe(path)).toEqual({ status: 200, text: 'ok' });
    }
    expect(await probe('/readyz?verbose')).toEqual({
      status: 200,
      text: '[+]policy ok\n[+]issuer-keys ok\nreadyz check passed\n',
    });
    expect(await probe('/readyz', 'HEAD')).toEqual({ status: 200, text: '' });
  });

  it('say what is missing, and that the process lives', async () => {
    policy = "the cluster's roles are not known";
    withoutKeys = 1;
    const text =
      "[-]policy failed: the cluster's roles are not known\n[-]issuer-keys failed: the keys of 1 of 2 issuers are not loaded\nreadyz check failed\n";
    expect(await probe('/readyz')).toEqual({ status: 503, text });
    expect(await probe('/readyz?verbose')).toEqual({ status: 503, text });
    expect(await probe('/livez')).toEqual({ status: 200, text: 'ok' });
  });

  it('S-199 are exact targets with GET or HEAD', async () => {
    for (const path of [
      '/readyz/',
      '/readyz?verbose=1&x',
      '/Readyz',
      '/readyz/policy',
      '/healthz?verbose',
      '/metrics',
    ]) {
      expect((await probe(path)).status, path).toBe(418);
    }
    expect((await probe('/readyz', 'POST')).status).toBe(418);
  });
});
