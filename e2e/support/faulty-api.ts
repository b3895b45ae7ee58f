import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** One request of a caller, as it came through the gateway. */
export interface Asked {
  /** The audit id, by which the client knows it. */
  readonly id: string;
  /** Who asks, as the gateway says. */
  readonly user: string;
  readonly request: IncomingMessage;
  /** Requests that came before on the same connection. */
  readonly earlier: number;
  /** The body, whole. A fault that never calls this never reads it. */
  body(): Promise<string>;
}

/**
 * What an API server does with a request, in bare bytes on its connection.
 * @returns what it does once the client has seen a part of the answer
 */
export type Fault = (socket: Socket, asked: Asked) => (() => void) | undefined | Promise<void>;

/** An API server that misbehaves when a request's `fault` parameter says so, and tells everybody what it was asked else. */
export interface FaultyApi {
  readonly origin: string;
  /** How often each audit id has come. */
  readonly seen: ReadonlyMap<string, number>;
  /** Connections that are open now. */
  open(): number;
  asked(id: string): Promise<{ readonly asked: Asked; readonly socket: Socket }>;
  /** Goes on with a fault that waits for its client. */
  goOn(id: string): void;
  /** Resolves when the connection on which this request came has ended. */
  gone(id: string): Promise<void>;
  close(): Promise<void>;
}

export function answerWith(status: string, body: string, headers: readonly string[] = []): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${[length, ...headers].join('\r\n')}\r\n\r\n${body}`;
}

/** @param tls serves HTTPS with this certificate */
export async function startFaultyApi(
  faults: Readonly<Record<string, Fault>>,
  tls?: { readonly cert: string; readonly key: string },
): Promise<FaultyApi> {
  const seen = new Map<string, number>();
  const known = new Map<string, { asked: Asked; socket: Socket }>();
  const waiting = new Map<string, () => void>();
  const arrivals = new Set<() => void>();
  const onSocket = new WeakMap<Socket, number>();
  const sockets = new Set<Socket>();

  const handle = (request: IncomingMessage) => {
    const { socket } = request;
    const id = String(request.headers['audit-id'] ?? '');
    // The gateway asks for itself, too: whether the server is there, and what its account may do.
    if (id === '') return void socket.write(answerWith('200 OK', '{}'));
    const earlier = onSocket.get(socket) ?? 0;
    onSocket.set(socket, earlier + 1);
    seen.set(id, (seen.get(id) ?? 0) + 1);
    const user = String(request.headers['impersonate-user'] ?? '');
    const asked: Asked = { id, user, request, earlier, body: () => textOf(request) };
    known.set(id, { asked, socket });
    const name = new URL(request.url ?? '', 'http://api').searchParams.get('fault');
    const next = (name === null ? tellBack : faults[name])?.(socket, asked);
    if (typeof next === 'function') waiting.set(id, next);
    for (const wake of arrivals) wake();
  };

  const server = tls === undefined ? createServer() : createTlsServer(tls);
  Object.assign(server, { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 });
  server.on('request', handle).on('upgrade', handle).on('connect', handle);
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const arrived = async (id: string) => {
    for (;;) {
      const found = known.get(id);
      if (found !== undefined) return found;
      await new Promise<void>((wake) => arrivals.add(wake));
      arrivals.clear();
    }
  };
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    open: () => sockets.size,
    asked: arrived,
    goOn(id) {
      waiting.get(id)?.();
      waiting.delete(id);
    },
    async gone(id) {
      const { socket, asked } = await arrived(id);
      // Who reads nothing does not hear of an end either.
      asked.request.resume();
      socket.once('end', () => socket.end()).resume();
      if (socket.readableEnded) socket.end();
      if (!socket.closed) await new Promise((closed) => socket.once('close', closed));
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

const tellBack: Fault = async (socket, { id, user, body }) => {
  const text = JSON.stringify({ id, user, body: await body() });
  socket.write(answerWith('200 OK', text));
};

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
