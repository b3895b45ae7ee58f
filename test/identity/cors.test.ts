import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Door, openDoor } from './support/door.ts';

const app = 'https://spa.example';
let door: Door;
let closed: Door;
beforeAll(async () => {
  door = await openDoor({
    cors: { origins: [app], headers: ['Authorization'] },
    headers: { 'Content-Security-Policy': "default-src 'self'", 'X-XSS-Protection': '1; mode=block' },
  });
  closed = await openDoor();
});
afterAll(async () => {
  await door.close();
  await closed.close();
});

const ask = (of: Door, path: string, init: RequestInit & { readonly origin?: string } = {}) => {
  const { origin = app, ...rest } = init;
  return fetch(`${of.issuer}${path}`, { ...rest, headers: { origin, ...init.headers }, redirect: 'manual' });
};
const preflight = (of: Door, path: string, method: string, headers = 'authorization', origin = app) =>
  ask(of, path, {
    method: 'OPTIONS',
    origin,
    headers: { 'access-control-request-method': method, 'access-control-request-headers': headers },
  });

const readable = ['/.well-known/openid-configuration', '/keys', '/token', '/userinfo'];

describe('scripts of a configured site (web.allowedOrigins)', () => {
  it.each(readable)('may read %s, without cookies', async (path) => {
    const response = await ask(door, path, { method: path === '/token' ? 'POST' : 'GET' });
    expect(response.headers.get('access-control-allow-origin')).toBe(app);
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    expect(response.headers.get('vary')).toMatch(/\bOrigin\b/);
  });

  it('are told so beforehand, with the headers that they may send', async () => {
    const response = await preflight(door, '/userinfo', 'GET');
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, POST');
    expect(response.headers.get('access-control-allow-headers')).toBe('Authorization');
  });

  it('may not send another method or header', async () => {
    for (const response of [
      await preflight(door, '/userinfo', 'DELETE'),
      await preflight(door, '/userinfo', 'GET', 'authorization, x-other'),
    ]) {
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(response.headers.get('access-control-allow-methods')).toBeNull();
    }
  });

  it.each(['/auth', '/logout', '/'])('may not read %s', async (path) => {
    const response = await ask(door, path);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('scripts of any other site', () => {
  it.each(['https://evil.example', 'http://spa.example', 'https://spa.example.evil', 'null'])(
    'from %s may read nothing',
    async (origin) => {
      for (const path of readable) {
        const response = await ask(door, path, { origin });
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
        const asked = await preflight(door, path, 'GET', 'authorization', origin);
        expect(asked.status).toBe(405);
        expect(asked.headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );

  it('may read nothing at all when no origin is configured', async () => {
    for (const path of readable) {
      const response = await ask(closed, path);
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it('may read everything there is for programs when * is configured', async () => {
    const open = await openDoor({ cors: { origins: ['*'], headers: ['Authorization'] } });
    try {
      const response = await ask(open, '/keys', { origin: 'https://anybody.example' });
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    } finally {
      await open.close();
    }
  });
});

describe('headers of the configuration (web.headers)', () => {
  it('come beside the ones that every answer has, and weaken none', async () => {
    const { headers } = await ask(door, '/');
    const policies = headers.get('content-security-policy') ?? '';
    expect(policies).toMatch(/^default-src 'none';/);
    expect(policies).toMatch(/, default-src 'self'$/);
    expect(headers.get('x-xss-protection')).toBe('1; mode=block');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });
});

describe('scripts of a configured site that are turned away', () => {
  it('may read why, when a host has begun too much (429)', async () => {
    let answer = await ask(door, '/device/code', {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'kubectl' }),
    });
    for (let begun = 1; answer.status === 200 && begun < 200; begun++) {
      answer = await ask(door, '/device/code', {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'kubectl' }),
      });
    }
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([429, app]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    // Whether they may ask at all is no arrival.
    expect((await preflight(door, '/device/code', 'POST')).status).toBe(204);
  });

  it('S-246: may read it when there is too much to do (503), which is told to people on a page', async () => {
    let overloaded = false;
    const busy = await openDoor({
      cors: { origins: [app], headers: ['Authorization'] },
      isOverloaded: () => overloaded,
    });
    onTestFinished(() => busy.close());
    expect((await ask(busy, '/keys')).status).toBe(200);
    overloaded = true;
    const token = await ask(busy, '/token', { method: 'POST' });
    expect([token.status, token.headers.get('retry-after')]).toEqual([503, '1']);
    expect(token.headers.get('access-control-allow-origin')).toBe(app);
    expect(await token.json()).toMatchObject({ error: 'temporarily_unavailable' });
    const page = await ask(busy, '/auth');
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    for (const probe of ['/healthz', '/readyz']) expect((await ask(busy, probe)).status).toBe(200);
  });
});
