import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type RequestOptions, request as send } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMachine, type Machine } from './harness.ts';
import { startIssuer, type TestIssuer } from './issuer.ts';
import { selfSigned } from './self-signed.ts';

interface ApiServer {
  readonly url: string;
  readonly authority: string;
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
  upgrade: (request: IncomingMessage, socket: Duplex) => void;
  close(): void;
}

let api: ApiServer;
beforeAll(async () => {
  const tls = await selfSigned();
  const server = createServer(tls, (request, response) => void api.answer(request, response));
  server.on('upgrade', (request, socket) => api.upgrade(request, socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  api = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/clusters/prod`,
    authority: Buffer.from(tls.cert).toString('base64'),
    answer: () => {},
    upgrade: () => {},
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
});
afterAll(() => api.close());

let issuer: TestIssuer;
let machine: Machine;
let proxy: {
  readonly port: number;
  readonly secret: string;
  readonly ca: string;
  readonly file: string;
  end(): Promise<number>;
};

beforeEach(async () => {
  issuer = await startIssuer();
  issuer.rules.portal = {
    clusters: [{ name: 'demo', server: api.url, certificate_authority_data: api.authority }],
  };
  machine = createMachine();
  await machine.run(['login', issuer.url]);
  proxy = await startProxy();
});
afterEach(async () => {
  await proxy.end();
  await issuer.close();
});

async function startProxy(): Promise<typeof proxy> {
  const interrupt = new AbortController();
  const { promise: said, resolve } = Promise.withResolvers<string>();
  let output = '';
  const ended = machine.run(['proxy'], {
    signal: interrupt.signal,
    stdout: (part) => {
      output += part;
      if (output.includes('KUBECONFIG=')) resolve(output);
    },
  });
  const file = /KUBECONFIG=(\S+)/.exec(await said)?.[1] ?? '';
  const { clusters, users } = parse(readFileSync(file, 'utf8'));
  return {
    port: Number(new URL(clusters[0].cluster.server).port),
    ca: Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64').toString(),
    secret: users[0].user.token,
    file,
    end: async () => {
      interrupt.abort();
      return (await ended).code;
    },
  };
}

function ask(
  path: string,
  options: RequestOptions = {},
  body?: string,
): Promise<{ response: IncomingMessage; body: string }> {
  return new Promise((resolve, reject) => {
    const { port, ca, secret } = proxy;
    const headers = { authorization: `Bearer ${secret}`, ...options.headers };
    const outgoing = send(
      {
        host: '127.0.0.1',
        port,
        ca,
        path, // The Host is the proxy's to check.
        checkServerIdentity: () => undefined,
        agent: false,
        ...options,
        headers,
      },
      (response) => {
        text(response).then((answered) => resolve({ response, body: answered }), reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('kubectl sallyport proxy', () => {
  it('puts the person’s token in the place of its own secret, and changes nothing else', async () => {
    api.answer = async (request, response) => {
      const { method, url, headersDistinct } = request;
      const sent = { method, url, headers: headersDistinct, body: await text(request) };
      response.writeHead(201, { 'x-kubernetes': ['a', 'b'] }).end(JSON.stringify(sent));
    };
    const headers = { 'impersonate-group': ['one', 'two'], connection: 'x-hop', 'x-hop': '1' };
    const { response, body } = await ask('/api/v1/pods?a=%2F', { method: 'PUT', headers }, '{"a":1}');
    const seen = JSON.parse(body);
    expect(seen).toMatchObject({ method: 'PUT', url: '/clusters/prod/api/v1/pods?a=%2F', body: '{"a":1}' });
    expect(seen.headers.authorization).toEqual([`Bearer ${machine.credentials(issuer.url)?.idToken}`]);
    expect(seen.headers['impersonate-group']).toEqual(['one', 'two']);
    expect(seen.headers.host).toEqual([new URL(api.url).host]);
    expect(seen.headers).not.toHaveProperty('x-hop');
    expect([response.statusCode, response.headersDistinct['x-kubernetes']]).toEqual([201, ['a', 'b']]);
  });

  it.each([
    ['without the secret', { authorization: '' }, 401],
    ['with another one', { authorization: 'Bearer guess' }, 401],
    ['by another name (DNS rebinding)', { host: 'rebound.example' }, 421],
    ['from a page', { origin: 'https://evil.example' }, 403],
    ['from a page that hides where it is from', { 'sec-fetch-site': 'cross-site' }, 403],
  ])('lets nothing through %s', async (_name, headers, status) => {
    let reached = false;
    api.answer = (_request, response) => {
      reached = true;
      response.end();
    };
    const { response, body } = await ask('/api', { headers });
    expect([response.statusCode, JSON.parse(body).kind, reached]).toEqual([status, 'Status', false]);
  });

  it('streams: what the server says first arrives before it says more', async () => {
    const { promise: more, resolve: sayMore } = Promise.withResolvers<void>();
    api.answer = async (_request, response) => {
      response.write('first\n');
      await more;
      response.end('second\n');
    };
    const { port, ca, secret } = proxy;
    const lines: string[] = [];
    await new Promise<void>((done) => {
      send(
        { host: '127.0.0.1', port, ca, path: '/watch', headers: { authorization: `Bearer ${secret}` } },
        (response) => {
          response.on('data', (chunk) => {
            lines.push(String(chunk));
            sayMore();
          });
          response.on('end', done);
        },
      ).end();
    });
    expect(lines).toEqual(['first\n', 'second\n']);
  });

  it('hands a connection on whose protocol changes, for exec and port-forward', async () => {
    api.upgrade = (request, socket) => {
      const token = request.headers.authorization ?? '';
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: ${request.headers.upgrade}\r\nconnection: Upgrade\r\n\r\n`,
      );
      socket.on('data', (chunk) => socket.end(`${token.length > 20} ${chunk}`));
    };
    const { port, ca, secret } = proxy;
    const said = await new Promise<string>((resolve, reject) => {
      const headers = { authorization: `Bearer ${secret}`, connection: 'Upgrade', upgrade: 'SPDY/3.1' };
      const outgoing = send({ host: '127.0.0.1', port, ca, path: '/exec', method: 'POST', headers });
      outgoing.on('upgrade', (_response, socket) => {
        socket.write('ping');
        text(socket).then(resolve, reject);
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
    expect(said).toBe('true ping');
  });

  it('renews a token that the server refuses, once', async () => {
    api.answer = (_request, response) => void response.writeHead(401).end();
    for (let request = 0; request < 3; request++) expect((await ask('/api')).response.statusCode).toBe(401);
    expect(issuer.counts.refresh).toBe(1);
  });

  it('tells the tool when only a login helps', async () => {
    issuer.refreshTokens.clear();
    machine.recache(issuer.url, { expiresAt: 0 });
    const { response, body } = await ask('/api');
    expect([response.statusCode, JSON.parse(body).message]).toEqual([
      401,
      expect.stringMatching(/^not logged in/),
    ]);
  });

  it('says that the server is away', async () => {
    api.answer = (request) => void request.socket.destroy();
    expect((await ask('/api')).response.statusCode).toBe(502);
  });

  it('takes its kubeconfig away when it ends', async () => {
    expect(await proxy.end()).toBe(0);
    expect(() => readFileSync(proxy.file)).toThrow('ENOENT');
  });
});

describe('kubectl sallyport proxy refuses', () => {
  it('who is not logged in', async () => {
    await machine.run(['logout']);
    expect(await machine.run(['proxy'])).toMatchObject({ code: 3, stdout: '' });
  });

  it('to overwrite a file', async () => {
    const outcome = await machine.run(['proxy', '--write-kubeconfig=/etc/hosts'], { fileExists: () => true });
    expect(outcome).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is such a file already'),
    });
  });
});
