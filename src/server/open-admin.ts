import { ADMIN_GROUP, createAdminApi } from '../admin/index.ts';
import type { Config, GatewayConfig } from '../config/index.ts';
import type { OwnApi } from '../gateway/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Log } from '../telemetry/index.ts';

export interface OpenAdminDeps {
  readonly config: Config;
  readonly gateway: GatewayConfig;
  readonly identity: Identity;
  readonly log: Log;
}

/** The admin API, as the gateway serves it beside its first cluster. */
export function openAdmin({ config, gateway, identity, log }: OpenAdminDeps): OwnApi {
  const api = createAdminApi({
    identity,
    issuer: config.issuer,
    now: Date.now,
    log: log.child({ part: 'admin' }),
    maxBodyBytes: gateway.limits.bodyBytes,
  });
  return { group: ADMIN_GROUP, ...api };
}
