import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { AuditBackend } from '../../../src/audit-log/index.ts';
import {
  createHttpTarget,
  createReadiness,
  createServiceLimits,
  createTokenAuthenticator,
} from '../../../src/gateway/index.ts';
import { createAuditMetrics, createGatewayMetrics } from '../../../src/gateway/metrics/index.ts';
import { createStaticKeySource } from '../../../src/jwt/index.ts';
import { Registry } from '../../../src/telemetry/index.ts';
import { figure, scrape } from '../../telemetry/support/parse-exposition.ts';
import { createECKey, signToken } from '../authenticate/sign-token.ts';
import { recordingUpstream, serveGateway, wideLimits } from '../support/gateway.ts';

describe('the figures of tokens', () => {
  it('tell remembered ones from verified ones, and these by result', async () => {
    const registry = new Registry();
    let time = 0;
    const key = createECKey('ours');
    const keySet = { keys: [key.jwk] };
    const authenticator = createTokenAuthenticator({
      issuers: [
        {
          authenticator: {
            issuer: { url: 'https://idp.example', audiences: ['kubernetes'] },
            claimValidationRules: [],
            claimMappings: { username: { claim: 'sub', prefix: '' } },
          },
          keys: createStaticKeySource(() => keySet),
        },
      ],
      now: () => 0,
      observer: createGatewayMetrics(registry, () => (time += 1)).of(undefined, 'RBAC').tokens,
    });
    const claims = { iss: 'https://idp.example', aud: 'kubernetes', sub: 'jane', exp: 600 };
    const token = signToken(key, claims);
    for (let at = 0; at < 3; at++) await authenticator.authenticate(token);
    await authenticator.authenticate(signToken(key, { ...claims, aud: 'other' }));
    await authenticator.authenticate('opaque');
    const samples = await scrape(registry);
    expect(figure(samples, 'authentication_token_cache_request_total', { status: 'hit' })).toBe(2);
    expect(figure(samples, 'authentication_token_cache_request_total', { status: 'miss' })).toBe(3);
    const verified = 'sallyport_token_verification_duration_seconds';
    for (const result of ['authenticated', 'refused', 'notMine']) {
      expect(figure(samples, `${verified}_count`, { result }), result).toBe(1);
      expect(figure(samples, `${verified}_sum`, { result }), result).toBeCloseTo(0.001);
    }
  });
});

describe('the figures of the API server', () => {
  it('tell how long it takes, and why it did not answer', async () => {
    const registry = new Registry();
    let time = 0;
    const { upstream: metrics } = createGatewayMetrics(registry, () => (time += 2)).of(undefined, 'RBAC');
    let status = 200;
    const upstream = await recordingUpstream(() => ({ status }));
    const target = createHttpTarget({
      server: upstream.url,
      token: () => 'own',
      log: { warn() {} },
      metrics,
    });
    const gateway = await serveGateway({ target });
    try {
      const ask = async () => (await fetch(`${gateway.url}/api/v1/pods`)).status;
      expect(await ask()).toBe(200);
      status = 401;
      expect(await ask()).toBe(503);
      await upstream.close();
      expect(await ask()).toBe(503);
      const samples = await scrape(registry);
      expect(figure(samples, 'sallyport_upstream_request_duration_seconds_count')).toBe(2);
      expect(figure(samples, 'sallyport_upstream_request_duration_seconds_bucket', { le: '0.0025' })).toBe(2);
      expect(figure(samples, 'sallyport_upstream_failures_total', { reason: 'credentials' })).toBe(1);
      expect(figure(samples, 'sallyport_upstream_failures_total', { reason: 'unreachable' })).toBe(1);
    } finally {
      await gateway.close();
      await target.close();
    }
  });
});

describe('the figures of auditing', () => {
  it('tell events that were given to the log, and those that were lost', async () => {
    const registry = new Registry();
    const metrics = createAuditMetrics(registry);
    const lines: string[] = [];
    const backend: AuditBackend = {
      durability: 'each',
      refusing: () => false,
      offer: (line) => line !== 'refused' && lines.push(line) > 0,
      write: (line) => void lines.push(line),
      writeFirst: (line) => void lines.push(line),
      flush() {},
      close() {},
    };
    const counted = metrics.counted(backend);
    expect([counted.offer('a'), counted.offer('refused')]).toEqual([true, false]);
    counted.write('b');
    metrics.lost(3);
    expect(lines).toEqual(['a', 'b']);
    const samples = await scrape(registry);
    expect(figure(samples, 'apiserver_audit_event_total')).toBe(2);
    expect(figure(samples, 'apiserver_audit_error_total', { plugin: 'log' })).toBe(4);
  });
});

