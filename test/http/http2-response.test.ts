import { type ClientHttp2Session, connect, createServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Http2Response } from '../../src/http/http2-response.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function answerOf(
  handle: (response: Http2Response) => void,
  request: Record<string, string> = {},
): Promise<{ headers: IncomingHttpHeaders; body: string; error?: string }> {
  const server = createServer({ Http2ServerResponse: Http2Response }, (_request, response) =>
    handle(response as unknown as Http2Response),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const session: ClientHttp2Session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closers.push(() => {
    session.destroy();
    server.close();
  });
  const stream = session.request({ ':path': '/', ...request });
  let headers: IncomingHttpHeaders = {};
  let body = '';
  let error: string | undefined;
  stream.on('response', (got) => {
    headers = got;
  });
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk;
  });
  stream.on('error', ({ message }) => {
    error = message;
  });
  await new Promise((done) => stream.once('close', done));
  return { headers, body, ...(error === undefined ? {} : { error }) };
}

describe('a response over HTTP/2', () => {
  it('sends a head that is one list, with a date, and without what belongs to a connection', async () => {
    const { headers, body } = await answerOf((response) => {
      response.writeHead(201, [
        'Content-Type',
        'text/plain',
        'Warning',
        'a',
        'Warning',
        'b',
        'Connection',
        'close',
      ]);
      expect([response.headersSent, response.statusCode]).toEqual([true, 201]);
      response.end('hello');
      expect(response.writableEnded).toBe(true);
    });
    expect(headers).toMatchObject({ ':status': 201, 'content-type': 'text/plain', warning: 'a, b' });
    expect(headers['date']).toMatch(/GMT$/);
    expect(headers['connection']).toBeUndefined();
    expect(body).toBe('hello');
  });

  it('lets the list win over what was set before, as node:http does', async () => {
    const { headers } = await answerOf((response) => {
      response.setHeader('Audit-Id', '1');
      response.setHeader('Cache-Control', 'no-store');
      response.writeHead(200, ['cache-control', 'private']);
      response.end();
    });
    expect(headers).toMatchObject({ 'audit-id': '1', 'cache-control': 'private' });
  });

  it('takes an object as ever', async () => {
    const { headers, body } = await answerOf((response) => response.writeHead(200, { 'X-A': '1' }).end('x'));
    expect([headers['x-a'], body]).toEqual(['1', 'x']);
  });

  it('has no body in an answer to HEAD, nor in a 304', async () => {
    const give = (status: number) => (response: Http2Response) =>
      void response.writeHead(status, ['content-length', '5', 'etag', '"x"']).end();
    const head = await answerOf(give(200), { ':method': 'HEAD' });
    expect([head.headers['content-length'], head.body, head.error]).toEqual(['5', '', undefined]);
    const unchanged = await answerOf(give(304));
    expect([unchanged.headers[':status'], unchanged.body, unchanged.error]).toEqual([304, '', undefined]);
  });

  it.each([
    ['without a length', ['content-type', 'text/plain']],
    ['of known length', ['content-length', '10']],
    ['whose headers were set', undefined],
  ])('is seen to be cut when it is given up: one %s', async (_, headers) => {
    const cut = await answerOf((response) => {
      response.writeHead(200, headers);
      response.write('half');
      response.destroy();
    });
    expect(cut.error).toMatch(/^Stream closed with error code NGHTTP2_(?:INTERNAL|PROTOCOL)_ERROR$/);
  });

  it('says nothing more to a client that has left', async () => {
    await answerOf((response) => {
      response.destroy();
      expect(() => response.writeHead(200, ['x', '1'])).not.toThrow();
    });
  });
});
