import type { IncomingMessage, ServerResponse } from 'node:http';
import { tooManyRequests } from '../../kube/index.ts';
import { respondStatus } from '../respond-status.ts';
import type { LimitEvents } from './limit-events.ts';

/** Seconds: what is open already needs that long to get out of the way. */
const RETRY = 1;

/**
 * Turns requests away while the process has more to do than it can: the 429 that clients of Kubernetes wait after, before
 * a token is looked at. What is open goes on.
 */
export function shedLoad<More extends readonly unknown[]>(
  handle: (request: IncomingMessage, response: ServerResponse, ...more: More) => void,
  isOverloaded: () => boolean,
  events: LimitEvents,
): typeof handle {
  return (request, response, ...more) => {
    if (!isOverloaded()) return handle(request, response, ...more);
    events.refused('overload', '');
    respondStatus(request, response, tooManyRequests(RETRY).status);
  };
}
