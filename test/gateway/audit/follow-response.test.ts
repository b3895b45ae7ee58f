import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { resolveRequestInfo } from '../../../src/kube/index.ts';
import { PATIENTLY } from '../../support/patiently.ts';
import { jane, type Recording, recording } from './support/recording.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A server whose every request is audited; the audit id is the path. */
function audited({ auditor }: Recording, answer: Answer) {
  return (request: IncomingMessage, response: ServerResponse) => {
    const target = request.url ?? '';
    const requestInfo = resolveRequestInfo('GET', target);
    auditor.begin({ auditId: target, request, requestInfo, user: jane })?.follow(response);
    answer(response, request);
  };
}

async function serve(recorded: Recording, answer: Answer): Promise<number> {
  const server = createServer(audited(recorded, answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(
    () => void server.close(),
    () => server.closeAllConnections(),
  );
  return (server.address() as AddressInfo).port;
}

const terminal = (recorded: Recording) =>
  recorded
    .events()
    .filter(({ stage }) => stage === 'ResponseComplete')
    .map(({ auditID, responseStatus }) => [auditID, responseStatus?.['code'], responseStatus?.['message']]);

describe('a trail that follows its response', () => {
  it('completes with the code of an ordinary answer', async () => {
    const recorded = recording();
    const port = await serve(recorded, (response) => response.writeHead(201).end('{}'));
    await (await fetch(`http://127.0.0.1:${port}/a`)).text();
    await vi.waitFor(() => expect(terminal(recorded)).toEqual([['/a', 201, undefined]]), PATIENTLY);
  });

  it('records the beginning of a long answer with its headers, and its end when the client leaves', async () => {
    const recorded = recording();
    const port = await serve(recorded, (response) => {
      response.writeHead(200);
      response.flushHeaders();
    });
    const request = httpRequest({ port, path: '/api/v1/pods?watch=1' })
      .on('error', () => {})
      .end();
    await once(request, 'response');
    expect(recorded.events().map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseStarted']);
    request.destroy();
    await vi.waitFor(() => expect(terminal(recorded)).toHaveLength(1), PATIENTLY);
  });

  it('says that an answer has no end when it was cut off, but not of a stream', async () => {
    const recorded = recording();
    const port = await serve(recorded, (response) => {
      response.writeHead(200);
      response.write('half', () => response.destroy());
    });
    for (const path of ['/a', '/api/v1/pods?watch=1']) {
      await expect(
        fetch(`http://127.0.0.1:${port}${path}`).then((answer) => answer.text()),
      ).rejects.toThrow();
    }
    await vi.waitFor(() => expect(terminal(recorded)).toHaveLength(2), PATIENTLY);
    const ended = recorded.events().filter(({ stage }) => stage === 'ResponseComplete');
    expect(ended.map(({ annotations }) => annotations?.['sallyport.dev/incomplete'])).toEqual([
      'true',
      undefined,
    ]);
  });

  it('says that the connection closed early when the client left before the answer', async () => {
    const recorded = recording();
    const port = await serve(recorded, () => request.destroy());
    const request = httpRequest({ port, path: '/a' })
      .on('error', () => {})
      .end();
    await vi.waitFor(
      () => expect(terminal(recorded)).toEqual([['/a', 200, 'Connection closed early']]),
      PATIENTLY,
    );
  });

  it('ends pipelined requests too when the client hangs up before their turn', async () => {
    const recorded = recording();
    const socketOf: { destroy(): void }[] = [];
    const port = await serve(recorded, (_response, { url }) => {
      if (url === '/c') for (const socket of socketOf) socket.destroy();
    });
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    socketOf.push(connect(port, '127.0.0.1').on('error', () => {}));
    (socketOf[0] as ReturnType<typeof connect>).write(get('/a') + get('/b') + get('/c'));
    await vi.waitFor(
      () =>
        expect(
          terminal(recorded)
            .map(([id]) => id)
            .sort(),
        ).toEqual(['/a', '/b', '/c']),
      PATIENTLY,
    );
  });

  it('ends a request whose client has gone before the trail began', async () => {
    const recorded = recording();
    const gone: string[] = [];
    const server = createServer((request, response) => {
      request.socket.once('close', () => {
        gone.push('closed');
        setImmediate(() => audited(recorded, () => {})(request, response));
      });
      request.socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => void server.close());
    httpRequest({ port: (server.address() as AddressInfo).port, path: '/a' })
      .on('error', () => {})
      .end();
    await vi.waitFor(
      () => expect(terminal(recorded)).toEqual([['/a', 200, 'Connection closed early']]),
      PATIENTLY,
    );
    expect(gone).toEqual(['closed']);
  });

  it('writes the last event before the answer ends when each event counts', async () => {
    const recorded = recording(undefined, { durability: 'each' });
    let atEnd: unknown;
    const port = await serve(recorded, (response) => {
      response.writeHead(200);
      response.end('{}');
      atEnd = terminal(recorded);
    });
    await (await fetch(`http://127.0.0.1:${port}/a`)).text();
    expect(atEnd).toEqual([['/a', 200, undefined]]);
    expect(terminal(recorded)).toHaveLength(1);
  });

  it('holds the end of the answer until its only event is stored', async () => {
    const stored = Promise.withResolvers<void>();
    const rule = { level: 'Metadata', omitStages: ['RequestReceived'] };
    const recorded = recording([rule], { durability: 'each', storing: stored.promise });
    const port = await serve(recorded, (response) => {
      response.writeHead(200).write('{');
      response.end('}');
    });
    const answer = await fetch(`http://127.0.0.1:${port}/a`);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader?.read()).toEqual({ done: false, value: '{' });
    expect(terminal(recorded)).toEqual([['/a', 200, undefined]]);
    const rest = reader?.read();
    const first = await Promise.race([rest, new Promise((resolve) => setImmediate(resolve, 'nothing yet'))]);
    expect(first).toBe('nothing yet');
    stored.resolve();
    expect(await rest).toEqual({ done: false, value: '}' });
    expect(terminal(recorded)).toHaveLength(1);
    expect(recorded.events()[0]).not.toHaveProperty('annotations');
  });

  it('keeps no listener on a connection for requests that are over', async () => {
    const recorded = recording();
    const counts: number[] = [];
    const port = await serve(recorded, (response, { socket }) => {
      counts.push(socket.listenerCount('close'));
      response.end('{}');
    });
    for (let n = 0; n < 20; n++) await (await fetch(`http://127.0.0.1:${port}/${n}`)).text();
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    await vi.waitFor(() => expect(terminal(recorded)).toHaveLength(20), PATIENTLY);
  });

  it('does the same over HTTP/2', async () => {
    const recorded = recording();
    const server = createHttp2Server((request, response) => {
      const target = request.url;
      recorded.auditor
        .begin({ auditId: target, request, requestInfo: resolveRequestInfo('GET', target), user: jane })
        ?.follow(response);
      if (target !== '/stall') response.writeHead(202).end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    closers.push(
      () => client.destroy(),
      () => void server.close(),
    );
    await once(client.request({ ':path': '/api/v1/pods?watch=1' }).resume(), 'close');
    const stalled = client.request({ ':path': '/stall' }).on('error', () => {});
    await vi.waitFor(
      () => expect(recorded.events().some(({ auditID }) => auditID === '/stall')).toBe(true),
      PATIENTLY,
    );
    stalled.close(8);
    await vi.waitFor(
      () =>
        expect(terminal(recorded)).toEqual([
          ['/api/v1/pods?watch=1', 202, undefined],
          ['/stall', 200, 'Connection closed early'],
        ]),
      PATIENTLY,
    );
    expect(recorded.events().map(({ stage }) => stage)).toContain('ResponseStarted');
  });
});
