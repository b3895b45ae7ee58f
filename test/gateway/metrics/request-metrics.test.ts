import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../src/gateway/index.ts';
import { createRequestMetrics } from '../../../src/gateway/metrics/index.ts';
import { resolveRequestInfo, serviceUnavailable } from '../../../src/kube/index.ts';
import { Registry } from '../../../src/telemetry/index.ts';
import { figure, scrape } from '../../telemetry/support/parse-exposition.ts';
import { policyFor, serveGateway } from '../support/gateway.ts';

const PODS = '/api/v1/namespaces/default/pods';
const POD_LABELS = { group: '', version: 'v1', resource: 'pods', subresource: '' };
const NAMELESS = { group: '', version: '', resource: '', subresource: '' };

describe('the figures of requests', () => {
  let registry: Registry;
  let time: number;
  let served: Awaited<ReturnType<typeof serveGateway>>;
  let open: ServerResponse[];

  const target: Target = {
    forward({ target: path, response }) {
      time += 30;
      if (path.includes('gone')) throw serviceUnavailable('the API server did not answer');
      if (path.includes('watch=1')) {
        response.writeHead(200).flushHeaders();
        open.push(response);
        return;
      }
      response.writeHead(path.includes('nowhere') ? 404 : 200).end('{}\n');
    },
    notReady: () => undefined,
    close: async () => {},
  };

  beforeEach(async () => {
    registry = new Registry();
    time = 0;
    open = [];
    const metrics = createRequestMetrics({ registry, authorizer: 'RBAC', now: () => time });
    served = await serveGateway({ target, metrics, policy: policyFor('jane', 'admin') });
  });

  afterEach(() => served.close());

  const ask = async (path: string, init?: RequestInit) => {
    const answer = await fetch(served.url + path, init);
    await answer.text();
    return answer.status;
  };
  /** The figures once all of `total` requests have closed: a client may have its answer a moment earlier. */
  async function figures(total: number) {
    for (;;) {
      const samples = await scrape(registry);
      const counted = samples.filter(({ name }) => name === 'apiserver_request_total');
      if (counted.reduce((sum, { value }) => sum + value, 0) >= total) return samples;
      await new Promise(setImmediate);
    }
  }

  it('tell verb, resource, scope and code', async () => {
    await ask(PODS);
    await ask(`${PODS}/web`);
    await ask(`${PODS}/web`);
    const samples = await figures(3);
    const list = { verb: 'LIST', ...POD_LABELS, scope: 'namespace' };
    const get = { verb: 'GET', ...POD_LABELS, scope: 'resource' };
    expect(figure(samples, 'apiserver_request_total', { ...list, code: '200' })).toBe(1);
    expect(figure(samples, 'apiserver_request_total', { ...get, code: '200' })).toBe(2);
    expect(figure(samples, 'apiserver_request_duration_seconds_count', get)).toBe(2);
    expect(figure(samples, 'apiserver_request_duration_seconds_bucket', { ...get, le: '0.025' })).toBe(0);
    expect(figure(samples, 'apiserver_request_duration_seconds_bucket', { ...get, le: '0.05' })).toBe(2);
  });

  it('tell authentication and decisions', async () => {
    await ask(PODS);
    expect(await ask('/api/v1/nodes')).toBe(403);
    const samples = await figures(2);
    const decisions = 'apiserver_authorization_decisions_total';
    expect(figure(samples, decisions, { type: 'RBAC', decision: 'allowed' })).toBe(1);
    expect(figure(samples, decisions, { type: 'RBAC', decision: 'denied' })).toBe(1);
    expect(figure(samples, 'authentication_attempts', { result: 'success' })).toBe(2);
    expect(figure(samples, 'authentication_attempts', { result: 'failure' })).toBe(0);
  });

  it('count a resource by name only once it was served', async () => {
    expect(await ask(`${PODS}/nowhere`)).toBe(404);
    expect(await ask(`${PODS}/gone`)).toBe(503);
    expect(await ask('/api/v1/nodes/x')).toBe(403);
    const get = { verb: 'GET', scope: 'resource' };
    const before = await figures(3);
    for (const code of ['404', '503', '403']) {
      expect(figure(before, 'apiserver_request_total', { ...get, ...NAMELESS, code })).toBe(1);
    }
    await ask(`${PODS}/web`);
    await ask(`${PODS}/nowhere`);
    const after = await figures(5);
    expect(figure(after, 'apiserver_request_total', { ...get, ...POD_LABELS, code: '404' })).toBe(1);
  });

  it('count a refusal of what could be read differently', async () => {
    expect(await ask('/api/v1//pods')).toBe(400);
    const samples = await figures(1);
    const labels = { verb: 'GET', ...NAMELESS, scope: '', code: '400' };
    expect(figure(samples, 'apiserver_request_total', labels)).toBe(1);
  });

  it('show what is open, and keep watches out of the durations', async () => {
    await ask(PODS);
    const labels = { verb: 'WATCH', ...POD_LABELS, scope: 'namespace' };
    const client = new AbortController();
    const watch = await fetch(`${served.url}${PODS}?watch=1`, { signal: client.signal });
    let samples = await figures(1);
    expect(figure(samples, 'apiserver_longrunning_requests', labels)).toBe(1);
    expect(figure(samples, 'apiserver_current_inflight_requests', { request_kind: 'readOnly' })).toBe(0);
    open[0]?.end();
    await watch.text();
    samples = await figures(2);
    expect(figure(samples, 'apiserver_longrunning_requests', labels)).toBe(0);
    expect(figure(samples, 'apiserver_request_total', labels)).toBe(1);
    expect(figure(samples, 'apiserver_request_duration_seconds_count', labels)).toBeUndefined();
  });

  it('count who leaves before the answer with code 0', async () => {
    await served.close();
    const arrived = Promise.withResolvers<void>();
    const silent: Target = { ...target, forward: () => arrived.resolve() };
    registry = new Registry();
    served = await serveGateway({
      target: silent,
      metrics: createRequestMetrics({ registry, authorizer: 'RBAC', now: () => time }),
    });
    const client = new AbortController();
    const left = fetch(`${served.url}${PODS}`, { signal: client.signal }).catch((error: Error) => error.name);
    await arrived.promise;
    const during = await scrape(registry);
    expect(figure(during, 'apiserver_current_inflight_requests', { request_kind: 'readOnly' })).toBe(1);
    client.abort();
    expect(await left).toBe('AbortError');
    const samples = await figures(1);
    expect(figure(samples, 'apiserver_request_total', { code: '0' })).toBe(1);
    expect(figure(samples, 'apiserver_current_inflight_requests', { request_kind: 'readOnly' })).toBe(0);
  });
});

