import { createServer, type RequestListener } from 'node:http';
import type { Access, DoorDeps } from '../../../src/gateway/access/index.ts';
import { createForwardAuth, type ForwardAuthService } from '../../../src/gateway/forward-auth/index.ts';
import {
  type AuthenticationOutcome,
  createImpersonation,
  createServiceLimits,
  type LimitEvents,
  type ServiceLimitsDeps,
} from '../../../src/gateway/index.ts';
import { createOpenStreams, type OpenStreams } from '../../../src/gateway/open-streams.ts';
import { createService, type ServiceOptions } from '../../../src/gateway/sidecar/index.ts';
import type { Attributes, UserInfo } from '../../../src/kube/index.ts';
import { closeServer, listenOn, wideLimits } from './gateway.ts';

export const OPEN: Access = { authorization: {}, allowPaths: [], ignorePaths: [] };

export const IDENTITY_HEADERS = { user: 'X-Remote-User', groups: 'X-Remote-Groups', groupsSeparator: '|' };

export interface DoorSetup extends Partial<DoorDeps> {
  readonly user?: UserInfo;
  /** Which questions are allowed; all when absent. */
  readonly allows?: (attributes: Attributes) => boolean;
}

/** `Authorization: Bearer good` is jane's, or `user`'s. Remembers what was asked and logged. */
function doorDeps({
  user = { username: 'jane', groups: ['dev', 'system:authenticated'] },
  allows = () => true,
  ...deps
}: DoorSetup = {}) {
  const asked: Attributes[] = [];
  const logged: string[] = [];
  const log = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const good: AuthenticationOutcome = { outcome: 'authenticated', user, expiresAt: 2_000 };
  const all: DoorDeps = {
    authenticate: (rawHeaders) =>
      rawHeaders.includes('Bearer good') ? good : { outcome: 'unauthorized', reason: 'no good token' },
    authorize: (attributes) => {
      asked.push(attributes);
      return allows(attributes)
        ? { decision: 'allow', reason: 'a rule' }
        : { decision: 'noOpinion', reason: '' };
    },
    notReady: () => undefined,
    log: { debug: log, warn: log, error: log },
    ...deps,
  };
  return { deps: all, asked, logged };
}

/** A service behind the gateway, without TLS in front. */
export async function serveService(
  upstream: string,
  options: Partial<ServiceOptions> = {},
  {
    limits: changes = {},
    events = { refused() {}, waited() {} },
    ...setup
  }: DoorSetup & {
    readonly streams?: OpenStreams;
    readonly limits?: Partial<ServiceLimitsDeps['limits']>;
    readonly events?: LimitEvents;
  } = {},
) {
  const { deps, asked, logged } = doorDeps(setup);
  const { authorize } = deps;
  const impersonate = createImpersonation({ authorize, constrained: true, now: () => 0 });
  const streams = setup.streams ?? createOpenStreams({ authorize, impersonate, now: () => 0, graceMs: 0 });
  const limits = createServiceLimits({
    limits: { ...wideLimits, bodyBytes: Number.POSITIVE_INFINITY, ...changes },
    events,
    now: () => performance.now(),
  });
  const service = createService(
    {
      access: OPEN,
      upstream: { origin: upstream },
      identityHeaders: IDENTITY_HEADERS,
      passAuthorization: false,
      ...options,
    },
    { ...deps, streams, limits },
  );
  const server = createServer({ shouldUpgradeCallback: service.mayUpgrade }, service.handle);
  server.on('upgrade', service.onUpgrade);
  const port = await listenOn(server);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    asked,
    logged,
    async close() {
      await service.close(closeServer(server));
      streams.close();
    },
  };
}

export async function serveForwardAuth(
  services: readonly ForwardAuthService[],
  setup: DoorSetup & { readonly trustedProxies?: readonly string[] } = {},
) {
  const { trustedProxies = ['127.0.0.0/8'] } = setup;
  const { deps, asked, logged } = doorDeps(setup);
  const handler: RequestListener = createForwardAuth({ services, trustedProxies }, deps);
  const server = createServer(handler);
  const port = await listenOn(server);
  return { port, url: `http://127.0.0.1:${port}`, asked, logged, close: () => closeServer(server) };
}
