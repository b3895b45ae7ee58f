import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Cluster, type ClusterDeps, type KubeObject, openCluster } from '../../src/cluster/index.ts';
import type { UpgradeOffer } from '../../src/cluster/upgrade-offer.ts';
import {
  type Attributes,
  type Decision,
  encodeStatus,
  resolveRequestInfo,
  StatusError,
  type UserInfo,
} from '../../src/kube/index.ts';
import { createMemoryStore, type Store } from '../../src/store/index.ts';

export const startTime = Date.parse('2026-11-24T00:00:00Z');

export const silentLog = { info: () => {}, warn: () => {}, error: () => {} };

export interface TestCluster {
  readonly cluster: Cluster;
  readonly store: Store;
  /** http://127.0.0.1:port */
  readonly url: string;
  /** Errors that the cluster logged. */
  readonly logged: unknown[];
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  watch(path: string, headers?: Record<string, string>): Promise<TestWatch>;
  close(): Promise<void>;
}

export interface TestAnswer {
  readonly code: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

export interface WatchEvent {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every kind
  readonly object: any;
}

export interface TestWatch {
  readonly code: number;
  readonly headers: IncomingMessage['headers'];
  readonly events: WatchEvent[];
  /** Resolves when this many events have come. */
  until(count: number): Promise<WatchEvent[]>;
  /** Resolves when the server has ended the answer. */
  ended(): Promise<WatchEvent[]>;
  readonly response: IncomingMessage;
  leave(): void;
}

export interface TestOptions extends Partial<ClusterDeps> {
  readonly user?: UserInfo;
  authorize?(attributes: Attributes): Decision;
  /** Told what audit events are to say. */
  annotate?(key: string, value: string): void;
}

const admin: UserInfo = { username: 'system:admin', groups: ['system:masters', 'system:authenticated'] };
const allow: Decision = { decision: 'allow', reason: '' };

/** A cluster behind a plain HTTP server that authenticates everybody as one user. */
export async function startCluster(options: TestOptions = {}): Promise<TestCluster> {
  const { user = admin, authorize = () => allow, annotate = () => {}, ...deps } = options;
  const store = deps.store ?? createMemoryStore();
  const logged: unknown[] = [];
  const cluster = await openCluster({
    now: () => startTime,
    log: { ...silentLog, error: (fields) => logged.push(fields), warn: (fields) => logged.push(fields) },
    version: { gitVersion: 'v1.35.0+sallyport', major: '1', minor: '35' },
    bootstrapObjects: [],
    ...deps,
    store,
  });
  const server = await serveCluster(cluster, user, authorize, annotate);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    cluster,
    store,
    url,
    logged,
    send: (method, path, body, headers) => send(url + path, method, body, headers),
    watch: (path, headers) => openWatch(url + path, headers),
    async close() {
      await cluster.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the gateway does in front of a cluster, without deciding anything. */
async function serveCluster(
  cluster: Cluster,
  user: UserInfo,
  authorize: (attributes: Attributes) => Decision,
  annotate: (key: string, value: string) => void,
): Promise<Server> {
  function handle(request: IncomingMessage, response: ServerResponse, upgrade?: UpgradeOffer): void {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const target = request.url ?? '/';
    try {
      void cluster.handle(
        {
          method: request.method ?? 'GET',
          target,
          requestInfo: resolveRequestInfo(request.method ?? 'GET', target),
          user,
          headers: request.headers,
          body: request,
          signal: gone.signal,
          upgrade,
          authorize,
          trail: { annotate },
        },
        response,
      );
    } catch (error) {
      response.end(error instanceof StatusError ? encodeStatus(error) : String(error));
    }
  }
  const server = createServer((request, response) => handle(request, response));
  server.on('upgrade', (request, socket, head) => {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.once('finish', () => (socket as Socket).destroySoon());
    socket.on('error', () => socket.destroy());
    const protocol = request.headers.upgrade === 'websocket' ? 'websocket' : 'SPDY/3.1';
    handle(request, response, { protocol, socket, head, switching: () => {} });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function send(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<TestAnswer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      'User-Agent': 'test',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true && text !== '';
  return {
    code: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

function openWatch(url: string, headers: Record<string, string> = {}): Promise<TestWatch> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers });
    request.on('error', reject);
    request.on('response', (response) => resolve(readWatch(response)));
    request.end();
  });
}

function readWatch(response: IncomingMessage): TestWatch {
  const events: WatchEvent[] = [];
  let rest = '';
  let over = false;
  const wake = new Set<() => void>();
  const notify = () => {
    for (const each of wake) each();
  };
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) events.push(JSON.parse(line));
    notify();
  });
  const end = () => {
    over = true;
    notify();
  };
  response.on('close', end).on('error', end);
  const waitFor = (condition: () => boolean) =>
    new Promise<WatchEvent[]>((resolve) => {
      const check = () => {
        if (!condition()) return;
        wake.delete(check);
        resolve(events);
      };
      wake.add(check);
      check();
    });
  return {
    code: response.statusCode ?? 0,
    headers: response.headers,
    events,
    until: (count) => waitFor(() => events.length >= count),
    ended: () => waitFor(() => over),
    response,
    leave: () => void response.destroy(),
  };
}

export function configMap(name: string, data?: Record<string, string>, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...metadata },
    ...(data === undefined ? {} : { data }),
  };
}

/** Polls until the condition holds; for what background work brings about. */
export async function eventually<T>(probe: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('the condition never held');
}