describe('the number of figures', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'api',
      'apis',
      'v1',
      'namespaces',
      'default',
      'pods',
      'web',
      'exec',
      'status',
      'watch',
      'proxy',
    ),
    fc.stringMatching(/^[a-z0-9.-]{1,12}$/),
    fc.string({ minLength: 1, maxLength: 20 }).map(encodeURIComponent),
  );
  const method = fc.oneof(
    fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'),
    fc.stringMatching(/^[A-Z]{1,10}$/),
  );
  const path = fc.tuple(
    fc.constantFrom('/api/v1/', '/apis/', '/api/v1/namespaces/a/', '/'),
    fc.array(word, { minLength: 1, maxLength: 6 }),
  );

  /** Sends as many requests through the metrics as there are samples, all answered with `code`. */
  async function flood(registry: Registry, requests: number, decision: 'allow' | 'noOpinion', code: number) {
    const metrics = createRequestMetrics({ registry, authorizer: 'RBAC', now: () => 0 });
    const [...samples] = fc.sample(fc.tuple(method, path), requests);
    for (const [verb, [prefix, words]] of samples) {
      const response = Object.assign(new EventEmitter(), { headersSent: true, statusCode: code });
      const record = metrics.begin({ method: verb, headers: {} }, response);
      try {
        record.described(resolveRequestInfo(verb, prefix + words.join('/')));
        record.authenticated('authenticated');
        record.decided(decision);
      } catch {
        // A path that names no request is refused before; it is counted all the same.
      }
      response.emit('close');
    }
    return (await scrape(registry)).filter(({ name }) => name === 'apiserver_request_total');
  }

  it('does not grow with 10 000 random paths that are denied, or not found', async () => {
    for (const [decision, code] of [
      ['noOpinion', 403],
      ['allow', 404],
    ] as const) {
      const counted = await flood(new Registry(), 10_000, decision, code);
      expect(counted.reduce((sum, { value }) => sum + value, 0)).toBe(10_000);
      // Verbs by scopes, and nothing else.
      expect(counted.length).toBeLessThanOrEqual(9 * 4);
      expect(new Set(counted.map(({ labels }) => labels['resource']))).toEqual(new Set(['']));
    }
  });

  it('is bounded even where everything is allowed and found', async () => {
    const counted = await flood(new Registry(), 10_000, 'allow', 200);
    expect(counted.reduce((sum, { value }) => sum + value, 0)).toBe(10_000);
    const resources = new Set(
      counted.map(({ labels: { group, version, resource, subresource } }) =>
        [group, version, resource, subresource].join('/'),
      ),
    );
    expect(resources.size).toBeLessThanOrEqual(501);
    for (const { labels } of counted) {
      for (const name of ['group', 'version', 'resource', 'subresource']) {
        expect(labels[name]).toMatch(/^[a-z0-9.-]{0,63}$/);
      }
    }
  });
});

describe('an upgrade', () => {
  it('is counted with its 101, which no response has sent', async () => {
    const registry = new Registry();
    const metrics = createRequestMetrics({ registry, authorizer: 'RBAC', now: () => 0 });
    const response = Object.assign(new EventEmitter(), { headersSent: false, statusCode: 200 });
    const record = metrics.begin({ method: 'GET', headers: {} }, response);
    const exec = resolveRequestInfo('GET', `${PODS}/web/exec`);
    record.described(exec);
    // Asked twice, as when the second question had to be fetched.
    record.decided('allow');
    record.decided('allow');
    response.statusCode = 101;
    response.emit('close');
    const labels = { verb: 'CONNECT', ...POD_LABELS, subresource: 'exec', scope: 'resource', code: '101' };
    const samples = await scrape(registry);
    expect(figure(samples, 'apiserver_request_total', labels)).toBe(1);
    expect(figure(samples, 'apiserver_authorization_decisions_total', { decision: 'allowed' })).toBe(1);
  });
});
