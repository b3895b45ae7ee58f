import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';

const ENDS = Symbol('what is to be done at the end of the answer');

interface Closing {
  on(event: 'close', listener: () => void): unknown;
  [ENDS]?: (() => void)[];
}

/**
 * Calls `act` when the answer closes, in the order of the calls. One listener for all: each costs a request more than what
 * most of them do.
 */
export function onClose(response: Pick<Closing, 'on'>, act: () => void): void {
  const closing: Closing = response;
  const known = closing[ENDS];
  if (known !== undefined) {
    known.push(act);
    return;
  }
  const acts = [act];
  closing[ENDS] = acts;
  closing.on('close', () => {
    for (const one of acts) one();
  });
}

/** For each connection, what is to be done when it ends: one listener, however many requests are on it. */
const openOn = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `act` once, when the exchange is over: the answer has been sent, its stream or its connection has ended. The
 * connection is watched too where a pipelined request's turn has not come: it gets no 'close' when the client hangs up.
 */
export function onExchangeEnd(response: ServerResponse | Http2ServerResponse, act: () => void): void {
  const others = openRequests(response);
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    others?.delete(end);
    act();
  };
  others?.add(end);
  onClose(response, end);
  // Nothing will be told of what is closed already; the caller may still have something to say.
  if (isClosed(response)) setImmediate(end);
}

/** Whether nobody is there any more to be answered. */
export function isClosed(response: ServerResponse | Http2ServerResponse): boolean {
  return 'stream' in response
    ? response.stream.destroyed
    : response.destroyed || response.req.socket.destroyed;
}

function openRequests(response: ServerResponse | Http2ServerResponse): Set<() => void> | undefined {
  // Over HTTP/2 every stream is told of its own end, and so is the response that has the connection.
  if ('stream' in response || response.socket !== null) return undefined;
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
