import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
