import { afterEach, describe, expect, it } from 'vitest';
import type { ForwardAuthService } from '../../../src/gateway/forward-auth/index.ts';
import { sendRaw } from '../support/gateway.ts';
import { OPEN, serveForwardAuth } from '../support/services.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const NGINX: ForwardAuthService = { ...OPEN, name: 'app', proxy: 'nginx' };
const TRAEFIK: ForwardAuthService = { ...OPEN, name: 'app', proxy: 'traefik' };
const ENVOY: ForwardAuthService = { ...OPEN, name: 'app', proxy: 'envoy' };

async function serve(...args: Parameters<typeof serveForwardAuth>) {
  const served = await serveForwardAuth(...args);
  closers.push(served.close);
  return served;
}

/** A request as the proxies make it; the lines are headers. */
function question(target: string, ...lines: string[]): string {
  const all = ['Host: app.example', 'Authorization: Bearer good', 'Connection: close', ...lines];
  return [`GET ${target} HTTP/1.1`, ...all, '', ''].join('\r\n');
}

/** The proxies differ only in where they say what is asked. */
const PROXIES = [
  {
    service: NGINX,
    ask: (method: string, uri: string, ...more: string[]) =>
      question('/app', `X-Original-Method: ${method}`, `X-Original-URI: ${uri}`, ...more),
  },
  {
    service: TRAEFIK,
    ask: (method: string, uri: string, ...more: string[]) =>
      question(
        '/app',
        `X-Forwarded-Method: ${method}`,
        `X-Forwarded-Uri: ${uri}`,
        'X-Forwarded-Host: app.example',
        'X-Forwarded-Proto: https',
        'X-Forwarded-For: 203.0.113.9',
        ...more,
      ),
  },
  {
    service: ENVOY,
    ask: (method: string, uri: string, ...more: string[]) =>
      question(`/app${uri}`, 'Content-Length: 0', ...more).replace('GET', method),
  },
];

describe.each(PROXIES)('forward-auth for $service.proxy', ({ service, ask }) => {
  it('asks about the original request, and says who it is from', async () => {
    const { port, asked } = await serve([service]);
    const answer = await sendRaw(port, ask('DELETE', '/a/b?x=%41'));
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer).toMatch(/\r\nX-Auth-Request-User: jane\r\n/);
    expect(answer).toMatch(/\r\nX-Auth-Request-Groups: dev,system:authenticated\r\n/);
    expect(asked).toMatchObject([{ verb: 'delete', path: '/a/b', isResourceRequest: false }]);
  });

  it('has both identity headers when there is nothing to say', async () => {
    const open = { ...service, ignorePaths: ['/open'] };
    const { port, asked } = await serve([open], { user: { username: 'jane', groups: [] } });
    expect(await sendRaw(port, ask('GET', '/a'))).toMatch(/\r\nX-Auth-Request-Groups: \r\n/);
    const ignored = await sendRaw(port, ask('GET', '/open'));
    expect(ignored).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\nX-Auth-Request-User: \r\nX-Auth-Request-Groups: \r\n/);
    expect(asked).toHaveLength(1);
  });

  it('refuses with 403 what is not allowed, and with 401 who is not known', async () => {
    const { port } = await serve([service], { allows: ({ path }) => path !== '/secret' });
    expect(await sendRaw(port, ask('GET', '/secret'))).toMatch(/^HTTP\/1.1 403 [\s\S]*cannot get path/);
    const unknown = ask('GET', '/a').replace('Bearer good', 'Bearer bad');
    expect(await sendRaw(port, unknown)).toMatch(/^HTTP\/1.1 401 [\s\S]*\r\nWWW-Authenticate: Bearer\r\n/);
  });

  it.each(['/a/../b', '//evil/a', '/a%2fb', '/a;b', '/a#b', '/%c0%ae'])(
    'denies the ambiguous target %s',
    async (uri) => {
      const { port, asked } = await serve([service]);
      expect(await sendRaw(port, ask('GET', uri))).toMatch(/^HTTP\/1.1 403 [\s\S]*ambiguous request/);
      expect(asked).toEqual([]);
    },
  );

  it('believes no other place, whatever the client sends', async () => {
    const { port, asked } = await serve([{ ...service, ignorePaths: ['/open'] }]);
    const elsewhere = PROXIES.filter((other) => other.service !== service && other.service !== ENVOY).flatMap(
      (other) =>
        other
          .ask('GET', '/open')
          .split('\r\n')
          .filter((line) => /^X-.*(?:Method|Uri|URI)/.test(line)),
    );
    await sendRaw(port, ask('GET', '/secret', ...elsewhere, 'X-Original-URL: /open', 'X-Rewrite-Url: /open'));
    expect(asked).toMatchObject([{ path: '/secret' }]);
  });

  it('denies two tokens', async () => {
    const { port } = await serve([service]);
    expect(await sendRaw(port, ask('GET', '/a', 'Authorization: Bearer good'))).toMatch(/^HTTP\/1.1 403 /);
  });

  it('takes attributes and rewrites as the sidecar does', async () => {
    const resourceAttributes = {
      namespace: '{{ .Value }}',
      apiGroup: '',
      apiVersion: '',
      resource: 'pods',
      subresource: 'log',
      name: '',
    };
    const authorization = { resourceAttributes, rewrites: { byQueryParameter: { name: 'ns' } } };
    const { port, asked } = await serve([{ ...service, authorization }], {
      allows: ({ namespace }) => namespace === 'a',
    });
    const code = async (uri: string, method = 'GET') => (await sendRaw(port, ask(method, uri))).slice(9, 12);
    expect([await code('/?ns=a'), await code('/?ns=a&ns=b'), await code('/')]).toEqual(['200', '403', '403']);
    expect(await code('/?ns=a', 'OPTIONS')).toBe('403');
    expect(asked[0]).toMatchObject({ resource: 'pods', subresource: 'log', namespace: 'a', verb: 'get' });
  });

  it('denies while nothing can be decided', async () => {
    const { port } = await serve([service], { notReady: () => 'no policy yet' });
    expect(await sendRaw(port, ask('GET', '/a'))).toMatch(/^HTTP\/1.1 503 /);
  });

  it('answers no one but the proxies', async () => {
    const { port, asked, logged } = await serve([service], { trustedProxies: ['192.0.2.0/24'] });
    expect(await sendRaw(port, ask('GET', '/a', 'X-Forwarded-For: 192.0.2.1'))).toMatch(/^HTTP\/1.1 403 /);
    expect(asked).toEqual([]);
    expect(logged.join()).toContain('unknown proxy');
  });
});

