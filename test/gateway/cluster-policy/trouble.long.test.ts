import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { attributes, binding, follow, startApi, until } from './support.ts';

const PODS = '/api/v1/namespaces/default/pods';

function status(response: ServerResponse, code: number, headers: Record<string, string> = {}): true {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ kind: 'Status', code, message: 'internal 10.0.0.1' }));
  return true;
}

describe('until the policy is known', () => {
  it.each([
    [403, "the gateway's account may not list and watch rolebindings in all namespaces"],
    [401, "the API server does not take the gateway's credentials"],
    [500, "the API server's answer can't be used (HTTP 500)"],
    [410, "the API server's answer can't be used (HTTP 410)"],
  ])('HTTP %i for one kind is told, and overcome when it ends', async (code, told) => {
    let broken = true;
    const api = await startApi({
      answer: (request, response) =>
        broken && request.url?.includes('/rolebindings?') === true && status(response, code),
    });
    const { followed } = follow(api.url);
    await until(() => followed.synced() === `the cluster's rolebindings are not known: ${told}`);
    broken = false;
    await until(() => followed.synced() === undefined);
    expect(api.lists('rolebindings')).toBeGreaterThan(1);
  });

  it('a server that nobody hears from is told, without where it is', async () => {
    const { followed, logged } = follow('http://127.0.0.1:1');
    await until(() => logged.length > 8);
    expect(followed.synced()).toBe("the cluster's roles are not known: the API server does not answer");
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['no list', '{"kind":"Status","metadata":{}}'],
    ['no names', '{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{}}]}'],
    ['pages in a circle', '{"metadata":{"resourceVersion":"1","continue":"x"},"items":[]}'],
  ])('an answer that is %s is no policy', async (_, body) => {
    let broken = true;
    const api = await startApi({
      answer(request, response) {
        if (!broken || request.url?.includes('/roles?') !== true) return false;
        response.end(body);
        return true;
      },
    });
    const { followed, logged } = follow(api.url);
    await until(() => logged.some((line) => line.includes('interrupted')));
    expect(followed.synced()).toMatch(/^the cluster's roles are not known/);
    broken = false;
    await until(() => followed.synced() === undefined);
  });
});

describe('a watch', () => {
  /** The first watch of clusterrolebindings answers with these lines and ends or stays open; later ones are real. */
  async function scripted(lines: string, end = true) {
    let first = true;
    const api = await startApi({
      answer(request, response) {
        if (!first || request.url?.includes('/clusterrolebindings?watch') !== true) return false;
        first = false;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(lines);
        if (end) response.end();
        return true;
      },
    });
    await api.send('POST', '/clusterrolebindings', binding('', 'c', 'jane', 'ClusterRole', 'view'));
    const followed = follow(api.url);
    await until(() => api.watches('clusterrolebindings').length >= 2);
    await until(() => followed.policy.authorize(attributes('jane', PODS)).decision === 'allow');
    return { ...followed, api };
  }
  const object = { metadata: { name: 'c', resourceVersion: '1' } };
  const event = (type: string, of: object = object) => `${JSON.stringify({ type, object: of })}\n`;

  it('goes on from its last bookmark', async () => {
    const { api } = await scripted(event('BOOKMARK', { metadata: { resourceVersion: '3' } }));
    expect(api.watches('clusterrolebindings')[1]).toContain('resourceVersion=3&');
    expect(api.lists('clusterrolebindings')).toBe(1);
  });

  it('whose last line is cut goes on before it', async () => {
    const { api } = await scripted(
      `${event('BOOKMARK', { metadata: { resourceVersion: '3' } })}{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"4"}}}`,
    );
    expect(api.watches('clusterrolebindings')[1]).toContain('resourceVersion=3&');
  });

  it.each([
    ['ERROR with 410', event('ERROR', { kind: 'Status', code: 410, message: 'too old' })],
    ['ERROR with 504', event('ERROR', { kind: 'Status', code: 504, message: 'too large' })],
    ['ERROR with 500', event('ERROR', { kind: 'Status', code: 500, message: 'no previous value' })],
    ['no JSON', 'nonsense\n'],
    ['an unknown type', event('SURPRISE')],
    ['an object without a version', event('ADDED', { metadata: { name: 'x' } })],
    ['a line beyond all measure', 'x'.repeat((4 << 20) + 1)],
  ])('with %s leads to a new list', async (_, lines) => {
    const { api, logged } = await scripted(lines, false);
    expect(api.lists('clusterrolebindings')).toBe(2);
    expect(logged.some((line) => line.includes('interrupted'))).toBe(true);
  });

  it('that is silent for too long is given up, and goes on where it was', async () => {
    const timers = new Map<() => void, number>();
    const api = await startApi();
    const { followed } = follow(api.url, {
      schedule(ms, callback) {
        if (ms === 150_000) {
          timers.set(callback, ms);
          return () => timers.delete(callback);
        }
        const timer = setTimeout(callback, ms / 50);
        return () => clearTimeout(timer);
      },
    });
    await until(() => followed.synced() === undefined && api.openWatches().length === 4);
    await until(() => timers.size === 4);
    for (const fire of [...timers.keys()]) fire();
    await until(() => api.watches('roles').length === 2 && api.openWatches().length === 4);
    expect(api.lists('roles')).toBe(1);
  });

  it('that is refused again and again is replaced by lists', async () => {
    const api = await startApi({
      answer: (request, response) => request.url?.includes('watch=true') === true && status(response, 403),
    });
    await api.send('POST', '/clusterrolebindings', binding('', 'c', 'joe', 'ClusterRole', 'view'));
    const { policy } = follow(api.url);
    await until(() => policy.authorize(attributes('joe', PODS)).decision === 'allow');
    await api.send('DELETE', '/clusterrolebindings/c');
    await until(() => policy.authorize(attributes('joe', PODS)).decision !== 'allow');
  });

  it('that the server ends at once is not asked for in a loop', async () => {
    const waits: number[] = [];
    const api = await startApi({
      answer(request, response) {
        if (request.url?.includes('watch=true') !== true) return false;
        response.end();
        return true;
      },
    });
    follow(api.url, {
      random: () => 0,
      schedule(ms, callback) {
        if (ms < 60_000) waits.push(ms);
        const timer = setTimeout(callback, ms >= 60_000 ? ms : ms / 50);
        return () => clearTimeout(timer);
      },
    });
    await until(() => waits.length >= 16);
    expect(waits.filter((ms) => ms === 250)).toHaveLength(4);
    expect(Math.min(...waits)).toBe(250);
    expect(Math.max(...waits)).toBeGreaterThanOrEqual(2000);
  });

  it('waits as long as the server asks for', async () => {
    const waits: number[] = [];
    const api = await startApi({
      answer: (request, response) =>
        request.url?.includes('/roles?watch') === true && status(response, 429, { 'retry-after': '7' }),
    });
    follow(api.url, {
      schedule(ms, callback) {
        waits.push(ms);
        const timer = setTimeout(callback, ms >= 60_000 ? ms : ms / 50);
        return () => clearTimeout(timer);
      },
    });
    await until(() => waits.includes(7000));
    expect(api.lists('roles')).toBe(1);
  });
});
