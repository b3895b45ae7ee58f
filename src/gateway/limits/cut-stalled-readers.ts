import type { Server, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { currentResponse } from './current-response.ts';

/** Where an answer stood. As long as both numbers stay, nothing has been written and nothing taken. */
interface Progress {
  readonly written: number;
  /** Bytes that the system has not taken yet. */
  readonly queued: number | undefined;
  /** When it was first seen to stand there. */
  readonly since: number;
}

/**
 * Ends connections whose client takes nothing of an answer that waits for it. All of them are looked at four times in that
 * time: a timer of each connection, as Node has it, would be set back by every request. HTTP/1.1 only; for HTTP/2 see
 * cut-stalled-stream.ts.
 * @param ms for which nothing was taken; at the latest, the end comes after one and a half times that
 * @param now milliseconds, on a clock that never goes back
 */
export function cutStalledReaders(
  server: Server,
  ms: number,
  now: () => number,
  onCut: (socket: Socket) => void,
): void {
  const progress = new Map<Socket, Progress | undefined>();
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    progress.set(socket, undefined);
    socket.once('close', () => progress.delete(socket));
  });

  function look(socket: Socket, last: Progress | undefined): void {
    // Nothing waits for the client: a watch without events, or a request that is still being answered.
    if (socket.writableLength === 0 || currentResponse(socket) === undefined) return;
    const { bytesWritten: written } = socket;
    const queued = queuedBytes(socket);
    if (last === undefined || last.written !== written || last.queued !== queued) {
      progress.set(socket, { written, queued, since: now() });
    } else if (now() - last.since >= ms) {
      onCut(socket);
      socket.destroy();
    }
  }

  const looking = setInterval(
    () => {
      for (const [socket, last] of progress) look(socket, last);
    },
    Math.ceil(ms / 4),
  );
  looking.unref();
  server.once('close', () => clearInterval(looking));
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