describe('forward-auth', () => {
  it.each([
    ['no method', NGINX, ['X-Original-URI: /a']],
    ['no target', NGINX, ['X-Original-Method: GET']],
    ['two targets', NGINX, ['X-Original-Method: GET', 'X-Original-URI: /a', 'x-original-uri: /b']],
    ['an empty target', NGINX, ['X-Original-Method: GET', 'X-Original-URI:']],
    ['a method that is none', NGINX, ['X-Original-Method: GET /', 'X-Original-URI: /a']],
    ['a method in lower case', NGINX, ['X-Original-Method: get', 'X-Original-URI: /a']],
    ['a full URL', NGINX, ['X-Original-Method: GET', 'X-Original-URI: http://a/b']],
    ['no target', TRAEFIK, ['X-Forwarded-Method: GET', 'X-Original-URI: /a']],
    ['two methods', TRAEFIK, ['X-Forwarded-Method: GET', 'X-Forwarded-Method: PUT', 'X-Forwarded-Uri: /a']],
  ])('denies %s (%o)', async (_, service, lines) => {
    const { port, asked } = await serve([service]);
    expect(await sendRaw(port, question('/app', ...lines))).toMatch(/^HTTP\/1.1 403 /);
    expect(asked).toEqual([]);
  });

  it.each(['/', '/ap', '/apple', '/app/x', '/other', '/app%2f'])('has no endpoint at %s', async (target) => {
    const { port } = await serve([NGINX]);
    const asks = question(target, 'X-Original-Method: GET', 'X-Original-URI: /a');
    expect(await sendRaw(port, asks)).toMatch(/^HTTP\/1.1 404 /);
  });

  it.each(['/app', '/apple/x', '/app?x=/'])('has no endpoint for Envoy at %s', async (target) => {
    const { port } = await serve([ENVOY]);
    expect(await sendRaw(port, question(target))).toMatch(/^HTTP\/1.1 404 /);
  });

  it('tells services apart by name', async () => {
    const other: ForwardAuthService = { ...NGINX, name: 'open', ignorePaths: ['/a'] };
    const { port } = await serve([NGINX, other], { allows: () => false });
    const lines = ['X-Original-Method: GET', 'X-Original-URI: /a'];
    expect(await sendRaw(port, question('/app', ...lines))).toMatch(/^HTTP\/1.1 403 /);
    expect(await sendRaw(port, question('/open', ...lines))).toMatch(/^HTTP\/1.1 200 /);
  });

  it('refuses a range of proxies that is none', async () => {
    await expect(serveForwardAuth([NGINX], { trustedProxies: ['localhost'] })).rejects.toThrow(TypeError);
  });
});
