import type { Exchange } from './exchange.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/**
 * A seat, or a stream of the user's quota. A promise when the request has to wait for others.
 * @throws StatusError 429
 */
export function takeTurn(
  { limits }: PipelineDeps,
  { requestInfo, user, response }: Exchange,
): void | Promise<void> {
  return limits.admit(requestInfo, user, response);
}
