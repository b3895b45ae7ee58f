import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestHandler } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { createShortcut } from '../../src/identity/shortcut.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(...handlers: RequestHandler[]) {
  const server = createServer(
    createShortcut((_req, res) => res.end('by the routes'), {
      method: 'POST',
      base: '/dex',
      path: '/token',
      handlers,
      onError: (error, _req, res, _next) => res.writeHead(500).end(String(error)),
    }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return async (method: string, path: string): Promise<string> => {
    const asked = request({ port, method, path, agent: false }).end();
    const [answer] = await once(asked, 'response');
    let text = '';
    for await (const chunk of answer) text += chunk;
    return text;
  };
}

describe('a shortcut', () => {
  it('tells its handlers, one after the other, what Express would', async () => {
    const ask = await serve(
      (_req, res, next) => {
        res.setHeader('x-first', '1');
        next();
      },
      ({ path, url, originalUrl, baseUrl }, res) => {
        res.end(JSON.stringify({ path, url, originalUrl, baseUrl, first: res.getHeader('x-first') }));
      },
    );
    expect(JSON.parse(await ask('POST', '/dex/token'))).toEqual({
      path: '/token',
      url: '/token',
      originalUrl: '/dex/token',
      baseUrl: '/dex',
      first: '1',
    });
  });

  it.each([
    ['GET', '/dex/token'],
    ['POST', '/token'],
    ['POST', '/dex/token?a'],
    ['POST', '/dex/token/'],
    ['POST', '/dex//token'],
  ])('leaves %s %s to the routes', async (method, path) => {
    const ask = await serve(() => expect.unreachable());
    expect(await ask(method, path)).toBe('by the routes');
  });

  it.each<[string, RequestHandler]>([
    [
      'thrown',
      () => {
        throw new Error('broken');
      },
    ],
    ['passed on', (_req, _res, next) => next(new Error('broken'))],
  ])('has an error that was %s answered', async (_how, handler) => {
    const ask = await serve(
      (_req, _res, next) => next(),
      handler,
      () => expect.unreachable(),
    );
    expect(await ask('POST', '/dex/token')).toBe('Error: broken');
  });
});
