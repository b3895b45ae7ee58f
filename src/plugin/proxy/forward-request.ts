import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { request as send } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ProxyUpstream } from './proxy-upstream.ts';
import { statusBody } from './status-body.ts';

/** RFC 9110 §7.6.1: for one connection only. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

export interface Forwarding {
  readonly upstream: ProxyUpstream;
  readonly token: string;
  /** Called when the API server does not take the token. */
  readonly onRefused: () => void;
}

/** Sends the request on with the token, and the answer back as it comes. */
export function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  forwarding: Forwarding,
): void {
  const outgoing = send(`${forwarding.upstream.url}${request.url}`, {
    method: request.method,
    headers: forwardedHeaders(request, forwarding),
    agent: forwarding.upstream.agent,
  });
  outgoing.on('response', (answer) => {
    if (answer.statusCode === 401) forwarding.onRefused();
    response.writeHead(answer.statusCode ?? 502, withoutHops(answer.headersDistinct));
    // A watch may have nothing to say for a long time.
    response.flushHeaders();
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  outgoing.on('error', (error) => {
    if (response.headersSent) response.destroy();
    else
      response
        .writeHead(502, { 'content-type': 'application/json' })
        .end(statusBody(502, 'BadGateway', error.message));
  });
  response.on('close', () => outgoing.destroy());
  request.pipe(outgoing);
}

/** The same for a protocol of its own: exec, attach, port-forward. */
export function forwardUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  forwarding: Forwarding,
): void {
  const outgoing = send(`${forwarding.upstream.url}${request.url}`, {
    method: request.method,
    headers: {
      ...forwardedHeaders(request, forwarding),
      connection: 'Upgrade',
      upgrade: request.headers.upgrade,
    },
    agent: forwarding.upstream.agent,
  });
  socket.on('error', () => outgoing.destroy());
  outgoing.on('error', () => socket.destroy());
  outgoing.on('upgrade', (answer, upstreamSocket, upstreamHead) => {
    socket.write(headText(answer));
    upstreamSocket.on('error', () => socket.destroy());
    socket.on('close', () => upstreamSocket.destroy());
    upstreamSocket.on('close', () => socket.destroy());
    if (upstreamHead.length > 0) socket.write(upstreamHead);
    if (head.length > 0) upstreamSocket.write(head);
    upstreamSocket.pipe(socket);
    socket.pipe(upstreamSocket);
  });
  outgoing.on('response', (answer) => {
    if (answer.statusCode === 401) forwarding.onRefused();
    socket.write(headText(answer, { connection: ['close'] }));
    answer.pipe(socket);
  });
  outgoing.end();
}

function forwardedHeaders(request: IncomingMessage, { upstream, token }: Forwarding): OutgoingHttpHeaders {
  const headers = withoutHops(request.headersDistinct);
  return { ...headers, host: new URL(upstream.url).host, authorization: `Bearer ${token}` };
}

function withoutHops(headers: IncomingMessage['headersDistinct']): Record<string, string[]> {
  const named = (headers['connection'] ?? []).flatMap((value) =>
    value
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, values]) =>
      values === undefined || hopByHop.includes(name) || named.includes(name) ? [] : [[name, values]],
    ),
  );
}

/** The head of an answer as bytes on a connection that is no longer Node.js' to write. */
function headText(answer: IncomingMessage, own: Record<string, string[]> = {}): string {
  const isUpgrade = answer.statusCode === 101;
  const headers = isUpgrade ? answer.headersDistinct : { ...withoutHops(answer.headersDistinct), ...own };
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    (values ?? []).map((value) => `${name}: ${value}`),
  );
  return [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`, ...lines, '', ''].join('\r\n');
}
