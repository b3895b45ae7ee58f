import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import {
  type AuthenticationOutcome,
  createImpersonation,
  createOpenStreams,
  createPipeline,
  createRequestLimits,
  createReviewAnswerer,
  type GatewayLimits,
  type PipelineDeps,
  serveUpgrades,
  streamingProtocol,
  type Target,
} from '../../../src/gateway/index.ts';
import { followConnections } from '../../../src/http/index.ts';
import type { UserInfo } from '../../../src/kube/index.ts';
import { createPolicy, defaultPolicyObjects, type Policy } from '../../../src/rbac/index.ts';

export const jane: UserInfo = { username: 'jane', groups: ['developers', 'system:authenticated'] };

/** Limits that no test comes near unless it wants to. */
export const wideLimits: GatewayLimits = {
  headerBytes: 65_536,
  targetBytes: 32_768,
  bodyBytes: 3_145_728,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAlive: 90_000,
  stalledReader: 60_000,
  concurrency: 600,
  queuePerUser: 50,
  queueWait: 15_000,
  streamsPerUser: 1_000,
};

/** A target that remembers what reached it and answers `{}`. */
export function recordingTarget() {
  const seen: { target: string; user: UserInfo }[] = [];
  const target: Target = {
    forward({ response, target: path, user }) {
      seen.push({ target: path, user });
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}\n');
    },
    notReady: () => undefined,
    close: async () => {},
  };
  return { target, seen };
}

/** A policy with Kubernetes' defaults, in which `user` holds `clusterRole` everywhere. */
export function policyFor(username: string, clusterRole: string): Policy {
  const policy = createPolicy();
  for (const object of defaultPolicyObjects()) policy.put('defaults', object);
  policy.put('test', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'test' },
    subjects: [{ kind: 'User', name: username, apiGroup: 'rbac.authorization.k8s.io' }],
    roleRef: { kind: 'ClusterRole', name: clusterRole, apiGroup: 'rbac.authorization.k8s.io' },
  });
  return policy;
}

type PipelineOptions = Partial<PipelineDeps> & { policy?: Policy; user?: UserInfo };

/** By default every request is jane's, who may do everything. */
export function pipelineOf(options: PipelineOptions) {
  const { policy = policyFor('jane', 'cluster-admin'), user = jane } = options;
  const outcome: AuthenticationOutcome = {
    outcome: 'authenticated',
    user,
    expiresAt: Number.POSITIVE_INFINITY,
  };
  const authorize: Policy['authorize'] = (attributes) => policy.authorize(attributes);
  const impersonate = createImpersonation({ authorize, constrained: true, now: () => 0 });
  return createPipeline({
    authenticate: () => outcome,
    impersonate,
    limits: createRequestLimits({
      limits: wideLimits,
      events: { refused() {}, waited() {} },
      now: () => performance.now(),
    }),
    authorize,
    reviews: createReviewAnswerer({
      authorize,
      rulesFor: (caller, namespace) => policy.rulesFor(caller, namespace),
      now: () => new Date('2026-11-25T00:00:00Z'),
    }),
    target: recordingTarget().target,
    streams: createOpenStreams({ authorize, impersonate, now: () => 0, graceMs: 0 }),
    notReady: () => undefined,
    log: { debug() {}, error() {} },
    ...options,
  });
}

/** The pipeline behind a plain HTTP server. */
export async function serveGateway(options: PipelineOptions) {
  const handler = pipelineOf(options);
  const server = createServer(handler);
  Object.assign(server, {
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => streamingProtocol(headers) !== undefined,
  });
  const sockets = followConnections(server);
  server.on('upgrade', serveUpgrades(handler));
  const port = await listenOn(server);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () => {
      sockets.cut();
      return closeServer(server);
    },
  };
}

export async function listenOn(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}

/** An API server that keeps every request that reaches it, headers as they came. */
export async function recordingUpstream(
  answer: (
    request: IncomingMessage,
    body: string,
  ) => { status?: number; headers?: Record<string, string>; body?: string } = () => ({}),
) {
  const requests: { method: string; url: string; rawHeaders: string[]; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request;
      requests.push({ method, url, rawHeaders, body });
      const { status = 200, headers = {}, body: text = '{}' } = answer(request, body);
      response.writeHead(status, headers).end(text);
    });
  });
  const port = await listenOn(server);
  return { requests, port, url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
}

/** Sends bytes as they are and gives back everything that came until the server closed. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(bytes, 'latin1')));
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    socket.on('end', () => done(answer)).on('error', failed);
  });
}
