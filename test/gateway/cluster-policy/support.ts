import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type KubeObject, openCluster } from '../../../src/cluster/index.ts';
import {
  type ClusterPolicyDeps,
  followClusterPolicy,
} from '../../../src/gateway/cluster-policy/follow-cluster-policy.ts';
import {
  type Attributes,
  attributesOf,
  encodeStatus,
  resolveRequestInfo,
  StatusError,
} from '../../../src/kube/index.ts';
import { createApiTransport, fixedCredentials } from '../../../src/kubeconfig/index.ts';
import { createPolicy, defaultPolicyObjects, type PolicyObject } from '../../../src/rbac/index.ts';
import { createMemoryStore } from '../../../src/store/index.ts';
import { listenOn } from '../support/gateway.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const silentLog = { info() {}, warn() {}, error() {} };
const root = { username: 'root', groups: ['system:masters', 'system:authenticated'] };

export interface ServerOptions {
  /** Answers before the API does; true when it has. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** The embedded API as a Kubernetes API server: everybody is system:masters. */
export async function startApi(options: ServerOptions = {}) {
  const store = createMemoryStore();
  const cluster = await openCluster({
    store,
    now: Date.now,
    log: silentLog,
    version: { gitVersion: 'v1.35.0', major: '1', minor: '35' },
    bootstrapObjects: defaultPolicyObjects() as unknown as KubeObject[],
    namespaces: ['n0', 'n1'],
  });
  const requests: string[] = [];
  const open = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  let away = false;
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    if (away && request.headers.authorization !== undefined) {
      request.socket.destroy();
      return;
    }
    requests.push(`${request.method} ${request.url}`);
    open.add(response);
    // The follower's, not those of the test's own writes.
    if (request.headers.authorization !== undefined && !sockets.has(request.socket)) {
      sockets.add(request.socket);
      request.socket.once('close', () => sockets.delete(request.socket));
    }
    const gone = new AbortController();
    response.once('close', () => {
      open.delete(response);
      gone.abort();
    });
    if (options.answer?.(request, response) === true) return;
    const { method = 'GET', url: target = '/', headers } = request;
    try {
      const requestInfo = resolveRequestInfo(method, target);
      const authorize = () => ({ decision: 'allow', reason: '' }) as const;
      const asked = { method, target, requestInfo, user: root, headers, body: request, signal: gone.signal };
      void cluster.handle({ ...asked, authorize }, response);
    } catch (error) {
      response.end(error instanceof StatusError ? encodeStatus(error.status) : String(error));
    }
  };
  const server =
    options.tls === undefined ? createServer(listener) : createHttpsServer(options.tls, listener);
  const port = await listenOn(server);
  onTestFinished(async () => {
    await cluster.close();
    server.closeAllConnections();
    server.close();
    await store.close();
  });
  const url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const oracle = createPolicy();
  await cluster.followPolicy({
    put: (object) => oracle.put('cluster', object as unknown as PolicyObject),
    remove: ({ kind, metadata }) =>
      oracle.remove('cluster', kind as 'Role', metadata.namespace ?? '', metadata.name ?? ''),
  });

  async function send(method: string, path: string, body?: object): Promise<number> {
    const answer = await fetch(`${url}${RBAC}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  return {
    url,
    store,
    requests,
    send,
    /** What the API's own follower, in the same process, says. */
    oracle,
    /** Cuts every connection of the follower. */
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    /** Takes no connection any more. */
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
    openWatches: () => [...open].filter(({ req }) => req.url?.includes('watch=true') === true),
    lists: (resource: string) => requests.filter((line) => line.includes(`/${resource}?limit=`)).length,
    watches: (resource: string) => requests.filter((line) => line.includes(`/${resource}?watch=`)),
    /** While the follower is kept out: does the work, and forgets its events. */
    async whileAway(work: () => Promise<unknown>) {
      away = true;
      for (const socket of sockets) socket.destroy();
      await work();
      await store.compact(await store.revision());
      away = false;
    },
  };
}

export type Api = Awaited<ReturnType<typeof startApi>>;

/** Follows the server at `url`; waits are fifty times shorter than real ones, but not the one for silence. */
export function follow(url: string, deps: Partial<ClusterPolicyDeps> = {}) {
  const policy = createPolicy();
  const logged: string[] = [];
  const client = createApiTransport({
    endpoint: { server: url, tls: { rejectUnauthorized: true } },
    credentials: fixedCredentials({ token: 'own' }),
  });
  const log = {
    info: (_: object, message: string) => void logged.push(message),
    warn: (fields: object, message: string) =>
      void logged.push(
        `${message}: ${String((fields as { err?: Error }).err?.message ?? JSON.stringify(fields))}`,
      ),
  };
  const schedule = (ms: number, callback: () => void) => {
    const timer = setTimeout(callback, ms >= 60_000 ? ms : ms / 50);
    return () => clearTimeout(timer);
  };
  const followed = followClusterPolicy({ client, policy, log, now: Date.now, schedule, ...deps });
  onTestFinished(async () => {
    followed.close();
    await client.close();
  });
  return { policy, followed, logged, client };
}

/** Waits for the condition; the test's time limit ends what never comes. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

export function attributes(
  username: string,
  target: string,
  method = 'GET',
  groups: string[] = [],
): Attributes {
  return attributesOf(resolveRequestInfo(method, target), { username, groups });
}

export function role(namespace: string, name: string, verbs: string[], resources = ['pods']): PolicyObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { namespace, name },
    rules: [{ apiGroups: [''], resources, verbs }],
  };
}

export function binding(
  namespace: string,
  name: string,
  user: string,
  kind: string,
  of: string,
): PolicyObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    ...(namespace === ''
      ? { kind: 'ClusterRoleBinding', metadata: { name } }
      : { kind: 'RoleBinding', metadata: { namespace, name } }),
    subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
    roleRef: { kind, name: of, apiGroup: 'rbac.authorization.k8s.io' },
  } as PolicyObject;
}
