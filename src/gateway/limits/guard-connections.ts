import type { Server, Socket } from 'node:net';
import { HEADERS_TOO_LONG, headersTooLongText, linger } from '../../http/index.ts';
import { closeIdleSessions } from './close-idle-sessions.ts';
import { createConnectionQuota } from './connection-quota.ts';
import { currentResponse } from './current-response.ts';
import { cutStalledReaders } from './cut-stalled-readers.ts';
import type { GatewayLimits } from './gateway-limits.ts';
import type { LimitEvents } from './limit-events.ts';

/** How often Node looks for requests that are late, in milliseconds; by itself it looks every 30 seconds. */
const LOOK_MS = 1_000;

/** The limits that Node's own server keeps, as its options. */
export function serverOptions(limits: GatewayLimits) {
  return {
    maxHeaderSize: limits.headerBytes,
    // Node takes whole milliseconds only.
    headersTimeout: Math.ceil(limits.headersTimeout),
    requestTimeout: Math.ceil(limits.requestTimeout),
    keepAliveTimeout: Math.ceil(limits.keepAlive),
    connectionsCheckingInterval: LOOK_MS,
  };
}

/** Keeps the limits that are about a server's connections: those per address, slow readers, and answers to bad requests. */
export function guardConnections(server: Server, limits: GatewayLimits, events: LimitEvents): void {
  const now = () => performance.now();
  limitConnections(server, limits.connectionsPerAddress, events);
  cutStalledReaders(server, limits.stalledReader, now, (socket) =>
    events.refused('stalled-reader', socket.remoteAddress ?? ''),
  );
  closeIdleSessions(server, limits, ({ socket }) =>
    events.refused('slow-request', socket?.remoteAddress ?? ''),
  );
  answerBadRequests(server, limits.headerBytes, events);
}

function limitConnections(server: Server, perAddress: number | undefined, events: LimitEvents): void {
  if (perAddress === undefined) return;
  const quota = createConnectionQuota(perAddress);
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress;
    if (address === undefined) return;
    if (quota.enter(address)) {
      socket.once('close', () => quota.leave(address));
    } else {
      events.refused('connections', address);
      socket.destroy();
    }
  });
}

const ANSWERS: Readonly<Record<string, readonly [line: string, text: (headerBytes: number) => string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', headersTooLongText],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Payload Too Large', () => 'The chunk extensions are too long.\n'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', () => 'The request took too long to arrive.\n'],
};
const MALFORMED = ['400 Bad Request', () => 'The request is not well-formed HTTP.\n'] as const;

/** What the parser refuses never becomes a request: it is answered here, and the connection ends. */
function answerBadRequests(server: Server, headerBytes: number, events: LimitEvents): void {
  server.on(HEADERS_TOO_LONG, ({ socket }: { readonly socket: Socket }) =>
    events.refused('headers', socket.remoteAddress ?? ''),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Bytes that come while it lingers are an error each.
    if (socket.writableEnded) return;
    if (!socket.writable || error.code === 'ECONNRESET' || currentResponse(socket)?.headersSent === true) {
      socket.destroy();
      return;
    }
    if (error.code === 'HPE_HEADER_OVERFLOW') events.refused('headers', socket.remoteAddress ?? '');
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') events.refused('slow-request', socket.remoteAddress ?? '');
    const [line, text] = ANSWERS[error.code ?? ''] ?? MALFORMED;
    const body = text(headerBytes);
    socket.end(
      `HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    linger(socket);
  });
}
