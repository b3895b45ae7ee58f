import type { IncomingMessage, ServerResponse } from 'node:http';
import { auditIdOf } from '../audit-id.ts';
import type { ClientUpgrade } from '../upgrade/index.ts';
import { answer } from './answer.ts';
import { assumeUser } from './assume-user.ts';
import { authenticate } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { beginAudit } from './begin-audit.ts';
import { describe } from './describe.ts';
import { beginExchange, type Exchange, type Step } from './exchange.ts';
import { identify } from './identify.ts';
import type { PipelineDeps } from './pipeline-deps.ts';
import { refuse } from './refuse.ts';
import { takeTurn } from './take-turn.ts';

/** @param target the request target below the cluster's prefix, byte for byte; the request's own when absent */
export type Pipeline = (
  request: IncomingMessage,
  response: ServerResponse,
  upgrade?: ClientUpgrade,
  target?: string,
) => void;

/**
 * The second door. Every request passes these steps in kube-apiserver's order, and one that fails a step ends there. Audit
 * stands before impersonation, so that its events hold both the real user and the assumed one; the limits stand after it,
 * so that everybody waits in their own queue.
 * Source of the order: Kubernetes apiserver/pkg/server/config.go DefaultBuildHandlerChain.
 */
const STEPS: readonly Step[] = [
  describe,
  authenticate,
  beginAudit,
  identify,
  assumeUser,
  takeTurn,
  authorize,
  answer,
];

export function createPipeline(deps: PipelineDeps): Pipeline {
  return (request, response, upgrade, target = request.url ?? '') => {
    const auditId = auditIdOf(request.headers['audit-id']);
    const receivedAt = performance.timeOrigin + performance.now();
    const measured = deps.metrics?.begin(request, response);
    const exchange = beginExchange({ request, response, target, auditId, receivedAt, upgrade, measured });
    try {
      run(deps, exchange, 0)?.catch((error: unknown) => refuse(deps, exchange, error));
    } catch (error) {
      refuse(deps, exchange, error);
    }
  };
}

/** Without a wait where nothing has to be waited for, which is most of the time. */
function run(deps: PipelineDeps, exchange: Exchange, first: number): Promise<void> | undefined {
  for (let at = first; at < STEPS.length; at++) {
    const pending = STEPS[at]?.(deps, exchange);
    if (pending instanceof Promise) return pending.then(() => run(deps, exchange, at + 1));
  }
  return undefined;
}
