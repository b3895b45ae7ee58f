import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { AuditBeginning, AuditTrail } from '../../../src/gateway/audit/index.ts';
import { Unanswered } from '../../../src/gateway/delegate/index.ts';
import { internalError, serviceUnavailable } from '../../../src/kube/index.ts';
import { closeServer, listenOn, recordingUpstream, sendRaw } from '../support/gateway.ts';
import { OPEN, serveService } from '../support/services.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function behind(
  options: Parameters<typeof serveService>[1] = {},
  setup: Parameters<typeof serveService>[2] = {},
  answer?: Parameters<typeof recordingUpstream>[0],
) {
  const upstream = await recordingUpstream(answer);
  const service = await serveService(upstream.url, options, setup);
  closers.push(upstream.close, service.close);
  return { ...service, upstream };
}

const GOOD = { Authorization: 'Bearer good' };

function raw(...lines: string[]): string {
  return [...lines, 'Connection: close', '', ''].join('\r\n');
}

describe('a service behind the gateway', () => {
  it('gets what is allowed, target, method and body as they are', async () => {
    const { url, asked, upstream } = await behind();
    const answer = await fetch(`${url}/a/b?x=%41;y`, { method: 'POST', headers: GOOD, body: 'hello' });
    expect(answer.status).toBe(200);
    expect(upstream.requests).toMatchObject([{ method: 'POST', url: '/a/b?x=%41;y', body: 'hello' }]);
    expect(asked).toMatchObject([{ isResourceRequest: false, verb: 'post', path: '/a/b' }]);
    expect(asked[0]?.user.username).toBe('jane');
  });

  it('is not asked without a token, and the client hears which kind is wanted', async () => {
    const { url, upstream, logged } = await behind();
    const answer = await fetch(url);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answer.json()).toMatchObject({ kind: 'Status', reason: 'Unauthorized' });
    expect(upstream.requests).toEqual([]);
    expect(logged.join()).toContain('no good token');
  });

  it('is not asked what is not allowed', async () => {
    const { url, upstream } = await behind({}, { allows: () => false });
    const answer = await fetch(`${url}/metrics`, { headers: GOOD });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      message: 'forbidden: User "jane" cannot get path "/metrics"',
    });
    expect(answer.headers.get('cache-control')).toBe('no-cache, private');
    expect(upstream.requests).toEqual([]);
  });

  it('needs every value of a rewrite to be allowed', async () => {
    const resourceAttributes = {
      namespace: '{{ .Value }}',
      apiGroup: '',
      apiVersion: 'v1',
      resource: 'pods',
      subresource: '',
      name: '',
    };
    const authorization = { resourceAttributes, rewrites: { byQueryParameter: { name: 'ns' } } };
    const { url, upstream } = await behind(
      { access: { ...OPEN, authorization } },
      { allows: ({ namespace }) => namespace !== 'b' },
    );
    const ask = async (query: string) => (await fetch(`${url}/q${query}`, { headers: GOOD })).status;
    expect([await ask('?ns=a'), await ask('?ns=a&ns=b'), await ask('?ns=b&ns=a'), await ask('')]).toEqual([
      200, 403, 403, 400,
    ]);
    expect(upstream.requests.map(({ url: asked }) => asked)).toEqual(['/q?ns=a']);
  });

  it('waits for an authorizer that has to ask somebody', async () => {
    let known = false;
    const authorize = () => {
      if (known) return { decision: 'allow', reason: '' } as const;
      known = true;
      throw new Unanswered(Promise.resolve());
    };
    const { url, upstream } = await behind({}, { authorize });
    expect((await fetch(url, { headers: GOOD })).status).toBe(200);
    expect(upstream.requests).toHaveLength(1);
  });

  it('is not asked when nobody decides', async () => {
    const authorize = () => {
      throw new Unanswered(Promise.reject(serviceUnavailable('nobody decides')));
    };
    const { url, upstream } = await behind({}, { authorize });
    expect((await fetch(url, { headers: GOOD })).status).toBe(503);
    expect(upstream.requests).toEqual([]);
  });

  it('has only the paths of allowPaths', async () => {
    const { url, upstream } = await behind({ access: { ...OPEN, allowPaths: ['/metrics'] } });
    expect((await fetch(`${url}/metrics`, { headers: GOOD })).status).toBe(200);
    expect((await fetch(`${url}/other`, { headers: GOOD })).status).toBe(404);
    expect(upstream.requests).toHaveLength(1);
  });

  it('hears nothing of who asks on an ignored path, neither from the gateway nor from the client', async () => {
    const { url, asked, upstream } = await behind({
      access: { ...OPEN, ignorePaths: ['/healthz'] },
      passAuthorization: true,
    });
    const headers = { Authorization: 'Bearer forged', 'X-Remote-User': 'root' };
    expect((await fetch(`${url}/healthz`, { headers })).status).toBe(200);
    expect((await fetch(`${url}/other`, { headers })).status).toBe(401);
    expect(asked).toEqual([]);
    const names = upstream.requests[0]?.rawHeaders.filter((_, at) => at % 2 === 0) ?? [];
    expect(names).not.toContain('x-remote-user');
    expect(names).not.toContain('authorization');
  });

  it('waits until decisions can be made', async () => {
    const { url, upstream } = await behind({}, { notReady: () => 'no policy yet' });
    expect((await fetch(url, { headers: GOOD })).status).toBe(503);
    expect(upstream.requests).toEqual([]);
  });

  it.each([
    ['a dot segment', 'GET /a/../b HTTP/1.1', 'Host: a'],
    ['an encoded slash', 'GET /a%2fb HTTP/1.1', 'Host: a'],
    ['an absolute target', 'GET http://evil/x HTTP/1.1', 'Host: a'],
    ['a target of two slashes', 'GET //evil/x HTTP/1.1', 'Host: a'],
    ['a fragment', 'GET /a#/healthz HTTP/1.1', 'Host: a'],
    ['two hosts', 'GET / HTTP/1.1', 'Host: a', 'Host: b'],
    ['a host with user information', 'GET / HTTP/1.1', 'Host: a@b'],
    ['two tokens', 'GET / HTTP/1.1', 'Host: a', 'Authorization: Bearer good', 'Authorization: Bearer other'],
    ['another framing', 'POST / HTTP/1.1', 'Host: a', 'Content-Length: 00'],
  ])('never sees %s', async (_, ...lines) => {
    const { port, upstream } = await behind();
    expect(await sendRaw(port, raw(...lines, 'Authorization: Bearer good'))).toMatch(/^HTTP\/1.1 400 /);
    expect(upstream.requests).toEqual([]);
  });

  it('is never sent a TRACE', async () => {
    const { port, upstream } = await behind();
    const answer = await sendRaw(port, raw('TRACE / HTTP/1.1', 'Host: a', 'Authorization: Bearer good'));
    expect(answer).toMatch(/^HTTP\/1.1 405 /);
    expect(upstream.requests).toEqual([]);
  });

  it('answers with its cookies and redirects, without what belongs to the hop', async () => {
    const { port } = await behind({}, {}, () => ({
      status: 302,
      headers: {
        Location: 'http://elsewhere/',
        'Set-Cookie': 'a=1; HttpOnly',
        Connection: 'x-hop, close',
        'X-Hop': '1',
        'X-App': '2',
      },
    }));
    const answer = await sendRaw(port, raw('GET / HTTP/1.1', 'Host: a', 'Authorization: Bearer good'));
    expect(answer).toMatch(/^HTTP\/1.1 302 /);
    expect(answer).toMatch(/\r\nlocation: http:\/\/elsewhere\/\r\n/);
    expect(answer).toMatch(/\r\nset-cookie: a=1; HttpOnly\r\n/);
    expect(answer).toMatch(/\r\nx-app: 2\r\n/);
    expect(answer).not.toMatch(/x-hop/i);
  });

  it('that is down is a 503', async () => {
    const { url, logged } = await serveServiceTo('http://127.0.0.1:1');
    const answer = await fetch(url, { headers: GOOD });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ message: 'the service did not answer' });
    expect(logged.join()).toContain('the service did not answer');
  });

  it('streams both ways, and ends with the right to it', async () => {
    const upstream = createServer((request, response) => {
      response.writeHead(200);
      request.pipe(response);
    });
    const port = await listenOn(upstream);
    closers.push(() => closeServer(upstream));
    let right = true;
    const service = await serveServiceTo(`http://127.0.0.1:${port}`, { allows: () => right });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    void writer.write(new TextEncoder().encode('one'));
    const answer = await fetch(service.url, {
      method: 'POST',
      headers: GOOD,
      body: readable,
      duplex: 'half',
    } as RequestInit);
    const reader = answer.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('one');
    right = false;
    await expect(reader?.read()).rejects.toThrow();
    writer.abort().catch(() => {});
  });

  it.each(['/checked', '/healthz'])('gets nothing at %s before the event is kept', async (path) => {
    const stored = Promise.reject(internalError('failed to store audit event'));
    stored.catch(() => {});
    const trail = { follow() {}, decided() {}, respondsWith() {}, stored } as unknown as AuditTrail;
    const access = { ...OPEN, ignorePaths: ['/healthz'] };
    const { url, upstream } = await behind({ access }, { auditor: { begin: () => trail } });
    expect((await fetch(`${url}${path}`, { headers: GOOD })).status).toBe(500);
    expect(upstream.requests).toEqual([]);
  });

  it('is recorded with what was asked, the first refusal included', async () => {
    const begun: AuditBeginning[] = [];
    const told: string[] = [];
    const trail = {
      follow: () => {},
      decided: (decision: string, reason: string) => told.push(`${decision} ${reason}`),
      respondsWith: ({ code }: { code: number }) => told.push(String(code)),
    } as unknown as AuditTrail;
    const auditor = {
      begin: (beginning: AuditBeginning) => {
        begun.push(beginning);
        return trail;
      },
    };
    const { url } = await behind({}, { auditor, allows: ({ path }) => path === '/yes' });
    await fetch(`${url}/yes?q`, { headers: GOOD });
    await fetch(`${url}/no`, { headers: GOOD });
    await fetch(`${url}/yes`);
    expect(
      begun.map(({ requestInfo, request, user }) => [requestInfo.verb, request.url, user?.username]),
    ).toEqual([
      ['get', '/yes?q', 'jane'],
      ['get', '/no', 'jane'],
      ['get', '/yes', undefined],
    ]);
    expect(told).toEqual(['allow a rule', 'noOpinion ', '403', '401']);
  });
});

async function serveServiceTo(origin: string, setup: Parameters<typeof serveService>[2] = {}) {
  const service = await serveService(origin, {}, setup);
  closers.push(service.close);
  return service;
}

describe('an upgrade that is no WebSocket', () => {
  it('is an ordinary request, and the service hears nothing of it', async () => {
    const { port, upstream } = await behind();
    const socketClosed = sendRaw(
      port,
      raw('GET / HTTP/1.1', 'Host: a', 'Authorization: Bearer good', 'Upgrade: h2c', 'HTTP2-Settings: x'),
    );
    expect(await socketClosed).toMatch(/^HTTP\/1.1 200 /);
    const sent = upstream.requests[0]?.rawHeaders.join('\n').toLowerCase() ?? '';
    expect(sent).not.toMatch(/upgrade|http2-settings/);
  });
});
