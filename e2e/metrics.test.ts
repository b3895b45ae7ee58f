import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMarkdown } from '../test/docs/markdown.ts';
import { createECKey, signToken } from '../test/gateway/authenticate/sign-token.ts';
import { figure, parseText } from '../test/telemetry/support/parse-exposition.ts';
import { freePort } from './support/free-port.ts';
import { askGateway } from './support/gateway-request.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

const REFERENCE = resolve(import.meta.dirname, '../docs/reference/metrics.md');
/** What the guide shows of a gateway whose API server is away. */
const SHOWN =
  readMarkdown('docs/how-to/monitor.md').blocks.find(({ language }) => language === 'console')?.text ?? '';
/** Conditions take seconds to become true; looking costs a request. */
const BETWEEN_LOOKS_MS = 50;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

const RBAC = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: viewers }
subjects: [{ kind: User, name: jane, apiGroup: rbac.authorization.k8s.io }]
roleRef: { kind: ClusterRole, name: view, apiGroup: rbac.authorization.k8s.io }
`;

/** Listens on a port that may be given up and taken again. */
function listenOn(port: number, answer: (url: string, response: ServerResponse) => void): Promise<Server> {
  const server = createServer((request, response) => answer(request.url ?? '', response));
  return new Promise((done) => server.listen(port, '127.0.0.1', () => done(server)));
}

async function endOf(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}

/** A gateway in front of a stub of an API server, for the tokens of a stub of an issuer. */
describe('what is told to operators', () => {
  const key = createECKey('issuer');
  let sallyport: Sallyport;
  let telemetry: string;
  let api: Server;
  let apiPort: number;
  let issuer: Server | undefined;
  let issuerPort: number;
  let probes = 0;
  const traces: unknown[] = [];

  const startApi = () =>
    new Promise<Server>((done) => {
      const server = createServer((request, response) => {
        if (request.url === '/readyz') probes += 1;
        else traces.push(request.headers['traceparent']);
        response.writeHead(request.url?.includes('nowhere') ? 404 : 200, {
          'Content-Type': 'application/json',
        });
        if (request.url?.includes('watch=1')) response.flushHeaders();
        else response.end('{}\n');
      });
      server.listen(apiPort, '127.0.0.1', () => done(server));
    });

  beforeAll(async () => {
    const [telemetryPort, ...others] = [await freePort(), await freePort(), await freePort()];
    [apiPort = 0, issuerPort = 0] = others;
    telemetry = `http://127.0.0.1:${telemetryPort}`;
    api = await startApi();
    sallyport = await startSallyport(
      (config) =>
        config
          .replace(
            '  target: embedded\n',
            `  target: { server: 'http://127.0.0.1:${apiPort}', tokenFile: own-token }\n`,
          )
          .replace('manifests: [demo/rbac]', 'manifests: [rbac.yaml]')
          .replace(
            'authenticationConfig: demo/authentication.yaml',
            'authenticationConfig: authentication.yaml',
          )
          .replace(/ {2}embedded:\n {4}namespaces: \[dev\]\n/, '')
          .concat(
            `\ntelemetry: { http: '127.0.0.1:${telemetryPort}' }\nlogger: { level: debug, format: json }\n`,
          ),
      {
        files: {
          'config/own-token': 'own-secret-token',
          'config/rbac.yaml': RBAC,
          'config/authentication.yaml': `
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
  - issuer: { url: 'http://127.0.0.1:${issuerPort}', audiences: [kubernetes] }
    claimMappings: { username: { claim: sub, prefix: '' } }
`,
        },
      },
    );
  });

  afterAll(async () => {
    await sallyport?.dispose();
    await Promise.all([api, issuer].map((server) => server && endOf(server)));
  });

  const token = () =>
    signToken(key, {
      iss: `http://127.0.0.1:${issuerPort}`,
      aud: 'kubernetes',
      sub: 'jane',
      exp: Math.floor(Date.now() / 1000) + 600,
      jti: 'one',
    });
  let janes = '';
  const ask = async (path: string, headers: Record<string, string> = {}) =>
    (await askGateway(sallyport, path, { headers: { authorization: `Bearer ${janes}`, ...headers } })).status;
  const scrape = async () => parseText(await (await fetch(`${telemetry}/metrics`)).text());
  const verbose = async () => (await askGateway(sallyport, '/readyz?verbose')).body;
  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await pause(BETWEEN_LOOKS_MS);
  }

  it('names the issuer’s keys while they are missing, and is ready with them', async () => {
    await until(async () => (await verbose()).includes('[+]upstream ok'));
    expect(await verbose()).toBe(
      '[+]policy ok\n[-]issuer-keys failed: the keys of 1 of 1 issuers are not loaded\n[+]upstream ok\nreadyz check failed\n',
    );
    expect((await askGateway(sallyport, '/readyz')).status).toBe(503);
    const { status, text } = await probe('/healthz/ready');
    expect([status, text]).toEqual([503, 'issuer-keys: the keys of 1 of 1 issuers are not loaded']);
    expect(await probe('/healthz/live')).toEqual({ status: 200, text: 'ok' });

    issuer = await listenOn(issuerPort, (url, response) => {
      const own = `http://127.0.0.1:${issuerPort}`;
      const document = url === '/keys' ? { keys: [key.jwk] } : { issuer: own, jwks_uri: `${own}/keys` };
      response.end(JSON.stringify(document));
    });
    await until(async () => (await askGateway(sallyport, '/readyz')).body === 'ok');
    expect(await verbose()).toBe('[+]policy ok\n[+]issuer-keys ok\n[+]upstream ok\nreadyz check passed\n');
    expect(await probe('/healthz/ready')).toEqual({ status: 200, text: 'ok' });
  });

  const probe = async (path: string) => {
    const answer = await fetch(telemetry + path);
    return { status: answer.status, text: await answer.text() };
  };

  it('counts requests as kube-apiserver does', async () => {
    janes = token();
    const pods = '/api/v1/namespaces/default/pods';
    expect(await ask(pods)).toBe(200);
    expect(await ask(`${pods}/web`)).toBe(200);
    expect(await ask(`${pods}/nowhere`)).toBe(404);
    expect(await ask('/api/v1/secrets')).toBe(403);
    expect(await ask(pods, { authorization: 'Bearer nonsense' })).toBe(401);
    expect(await ask('/api/v1//pods')).toBe(400);

    const samples = await scrape();
    const get = {
      verb: 'GET',
      group: '',
      version: 'v1',
      resource: 'pods',
      subresource: '',
      scope: 'resource',
    };
    const total = 'apiserver_request_total';
    expect(figure(samples, total, { ...get, code: '200' })).toBe(1);
    expect(figure(samples, total, { ...get, code: '404' })).toBe(1);
    expect(figure(samples, total, { ...get, verb: 'LIST', scope: 'namespace', code: '200' })).toBe(1);
    expect(figure(samples, total, { verb: 'LIST', resource: '', scope: 'cluster', code: '403' })).toBe(1);
    expect(figure(samples, total, { code: '401' })).toBe(1);
    expect(figure(samples, total, { code: '400' })).toBe(1);
    expect(figure(samples, 'apiserver_request_duration_seconds_count', get)).toBe(2);
    expect(figure(samples, 'apiserver_authorization_decisions_total', { decision: 'allowed' })).toBe(3);
    expect(figure(samples, 'apiserver_authorization_decisions_total', { decision: 'denied' })).toBe(1);
    expect(figure(samples, 'authentication_attempts', { result: 'success' })).toBe(4);
    expect(figure(samples, 'authentication_attempts', { result: 'failure' })).toBe(1);
    expect(figure(samples, 'authentication_token_cache_request_total', { status: 'hit' })).toBe(3);
    expect(figure(samples, 'authentication_token_cache_request_total', { status: 'miss' })).toBe(2);
    expect(figure(samples, 'sallyport_upstream_request_duration_seconds_count')).toBe(3);
    expect(figure(samples, 'sallyport_issuers', { keys: 'loaded' })).toBe(1);
    expect(figure(samples, 'sallyport_policy_manifests_last_reload_successful')).toBe(1);
    expect(figure(samples, 'kubernetes_healthcheck', { name: 'upstream', type: 'readyz' })).toBe(1);
    expect(figure(samples, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('counts what the identity provider does, and how long its storage takes', async () => {
    const grants = { grant_type: 'refresh_token', client_id: 'kubectl', refresh_token: 'guessed' };
    const answer = await fetch(`${sallyport.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams(grants),
    });
    expect(answer.status).toBe(400);
    const refused = { grant_type: 'refresh_token', result: 'invalid_grant' };
    const timed = { endpoint: 'token', code: '400' };
    const duration = 'sallyport_identity_request_duration_seconds_count';
    await until(async () => figure(await scrape(), duration, timed) === 1);
    const samples = await scrape();
    expect(figure(samples, 'sallyport_identity_token_requests_total', refused)).toBe(1);
    expect(figure(samples, 'sallyport_identity_signing_key_age_seconds')).toBeGreaterThan(0);
    expect(figure(samples, 'sallyport_identity_sessions')).toBe(0);
    expect(figure(samples, 'sallyport_identity_password_hashes', { state: 'waiting' })).toBe(0);
    expect(figure(samples, 'sallyport_identity_backchannel_logouts_waiting')).toBe(0);
    const gets = { operation: 'get' };
    expect(figure(samples, 'sallyport_store_operation_duration_seconds_count', gets)).toBeGreaterThan(0);
  });

  it('shows an open watch', async () => {
    const client = new AbortController();
    const watch = askGateway(sallyport, '/api/v1/pods?watch=1', {
      headers: { authorization: `Bearer ${janes}` },
      signal: client.signal,
    }).catch((error: Error) => error.name);
    const watches = { verb: 'WATCH', resource: 'pods' };
    const open = async () => figure(await scrape(), 'apiserver_longrunning_requests', watches);
    await until(async () => (await open()) === 1);
    expect(figure(await scrape(), 'sallyport_open_streams')).toBe(1);
    client.abort();
    expect(await watch).toBe('AbortError');
    await until(async () => (await open()) === 0);
  });

  it('is described in the reference, every metric of it', async () => {
    const text = await (await fetch(`${telemetry}/metrics`)).text();
    const served = [...text.matchAll(/^# TYPE (\w+)/gm)].map((match) => match[1]);
    const reference = await readFile(REFERENCE, 'utf8');
    const [onLinux = ''] = /^On Linux.*$/m.exec(reference) ?? [];
    const described = [...reference.matchAll(/^\| `(\w+)`/gm), ...onLinux.matchAll(/`(\w+)`/g)].map(
      (match) => match[1],
    );
    expect(served.sort()).toEqual(described.sort());
  });

  it('S-273 names no person, token, object or address', async () => {
    const text = await (await fetch(`${telemetry}/metrics`)).text();
    // The pod's name as a label: webhooks have metrics, too.
    for (const secret of ['jane', 'own-secret-token', 'nonsense', janes, '"web', 'default', '127.0.0.1']) {
      expect(text).not.toContain(secret);
    }
  });

  it('tells of manifests that were not taken', async () => {
    const file = join(sallyport.directory, 'config/rbac.yaml');
    const reloaded = async () => figure(await scrape(), 'sallyport_policy_manifests_last_reload_successful');
    await writeFile(file, 'kind: [');
    await until(async () => (await reloaded()) === 0);
    await writeFile(file, RBAC);
    await until(async () => (await reloaded()) === 1);
  });

  it('passes a trace on, and names it in the log', async () => {
    traces.length = 0;
    const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
    await ask('/api/v1/pods', { traceparent });
    await ask('/api/v1/pods', { traceparent: `${traceparent}-more` });
    expect(traces).toEqual([traceparent, undefined]);
    await ask('/api/v1/pods', { traceparent, authorization: 'Bearer nonsense', 'audit-id': 'traced' });
    await until(async () => sallyport.stderr().includes('"auditId":"traced"'));
    const line = sallyport
      .stderr()
      .split('\n')
      .find((text) => text.includes('"auditId":"traced"'));
    expect(JSON.parse(line ?? '')).toMatchObject({ traceId: TRACE, msg: 'authentication failed' });
  });

  it('S-199 serves nothing else there', async () => {
    for (const path of ['/', '/metrics/', '/api/v1/pods', '/readyz', '/debug/pprof/']) {
      expect((await probe(path)).status, path).toBe(404);
    }
    expect((await askGateway(sallyport, '/metrics')).status).toBe(401);
  });

  it('S-256 is not ready without the API server, still answers, and comes back with it', async () => {
    await endOf(api);
    expect(await ask('/api/v1/pods')).toBe(503);
    await until(async () => (await askGateway(sallyport, '/readyz')).status === 503);
    expect(await verbose()).toBe(`${SHOWN.split('\n').slice(1).join('\n')}\n`);
    // Not ready is not refused: decisions are made, and what needs no API server is answered.
    expect(await ask('/api/v1/secrets')).toBe(403);
    const samples = await scrape();
    expect(figure(samples, 'sallyport_upstream_failures_total', { reason: 'unreachable' })).toBe(1);
    expect(figure(samples, 'kubernetes_healthcheck', { name: 'upstream', type: 'readyz' })).toBe(0);

    probes = 0;
    api = await startApi();
    await until(async () => (await askGateway(sallyport, '/readyz')).status === 200);
    // However often it was asked in the meantime.
    expect(probes).toBeLessThanOrEqual(3);
    expect(await ask('/api/v1/pods')).toBe(200);
  });

  it('is not served without the key', async () => {
    const other = await startSallyport();
    try {
      expect((await askGateway(other, '/readyz?verbose')).body).toBe(
        '[+]policy ok\n[+]issuer-keys ok\nreadyz check passed\n',
      );
      expect((await askGateway(other, '/metrics')).status).toBe(401);
    } finally {
      await other.dispose();
    }
  });
});
