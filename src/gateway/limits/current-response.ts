import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The answer that an HTTP/1.1 connection is busy with. Node says it nowhere else; its own handling of 'clientError' and
 * 'timeout' looks here, too.
 */
export function currentResponse(socket: Socket): ServerResponse | undefined {
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
}