describe('the figures of the state', () => {
  it('are those at the time of reading', async () => {
    const registry = new Registry();
    const metrics = createGatewayMetrics(registry, () => 0).of(undefined, 'RBAC');
    let failure: string | undefined = 'not known';
    let age: number | undefined;
    metrics.show({
      turns: { inFlight: () => 4, waiting: () => 2 },
      openStreams: () => 7,
      policyAge: () => age,
      manifests: { upToDate: () => failure === undefined, appliedAt: () => 5_000 },
      issuers: () => ({ total: 3, withoutKeys: 1 }),
      readiness: createReadiness([{ name: 'policy', failing: () => failure }]),
    });
    let samples = await scrape(registry);
    expect(figure(samples, 'sallyport_open_streams')).toBe(7);
    expect(figure(samples, 'sallyport_policy_sync_age_seconds')).toBeUndefined();
    expect(figure(samples, 'sallyport_policy_manifests_last_reload_successful')).toBe(0);
    expect(figure(samples, 'sallyport_policy_manifests_last_reload_success_timestamp_seconds')).toBe(5);
    expect(figure(samples, 'sallyport_issuers', { keys: 'loaded' })).toBe(2);
    expect(figure(samples, 'sallyport_issuers', { keys: 'missing' })).toBe(1);
    expect(figure(samples, 'kubernetes_healthcheck', { name: 'policy', type: 'readyz' })).toBe(0);
    failure = undefined;
    age = 2_500;
    samples = await scrape(registry);
    expect(figure(samples, 'sallyport_policy_sync_age_seconds')).toBe(2.5);
    expect(figure(samples, 'sallyport_policy_manifests_last_reload_successful')).toBe(1);
    expect(figure(samples, 'kubernetes_healthcheck', { name: 'policy', type: 'readyz' })).toBe(1);
  });
});

describe('the figures of several clusters', () => {
  it('are told apart by their names', async () => {
    const registry = new Registry();
    const metrics = createGatewayMetrics(registry, () => 0);
    const [root, east] = [metrics.of(undefined, 'RBAC'), metrics.of('east', 'RBAC')];
    root.upstream.failed('unreachable');
    for (let at = 0; at < 2; at++) east.upstream.failed('unreachable');
    const samples = await scrape(registry);
    const failures = (cluster: string) =>
      figure(samples, 'sallyport_upstream_failures_total', { cluster, reason: 'unreachable' });
    expect([failures(''), failures('east')]).toEqual([1, 2]);
  });
});

describe('the figures of the limits', () => {
  it('tell how often, never whom', async () => {
    const registry = new Registry();
    const { limits } = createGatewayMetrics(registry, () => 0);
    for (const limit of ['queue-full', 'queue-full', 'cancelled', 'body'] as const)
      limits.refused(limit, 'jane');
    limits.waited(30);
    const samples = await scrape(registry);
    const rejected = 'apiserver_flowcontrol_rejected_requests_total';
    expect(figure(samples, rejected, { reason: 'queue-full' })).toBe(2);
    expect(figure(samples, rejected, { reason: 'cancelled' })).toBe(1);
    expect(figure(samples, 'sallyport_limits_reached_total', { limit: 'body' })).toBe(1);
    expect(figure(samples, 'apiserver_flowcontrol_request_wait_duration_seconds_sum')).toBe(0.03);
    expect(JSON.stringify(samples)).not.toContain('jane');
  });
});

describe('a counted audit backend', () => {
  it('passes on what it is told, and counts when the storage has answered', async () => {
    const registry = new Registry();
    const told: unknown[] = [];
    const backend = createAuditMetrics(registry).counted({
      durability: 'each',
      refusing: () => false,
      offer: async (line) => line === 'good',
      write: (line) => void told.push(line),
      writeFirst: (line) => Promise.resolve(void told.push(`first ${line}`)),
      flush() {},
      close() {},
    });
    expect([await backend.offer('good'), await backend.offer('bad')]).toEqual([true, false]);
    expect(backend.writeFirst('a')).toBeInstanceOf(Promise);
    backend.write('b');
    expect(told).toEqual(['first a', 'b']);
    const samples = await scrape(registry);
    expect(figure(samples, 'apiserver_audit_event_total')).toBe(3);
    expect(figure(samples, 'apiserver_audit_error_total')).toBe(1);
  });
});

describe('the figures of services', () => {
  it('tell the turns at each: in flight, waiting, and streams; of two doors to one address together', async () => {
    const registry = new Registry();
    const { services } = createGatewayMetrics(registry, () => 0);
    const limits = createServiceLimits({
      limits: { ...wideLimits, concurrency: 2, concurrencyPerUser: 1 },
      events: { refused() {}, waited() {} },
      now: () => 0,
    });
    services.show('http://grafana:3000', limits);
    services.show('http://grafana:3000', { inFlight: () => 10, waiting: () => 0, streams: () => 0 });
    const responses = Array.from({ length: 4 }, () => new ServerResponse(new IncomingMessage(new Socket())));
    const [first, second, socket, other] = responses as [
      ServerResponse,
      ServerResponse,
      ServerResponse,
      ServerResponse,
    ];
    const user = { username: 'jane', groups: [] };
    void limits.admit('request', user, first);
    void limits.admit('request', user, second);
    void limits.admit('webSocket', user, socket);
    void limits.admit('request', { username: 'bob', groups: [] }, other);
    const told = async () => {
      const samples = await scrape(registry);
      return ['requests_in_flight', 'requests_waiting', 'open_streams'].map((name) =>
        figure(samples, `sallyport_service_${name}`, { upstream: 'http://grafana:3000' }),
      );
    };
    expect(await told()).toEqual([12, 1, 1]);
    for (const response of responses) response.emit('close');
    expect(await told()).toEqual([10, 0, 0]);
  });
});
