import type { ServerResponse } from 'node:http';
import {
  createLimitCounts,
  createRequestLimits,
  type GatewayLimits,
  type LimitCounts,
  type RequestLimits,
  type Target,
} from '../../../src/gateway/index.ts';
import { jane, wideLimits } from '../support/gateway.ts';

/** Limits, and what they have counted. */
export function limitsOf(changes: Partial<GatewayLimits>): { limits: RequestLimits; counts: LimitCounts } {
  const counts = createLimitCounts({ debug() {} });
  const limits = createRequestLimits({
    limits: { ...wideLimits, ...changes },
    events: counts,
    now: () => performance.now(),
  });
  return { limits, counts };
}

/** Whoever the header `X-User` names; jane without it. */
export function userByHeader(rawHeaders: readonly string[]) {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'x-user');
  const username = rawHeaders[at + 1] ?? jane.username;
  const groups = username === 'root' ? ['system:masters'] : ['developers'];
  return {
    outcome: 'authenticated' as const,
    user: at < 0 ? jane : { username, groups },
    expiresAt: Number.POSITIVE_INFINITY,
  };
}

/** A target that answers when the test says so. */
export function holdingTarget() {
  const held: { user: string; response: ServerResponse }[] = [];
  const target: Target = {
    forward({ response, user }) {
      held.push({ user: user.username, response });
    },
    notReady: () => undefined,
    close: async () => {},
  };
  return { target, held };
}

/** Waits for what the event loop has yet to bring. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}
