import { type Server, Socket } from 'node:net';
import { currentResponse } from './current-response.ts';

/** What a server has of HTTP's timers. */
export type TimedServer = Server & {
  timeout?: number;
  readonly keepAliveTimeout?: number;
  readonly keepAliveTimeoutBuffer?: number;
};

/** Where an answer stood. As long as both numbers stay, nothing has been written and nothing taken. */
interface Progress {
  readonly written: number;
  /** Bytes that the system has not taken yet. */
  readonly queued: number | undefined;
  /** When it was first seen to stand there. */
  readonly since: number;
}

/**
 * Ends connections whose client takes nothing of an answer that waits for it. Node's own timer of a connection, which
 * every movement sets back, costs nothing a request; when it fires, what waits is looked at, every quarter of the time.
 * HTTP/1.1 only; for HTTP/2 see cut-stalled-stream.ts.
 * @param ms for which nothing was taken; at the latest, the end comes after twice that
 * @param now milliseconds, on a clock that never goes back
 */
export function cutStalledReaders(
  server: TimedServer,
  ms: number,
  now: () => number,
  onCut: (socket: Socket) => void,
): void {
  const progress = new WeakMap<Socket, Progress>();
  const quarter = Math.ceil(ms / 4);
  // Never the time for which an idle connection is kept, so that it is plain which of the two is over.
  const idle = (server.keepAliveTimeout ?? 0) + (server.keepAliveTimeoutBuffer ?? 1_000);
  const every = quarter === idle ? quarter + 1 : quarter;
  server.timeout = every;
  server.on('timeout', (socket: unknown) => {
    if (!(socket instanceof Socket)) return;
    if (currentResponse(socket) === undefined) {
      // Kept alive and idle; or else the headers of a request are coming, which have a limit of their own.
      if (socket.timeout !== every) socket.destroy();
      return;
    }
    // Nothing waits for the client: a watch without events, or a request that is still being answered.
    if (socket.writableLength === 0) return;
    const { bytesWritten: written } = socket;
    const queued = queuedBytes(socket);
    const last = progress.get(socket);
    if (last === undefined || last.written !== written || last.queued !== queued) {
      progress.set(socket, { written, queued, since: now() });
    } else if (now() - last.since >= ms) {
      onCut(socket);
      socket.destroy();
      return;
    }
    socket.setTimeout(every);
  });
}

interface Handled {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
  readonly _parent?: Handled | null;
}

/**
 * What the system has yet to take of a long write. A TLS socket's own number stays what it was until all of the write is
 * through; the TCP socket below it knows. Node has no public name for either.
 */
function queuedBytes(socket: Socket): number | undefined {
  const { _parent, _handle } = socket as unknown as Handled;
  return (_parent?._handle ?? _handle)?.writeQueueSize;
}
