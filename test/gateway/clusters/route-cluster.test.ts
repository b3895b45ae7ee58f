import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClusterTable, routeCluster } from '../../../src/gateway/clusters/index.ts';
import { StatusError } from '../../../src/kube/index.ts';

const table: ClusterTable<string> = {
  root: 'root',
  byName: new Map([
    ['prod', 'prod'],
    ['stage', 'stage'],
    // All together, which no cluster can be called.
    ['-', 'all'],
  ]),
  byServerName: new Map([['prod.example', 'prod']]),
};

function request(url: string, { sni, host = 'gw' }: { sni?: string; host?: string } = {}): IncomingMessage {
  const headers = { host };
  return { url, headers, httpVersionMajor: 1, socket: { servername: sni ?? false } } as never;
}

function refusal(url: string, options?: Parameters<typeof request>[1]): { code: number; message: string } {
  try {
    routeCluster(table, request(url, options));
  } catch (error) {
    if (error instanceof StatusError) return { code: error.status.code, message: error.status.message ?? '' };
    throw error;
  }
  throw new Error('was not refused');
}

describe('the cluster that a request is for', () => {
  it.each([
    ['/api/v1/pods', 'root', '/api/v1/pods'],
    ['/clusters/prod/api/v1/pods?watch=true', 'prod', '/api/v1/pods?watch=true'],
    ['/clusters/prod/api/v1/pods/%61', 'prod', '/api/v1/pods/%61'],
    ['/clusters/prod', 'prod', '/'],
    ['/clusters/prod/', 'prod', '/'],
    ['/clusters/prod?timeout=1s', 'prod', '/?timeout=1s'],
    ['/clusters/stage/clusters/prod/api', 'stage', '/clusters/prod/api'],
    ['/clusters/-/api/v1/pods?limit=5', 'all', '/api/v1/pods?limit=5'],
    ['/clustersprod/api', 'root', '/clustersprod/api'],
  ])('%s', (url, cluster, target) => {
    expect(routeCluster(table, request(url))).toEqual({ cluster, target });
  });

  it('is that of the server name of the connection, when the path names none', () => {
    const by = { sni: 'PROD.example', host: 'prod.example:8443' };
    expect(routeCluster(table, request('/api', { sni: 'prod.example', host: '10.0.0.1' })).cluster).toBe(
      'prod',
    );
    expect(routeCluster(table, request('/api', by))).toEqual({ cluster: 'prod', target: '/api' });
    expect(routeCluster(table, request('/clusters/prod/api', by))).toEqual({
      cluster: 'prod',
      target: '/api',
    });
  });

  it.each([
    [
      'S-202 the path and the server name',
      '/clusters/stage/api',
      { sni: 'prod.example', host: 'prod.example' },
    ],
    ['S-202 the Host and the server name', '/api', { sni: 'gw', host: 'prod.example' }],
    ['S-202 the Host and no server name', '/api', { host: 'prod.example' }],
    ['S-202 the Host and another name', '/clusters/stage/api', { sni: 'gw', host: 'prod.example:1' }],
  ])('is nobody’s when %s differ', (_name, url, by) => {
    expect(refusal(url, by)).toMatchObject({
      code: 400,
      message: expect.stringContaining('names another cluster'),
    });
  });

  it('S-172 is found for a line of HTTP/1 that says HTTP/2.0, which node:http takes', () => {
    const forged = { ...request('/api', { sni: 'prod.example', host: 'prod.example' }), httpVersionMajor: 2 };
    expect(routeCluster(table, forged as never)).toEqual({ cluster: 'prod', target: '/api' });
  });

  it.each([
    '/clusters/',
    '/clusters/none/api',
    '/clusters/PROD/api',
    '/clusters/__proto__/api',
    '/clusters/prod%61/api',
  ])('is unknown for %s', (url) => expect(refusal(url).code).toBe(404));

  it.each([
    '/clusters/prod/../stage/api',
    '/clusters/prod%2fapi',
    '/clusters//api',
    '/clusters/prod//api',
    '/clusters/./prod',
  ])('S-203 is not guessed from %s', (url) =>
    expect(refusal(url)).toMatchObject({ code: 400, message: expect.stringContaining('ambiguous') }),
  );

  it('S-203 leaves the rest as it came', () => {
    const rest = fc.stringMatching(/^(?:\/[a-z%41-]{1,8}){1,5}(?:\?[!-"$-~]{0,20})?$/);
    fc.assert(
      fc.property(rest, (text) => {
        const url = `/clusters/prod${text}`;
        let routed: string | undefined;
        try {
          routed = routeCluster(table, request(url)).target;
        } catch (error) {
          expect(error).toBeInstanceOf(StatusError);
          return;
        }
        expect(routed).toBe(text);
      }),
    );
  });
});
