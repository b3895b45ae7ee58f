import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Resolves when the client has taken what was written, or has left. */
export async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const either = new AbortController();
  const { signal } = either;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  either.abort();
}
