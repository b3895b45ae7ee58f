import type { UpstreamMetrics } from '../metrics/index.ts';
import { type ApiServerTarget, createApiServerTarget } from './api-server-target.ts';

export interface HttpTargetDeps {
  /** Origin of the API server, for example https://10.0.0.1:6443. */
  readonly server: string;
  /** PEM; the system's authorities when absent. */
  readonly certificateAuthority?: string;
  /** The gateway's own credential, asked for at each request so that rotation needs no restart. */
  token(): string;
  /** See ApiServerTargetDeps. */
  readonly concurrency?: number | undefined;
  /** See ApiServerTargetDeps. */
  readonly stalledMs?: number | undefined;
  readonly log: { warn(fields: object, message: string): void };
  readonly metrics?: UpstreamMetrics | undefined;
}

/** An API server that is reached by impersonation, with the bearer token of the gateway's own account. */
export function createHttpTarget({
  server,
  certificateAuthority,
  token,
  concurrency,
  stalledMs,
  log,
  metrics,
}: HttpTargetDeps): ApiServerTarget {
  return createApiServerTarget({
    access: {
      endpoint: {
        server: new URL(server).origin,
        tls: {
          rejectUnauthorized: true,
          ...(certificateAuthority === undefined ? {} : { ca: certificateAuthority }),
        },
      },
      credentials: { current: () => ({ token: token() }), refused: () => {} },
    },
    mode: 'impersonate',
    concurrency,
    stalledMs,
    log,
    metrics,
  });
}
