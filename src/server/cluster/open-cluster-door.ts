import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type AuthenticateCertificate,
  createAuthenticator,
  createImpersonation,
  createLimitCounts,
  createOpenStreams,
  createPipeline,
  createRequestLimits,
  createReviewAnswerer,
  type StaticTokens,
} from '../../gateway/embedded/index.ts';
import type { Auditor, ClientUpgrade, Target } from '../../gateway/index.ts';
import type { Policy } from '../../rbac/index.ts';
import type { OpenedEmbeddedApi } from '../open-embedded-api.ts';
import { clusterLimits } from './limits.ts';

export interface ClusterDoorDeps {
  readonly tokens: StaticTokens;
  readonly serviceAccounts: OpenedEmbeddedApi['serviceAccounts'];
  /** undefined: certificates are not looked at. */
  readonly authenticateCertificate: AuthenticateCertificate | undefined;
  readonly auditor: Auditor | undefined;
  readonly policy: Policy;
  readonly target: Target;
  readonly log: ClusterDoorLog;
}

export interface ClusterDoorLog {
  debug(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The gateway's pipeline before an embedded API that stands alone. */
export interface ClusterDoor {
  handle(request: IncomingMessage, response: ServerResponse, upgrade?: ClientUpgrade): void;
  readonly limitEvents: ReturnType<typeof createLimitCounts>;
  close(): void;
}

/**
 * Who asks is known by a list of tokens, by a service account's token or by a client certificate, what they may do by the cluster's own RBAC objects.
 * Refusals are worded as kube-apiserver words them.
 */
export function openClusterDoor(deps: ClusterDoorDeps): ClusterDoor {
  const { tokens, serviceAccounts, authenticateCertificate, auditor, policy, target, log } = deps;
  const authorize: Policy['authorize'] = (attributes) => policy.authorize(attributes);
  const limitEvents = createLimitCounts(log);
  const impersonate = createImpersonation({ authorize, constrained: true, now: () => performance.now() });
  const streams = createOpenStreams({ authorize, impersonate, now: Date.now, graceMs: 0 });
  const handle = createPipeline({
    authenticate: createAuthenticator({
      // RBAC gives anonymous users next to nothing: /version and the like.
      configuration: { anonymous: { enabled: true, conditions: [] } },
      tokenAuthenticator: tokens,
      tokenReviewer: serviceAccounts,
      authenticateCertificate,
    }),
    authorize,
    auditor,
    impersonate,
    limits: createRequestLimits({
      limits: clusterLimits,
      events: limitEvents,
      now: () => performance.now(),
    }),
    reviews: createReviewAnswerer({
      authorize,
      rulesFor: (user, namespace) => policy.rulesFor(user, namespace),
      now: () => new Date(),
    }),
    target,
    streams,
    notReady: () => target.notReady(),
    log,
  });
  return { handle, limitEvents, close: () => streams.close() };
}
