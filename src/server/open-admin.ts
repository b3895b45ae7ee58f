import type { AccessRequests } from '../access-requests/index.ts';
import { ADMIN_GROUP, createAdminApi } from '../admin/index.ts';
import type { Config, GatewayConfig } from '../config/index.ts';
import type { OwnApi } from '../gateway/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Log } from '../telemetry/index.ts';

export interface OpenAdminDeps {
  readonly config: Config;
  readonly gateway: GatewayConfig;
  /** undefined: people and keys are not managed beside this cluster. */
  readonly identity: Identity | undefined;
  /** undefined: nobody asks for access to this cluster. */
  readonly accessRequests: AccessRequests | undefined;
  readonly log: Log;
}

/** The API group of the gateway's own, as it stands beside one cluster; undefined when there would be nothing in it. */
export function openAdmin({
  config,
  gateway,
  identity,
  accessRequests,
  log,
}: OpenAdminDeps): OwnApi | undefined {
  if (identity === undefined && accessRequests === undefined) return undefined;
  const api = createAdminApi({
    identity,
    accessRequests,
    issuer: config.issuer,
    now: Date.now,
    log: log.child({ part: 'admin' }),
    maxBodyBytes: gateway.limits.bodyBytes,
  });
  return { group: ADMIN_GROUP, ...api };
}
