import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import type { AuditTrail } from './audit-trail.ts';

/** For each connection, what is to be done when it ends: one listener, however many requests are on it. */
const openOn = new WeakMap<Socket, Set<() => void>>();

/**
 * Ends the trail with the response, the connection, or the last byte's sending, whichever comes first. The connection is
 * watched too, because a pipelined request whose turn has not come gets no 'close' when the client hangs up.
 * @param early write the last event before the answer's end is sent, not after
 */
export function followResponse(
  trail: Pick<AuditTrail, 'longRunning' | 'responseStarted' | 'complete'>,
  response: ServerResponse | Http2ServerResponse,
  early: boolean,
): void {
  if (trail.longRunning) before(response, 'writeHead', (code) => trail.responseStarted(Number(code)));
  if (early) before(response, 'end', () => trail.complete(response.statusCode));

  const others = openRequests(response);
  const end = () => {
    others?.delete(end);
    trail.complete(response.headersSent ? response.statusCode : undefined);
  };
  others?.add(end);
  response.once('close', end);
  // Nothing will be told of what is closed already; the caller may still have something to say.
  if (isClosed(response)) setImmediate(end);
}

function before(
  response: ServerResponse | Http2ServerResponse,
  method: 'writeHead' | 'end',
  act: (first: unknown) => void,
): void {
  const original = response[method];
  const replacement = (...given: unknown[]): unknown => {
    act(given[0]);
    return Reflect.apply(original, response, given);
  };
  Object.assign(response, { [method]: replacement });
}

function openRequests(response: ServerResponse | Http2ServerResponse): Set<() => void> | undefined {
  // Over HTTP/2 every stream is told of its own end.
  if ('stream' in response) return undefined;
  const { socket } = response.req;
  const known = openOn.get(socket);
  if (known !== undefined) return known;
  const open = new Set<() => void>();
  openOn.set(socket, open);
  socket.once('close', () => {
    for (const end of [...open]) end();
  });
  return open;
}

function isClosed(response: ServerResponse | Http2ServerResponse): boolean {
  return 'stream' in response
    ? response.stream.destroyed
    : response.destroyed || response.req.socket.destroyed;
}
