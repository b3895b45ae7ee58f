import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpTarget } from '../../../src/gateway/index.ts';
import { closeServer, listenOn, recordingUpstream, sendRaw, serveGateway } from '../support/gateway.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function gatewayTo(
  server: string,
  options: { token?: () => string } & Partial<Parameters<typeof serveGateway>[0]> = {},
) {
  const { token = () => 'own-credential', ...rest } = options;
  const target = createHttpTarget({ server, token, log: { warn() {} } });
  closers.push(() => target.close());
  const gateway = await serveGateway({ target, ...rest });
  closers.push(gateway.close);
  return gateway;
}

async function upstream(...args: Parameters<typeof recordingUpstream>) {
  const served = await recordingUpstream(...args);
  closers.push(served.close);
  return served;
}

/** Raw header pairs as lower-case names with their values, sorted. */
function pairs(rawHeaders: readonly string[]): string[] {
  const found: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    found.push(`${rawHeaders[index]?.toLowerCase()}: ${rawHeaders[index + 1]}`);
  }
  return found.sort();
}

const IDENTITY = [
  'authorization: Bearer own-credential',
  'impersonate-group: developers',
  'impersonate-group: system:authenticated',
  'impersonate-user: jane',
];

describe('an API server behind the gateway', () => {
  it('gets exactly the headers that the gateway built', async () => {
    const api = await upstream();
    const { port } = await gatewayTo(api.url);
    await sendRaw(
      port,
      [
        'GET /api/v1/pods?limit=1 HTTP/1.1',
        'Host: gateway',
        'Accept: application/json',
        'User-Agent: kubectl/v1.35',
        'Audit-ID: abc',
        'Authorization: Bearer callers-token',
        'Cookie: session=1',
        'X-Remote-User: admin',
        'X-Remote-Group: system:masters',
        'X_Remote_User: admin',
        'X-Forwarded-For: 10.0.0.1',
        'X-Forwarded-Host: evil',
        'Forwarded: for=10.0.0.1',
        'Proxy-Authorization: Basic x',
        'TE: trailers',
        'Keep-Alive: timeout=5',
        'Upgrade: h2c',
        'HTTP2-Settings: x',
        'Connection: close, impersonate-user, authorization, impersonate-group',
        '',
        '',
      ].join('\r\n'),
    );
    expect(api.requests).toHaveLength(1);
    expect(pairs(api.requests[0]?.rawHeaders ?? [])).toEqual(
      [
        ...IDENTITY,
        'accept: application/json',
        'audit-id: abc',
        'connection: keep-alive',
        `host: 127.0.0.1:${api.port}`,
        'user-agent: kubectl/v1.35',
      ].sort(),
    );
  });

  it.each([
    'Connection: Impersonate-User',
    'Connection:  impersonate-user , close',
    'Connection: \r\nConnection: impersonate-user',
    'Connection: authorization\r\nConnection: impersonate-group',
  ])('can’t be robbed of the identity by %j', async (header) => {
    const api = await upstream();
    const { port } = await gatewayTo(api.url);
    await sendRaw(port, `GET /api/v1/pods HTTP/1.1\r\nHost: x\r\n${header}\r\nConnection: close\r\n\r\n`);
    expect(pairs(api.requests[0]?.rawHeaders ?? [])).toEqual(expect.arrayContaining(IDENTITY));
  });

  it('gets the caller’s trace when it is a valid one, and none that was made up', async () => {
    const api = await upstream();
    const { port } = await gatewayTo(api.url);
    const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const traces = [
      [parent, 'vendor=1'],
      [`${parent}-x`, 'vendor=1'],
      [parent, 'Vendor=1'],
      [`${parent}\r\ntraceparent: ${parent}`, 'a=1'],
    ];
    for (const [traceparent, tracestate] of traces) {
      const headers = `traceparent: ${traceparent}\r\ntracestate: ${tracestate}\r\nConnection: close`;
      await sendRaw(port, `GET /api/v1/pods HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`);
    }
    const sent = api.requests.map(({ rawHeaders }) =>
      pairs(rawHeaders).filter((pair) => pair.startsWith('trace')),
    );
    expect(sent).toEqual([
      [`traceparent: ${parent}`, 'tracestate: vendor=1'],
      [],
      [`traceparent: ${parent}`],
      [],
    ]);
  });

  it('gets bodies streamed, trailers never', async () => {
    const api = await upstream();
    const { port } = await gatewayTo(api.url);
    await sendRaw(
      port,
      'POST /api/v1/namespaces/a/pods HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nTrailer: Impersonate-User\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\nImpersonate-User: admin\r\n\r\n',
    );
    expect(api.requests).toMatchObject([{ method: 'POST', body: '{}' }]);
    expect(pairs(api.requests[0]?.rawHeaders ?? []).filter((pair) => pair.includes('admin'))).toEqual([]);
  });

  it('is asked with the credential of the moment', async () => {
    const api = await upstream();
    let token = 'first';
    const { url } = await gatewayTo(api.url, { token: () => token });
    await fetch(`${url}/api`);
    token = 'second';
    await fetch(`${url}/api`);
    expect(
      api.requests.map(({ rawHeaders }) =>
        pairs(rawHeaders).find((pair) => pair.startsWith('authorization')),
      ),
    ).toEqual(['authorization: Bearer first', 'authorization: Bearer second']);
  });

  it('answers with its status, its headers and its body, less what belongs to the hop', async () => {
    const api = await upstream(() => ({
      status: 409,
      headers: {
        'Content-Type': 'application/json',
        Warning: '299 - "old"',
        'Audit-Id': 'theirs',
        Connection: 'close',
        'Set-Cookie': 'planted=1',
      },
      body: '{"reason":"Conflict"}',
    }));
    const { url } = await gatewayTo(api.url);
    const answer = await fetch(`${url}/api`, { headers: { 'Audit-ID': 'ours' } });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toBe('{"reason":"Conflict"}');
    expect(answer.headers.get('warning')).toBe('299 - "old"');
    expect(answer.headers.get('audit-id')).toBe('ours');
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it('is never followed to another place', async () => {
    const other = await upstream();
    const api = await upstream(() => ({ status: 302, headers: { Location: `${other.url}/steal` } }));
    const { url } = await gatewayTo(api.url);
    expect((await fetch(`${url}/api`, { redirect: 'manual' })).status).toBe(302);
    expect(other.requests).toEqual([]);
  });

  it('may be down: the client gets a Status', async () => {
    const { url } = await gatewayTo('http://127.0.0.1:1');
    const answer = await fetch(`${url}/api`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ kind: 'Status', reason: 'ServiceUnavailable' });
  });

  it('refuses a user whom no header can carry', async () => {
    const api = await upstream();
    const { policyFor } = await import('../support/gateway.ts');
    const username = 'jane\r\nImpersonate-Group: system:masters';
    const { url } = await gatewayTo(api.url, {
      user: { username, groups: [] },
      policy: policyFor(username, 'cluster-admin'),
    });
    expect((await fetch(`${url}/api/v1/pods`)).status).toBe(400);
    expect(api.requests).toEqual([]);
  });
});

describe('a watch', () => {
  /** An API server whose watches stay open until the test writes to them. */
  async function watching() {
    const watches: ServerResponse[] = [];
    let arrived = () => {};
    const server = createServer((request, response) => {
      if (!request.url?.includes('watch')) {
        response.end('{}');
        return;
      }
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.flushHeaders();
      watches.push(response);
      arrived();
    });
    const port = await listenOn(server);
    closers.push(() => closeServer(server));
    const until = (count: number) =>
      new Promise<void>((done) => {
        arrived = () => watches.length >= count && done();
        arrived();
      });
    return { url: `http://127.0.0.1:${port}`, watches, until };
  }

  it('shows its headers before its first event, and each event at once', async () => {
    const api = await watching();
    const { url } = await gatewayTo(api.url);
    const answer = await fetch(`${url}/api/v1/pods?watch=1`);
    expect(answer.status).toBe(200);
    const reader = answer.body?.getReader();
    for (const event of ['{"type":"ADDED"}\n', '{"type":"BOOKMARK"}\n']) {
      api.watches[0]?.write(event);
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(event);
    }
    await reader?.cancel();
  });

  it('ends at the API server when the client leaves', async () => {
    const api = await watching();
    const { url } = await gatewayTo(api.url);
    const leave = new AbortController();
    await fetch(`${url}/api/v1/pods?watch=1`, { signal: leave.signal });
    const closed = once(api.watches[0] as ServerResponse, 'close');
    leave.abort();
    await closed;
    expect(api.watches[0]?.destroyed).toBe(true);
  });

  it('does not starve ordinary requests, however many there are', async () => {
    const api = await watching();
    const { url } = await gatewayTo(api.url);
    const leave = new AbortController();
    const opened = Array.from({ length: 80 }, () =>
      fetch(`${url}/api/v1/pods?watch=1`, { signal: leave.signal }),
    );
    await Promise.all(opened);
    await api.until(80);
    expect((await fetch(`${url}/api/v1/pods`)).status).toBe(200);
    leave.abort();
  });
});
