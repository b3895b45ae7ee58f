import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCertificateAuthority, signServingCertificate } from '../../../src/certificates/index.ts';
import {
  type ClientConfig,
  createWebhookClient,
  WebhookCallError,
  type WebhookClient,
  type WebhookClientDeps,
} from '../../../src/cluster/webhooks/index.ts';

interface Reply {
  readonly code?: number;
  readonly type?: string;
  readonly body?: string;
}

let reply: Reply = {};
let asked: { readonly path: string; readonly host: string; readonly body: string } | undefined;
let caBundle = '';
let port = 0;
const clients: WebhookClient[] = [];

const server = { close: () => {} };

const nowhere: WebhookClientDeps['resolve'] = () => {
  throw new WebhookCallError('service "conversion" not found');
};

function client(config: ClientConfig, deps: Partial<WebhookClientDeps> = {}): WebhookClient {
  const closing = new AbortController().signal;
  const made = createWebhookClient(config, { resolve: nowhere, closing, ...deps });
  clients.push(made);
  return made;
}

const local = (more: Partial<ClientConfig> = {}) =>
  client({ url: `https://127.0.0.1:${port}/convert`, caBundle, ...more });

beforeAll(async () => {
  const ca = await createCertificateAuthority(new Date());
  caBundle = Buffer.from(ca.certificate).toString('base64');
  const names = ['127.0.0.1', 'conversion.default.svc'];
  const { certificate: cert, privateKey: key } = await signServingCertificate(ca, names, new Date());
  const listening = createServer({ cert, key }, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      asked = { path: request.url ?? '', host: request.headers.host ?? '', body };
      const { code = 200, type = 'application/json', body: answer = '{}' } = reply;
      response.writeHead(code, { 'Content-Type': type }).end(answer);
    });
  });
  listening.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  port = (listening.address() as AddressInfo).port;
  server.close = () => {
    listening.close();
    listening.closeAllConnections();
  };
});

afterEach(() => {
  for (const each of clients.splice(0)) each.close();
  reply = {};
});

afterAll(() => server.close());

describe('a webhook', () => {
  it('is asked at its URL, with how long an answer may take', async () => {
    reply = { body: '{"a":1}' };
    expect(await local().post('{"b":2}')).toEqual({ a: 1 });
    expect(asked).toEqual({
      path: '/convert?timeout=30s',
      host: `127.0.0.1:${port}`,
      body: '{"b":2}',
    });
  });

  it('is asked behind a service by the name that its certificate is for', async () => {
    const service = { namespace: 'default', name: 'conversion', path: '/v/convert', port: 8443 };
    const seen: unknown[] = [];
    const resolve = async (...which: unknown[]) => {
      seen.push(which);
      return { host: '127.0.0.1', port };
    };
    await client({ service, caBundle }, { resolve }).post('{}');
    expect(asked).toMatchObject({ path: '/v/convert?timeout=30s', host: 'conversion.default.svc:8443' });
    expect(seen).toEqual([[service, 8443]]);
    const other = client({ service: { ...service, name: 'other' }, caBundle }, { resolve });
    await expect(other.post('{}')).rejects.toThrow(
      'Post "https://other.default.svc:8443/v/convert?timeout=30s": tls: failed to verify certificate: x509: ' +
        'certificate is valid for conversion.default.svc, not other.default.svc',
    );
    await expect(
      client({ service: { namespace: 'default', name: 'conversion' } }).post('{}'),
    ).rejects.toThrow(
      'Post "https://conversion.default.svc:443/?timeout=30s": service "conversion" not found',
    );
  });

  it('is not believed without an authority that the configuration names', async () => {
    for (const other of ['', Buffer.from(' \n').toString('base64')]) {
      await expect(local({ caBundle: other }).post('{}')).rejects.toThrow(
        `Post "https://127.0.0.1:${port}/convert?timeout=30s": tls: failed to verify certificate: x509: ` +
          'certificate signed by unknown authority',
      );
    }
    await expect(local({ url: `https://localhost:${port}/` }).post('{}')).rejects.toThrow(
      'x509: certificate is valid for conversion.default.svc, not localhost',
    );
  });

  it.each<[string, Reply]>([
    ['the server could not find the requested resource', { code: 404, type: 'text/plain', body: 'page' }],
    ['the server has asked for the client to provide credentials', { code: 401 }],
    ['go away', { code: 403, type: 'text/plain', body: 'go away\n' }],
    [
      'an error on the server ("it \\"broke\\"") has prevented the request from succeeding',
      { code: 500, type: 'text/plain; charset=utf-8', body: 'it "broke"\n' },
    ],
    [
      'said by a Status',
      {
        code: 500,
        body: '{"kind":"Status","apiVersion":"v1","status":"Failure","message":"said by a Status"}',
      },
    ],
    [
      'the server responded with the status code 307 but did not return more information',
      { code: 307, body: '' },
    ],
    [
      "couldn't get version/kind; json parse error: invalid character '<' looking for beginning of value",
      { body: '<html>' },
    ],
    ['0-length response with status code: 200 and content type: application/json', { body: '' }],
  ])('says: %s', async (message, answer) => {
    reply = answer;
    const failure = await local()
      .post('{}')
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WebhookCallError);
    expect((failure as Error).message.replace(/^Post "[^"]*": /, '')).toBe(message);
  });

  it('may not be there, not be found, hang up, or be too slow', async () => {
    const silent = createTcpServer((socket) => {
      socket.on('error', () => {}).resume();
      if (hangsUp) socket.destroy();
    });
    let hangsUp = true;
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port: silentPort } = silent.address() as AddressInfo;
    const url = `https://127.0.0.1:${silentPort}/`;
    await expect(client({ url }).post('{}')).rejects.toThrow(`Post "${url}?timeout=30s": EOF`);
    hangsUp = false;
    const closing = new AbortController();
    const brokenOff = client({ url }, { closing: closing.signal }).post('{}');
    closing.abort();
    await expect(brokenOff).rejects.toThrow('aborted');
    const slow = client({ url }, { timeoutMs: 20 });
    await expect(slow.post('{}')).rejects.toThrow(`Post "${url}?timeout=0.02s": context deadline exceeded`);
    await new Promise((resolve) => silent.close(resolve));
    await expect(client({ url }).post('{}')).rejects.toThrow(
      `Post "${url}?timeout=30s": dial tcp 127.0.0.1:${silentPort}: connect: connection refused`,
    );
    await expect(client({ url: 'https://nowhere.invalid/a' }).post('{}')).rejects.toThrow(
      /^Post "https:\/\/nowhere\.invalid\/a\?timeout=30s": dial tcp: lookup nowhere\.invalid: /,
    );
  });
});
