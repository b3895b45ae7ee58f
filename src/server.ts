import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { RunningServer, StartOptions } from './cli/index.ts';
import { type Config, checkExposure, openDataDirectory, readNamedFile } from './config/index.ts';
import { drain } from './http/index.ts';
import { findDemoPasswords, type Identity, type IdentityAudit, openIdentity } from './identity/index.ts';
import { followConfig } from './server/follow-config.ts';
import { letPoolGiveWay } from './server/let-pool-give-way.ts';
import type { OpenedGateway, OpenGatewayDeps } from './server/open-gateway.ts';
import { openIdentityAudit } from './server/open-identity-audit.ts';
import { openStore } from './server/open-store.ts';
import { openTelemetry } from './server/open-telemetry.ts';
import { sealerOf } from './server/sealer-of.ts';
import { PATIENCE, serve } from './server/serve.ts';
import { createStoreMetrics } from './server/store-metrics.ts';
import { watchEventLoop } from './server/watch-event-loop.ts';
import { type LeaderElection, openLeaderElection, type Store, startHousekeeping } from './store/index.ts';
import type { Log, Registry } from './telemetry/index.ts';

/** The composition root: the only file that knows every part. Starts them in order and stops them in reverse. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, dataDir, log } = options;
  const demoAccounts = await checkExposure(config, { findDemoPasswords, log });
  openDataDirectory(dataDir);
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const step of closers.reverse()) await step();
  };
  try {
    // First to open and last to close: it tells of all the others.
    const telemetry = await openTelemetry(config, log);
    if (telemetry) closers.push(telemetry.close);
    await letPoolGiveWay();
    const eventLoop = watchEventLoop(config, log);
    closers.push(eventLoop.close);
    const storeMetrics = telemetry && createStoreMetrics(telemetry.registry);
    const { store, availability } = await openStore(config, storeMetrics, log);
    closers.push(() => store.close());
    const leader = await openLeaderElection({
      store,
      key: 'leader',
      onError: (error) => log.error({ err: error }, 'standing for the lead among replicas failed'),
    });
    closers.push(() => leader.close());
    const audit = await openIdentityAudit({ config, store, registry: telemetry?.registry, log });
    closers.push(audit.close);
    const identity = await openIdentityFor({
      config,
      store,
      audit: audit.audit,
      leader,
      registry: telemetry?.registry,
      log,
      demoAccounts,
      isOverloaded: eventLoop.isTooLong,
      isStoreAway: availability?.isAway ?? (() => false),
    });
    closers.push(() => identity.close());
    const housekeeping = startHousekeeping({
      store,
      expiring: identity.expiring,
      leader,
      now: Date.now,
      ...(storeMetrics && { onCollected: storeMetrics.collected }),
      onError: (error) => log.error({ err: error }, 'housekeeping failed'),
    });
    closers.push(() => housekeeping.close());
    closers.push(await serveIdentity(config, identity));
    const gateway = await openGatewayFor(options, {
      store,
      availability,
      identity,
      eventLoop,
      leader,
      registry: telemetry?.registry,
    });
    if (gateway) closers.push(gateway.close);
    closers.push(followConfigFor(options, identity));
    closers.push(() => telemetry?.stopping());
    telemetry?.started(() =>
      identity.ready()
        ? gateway?.readiness.notReady()
        : 'the identity provider is closing, or has no storage',
    );
    return {
      issuerUrl: config.issuer,
      gatewayUrl: gateway?.url,
      startupMs: process.uptime() * 1000,
      demoAccounts,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Read only where there is one: the first door alone starts in half the time and memory. */
async function openGatewayFor(
  { config, dataDir, log }: StartOptions,
  parts: Pick<OpenGatewayDeps, 'store' | 'availability' | 'identity' | 'eventLoop' | 'leader' | 'registry'>,
): Promise<OpenedGateway | undefined> {
  const { gateway } = config;
  if (gateway === undefined) return undefined;
  const [{ openGateway }, { addPortalPages }] = await Promise.all([
    import('./server/open-gateway.ts'),
    import('./server/add-portal-pages.ts'),
  ]);
  const opened = await openGateway({ ...parts, config, gateway, dataDir, log });
  addPortalPages(config, parts.identity, opened);
  return opened;
}

/** What can be taken over follows the file; what it says is judged as at the start. */
function followConfigFor({ config, log, reloadConfig }: StartOptions, identity: Identity): () => void {
  if (reloadConfig === undefined) return () => {};
  const followed = followConfig({
    config,
    load: reloadConfig,
    async apply(inForce, next) {
      // An address that the file gives up is listened on until the next start.
      for (const judged of [inForce, next]) await checkExposure(judged, { findDemoPasswords, log });
      const { grantTypes, dynamicClientRegistration: registration } = inForce.oauth2;
      const offersLocal = offersLocalAccounts(inForce);
      await identity.reload({ ...inForce, grantTypes, registration, offersLocal });
    },
    log,
  });
  return followed.close;
}

/** As in Dex; but who configures no other source has always had this one. */
function offersLocalAccounts({ enablePasswordDB, connectors }: Config): boolean {
  return enablePasswordDB || connectors.length === 0;
}

interface IdentityParts {
  readonly config: Config;
  readonly store: Store;
  readonly leader: LeaderElection;
  readonly audit: IdentityAudit | undefined;
  readonly registry: Registry | undefined;
  readonly log: Log;
  readonly demoAccounts: RunningServer['demoAccounts'];
  isOverloaded(): boolean;
  isStoreAway(): boolean;
}

function openIdentityFor(parts: IdentityParts): Promise<Identity> {
  const { config, store, audit, leader, registry, log, demoAccounts } = parts;
  return openIdentity({
    issuer: config.issuer,
    store,
    audit,
    registry,
    sealer: sealerOf(config),
    signer: config.signer,
    leader,
    now: Date.now,
    isOverloaded: parts.isOverloaded,
    isStoreAway: parts.isStoreAway,
    log: log.child({ door: 'identity' }),
    clients: config.clients,
    passwords: config.passwords,
    connectors: config.connectors,
    offersLocal: offersLocalAccounts(config),
    alwaysShowLoginScreen: config.oauth2.alwaysShowLoginScreen,
    accounts: config.accounts,
    expiry: config.expiry,
    enforcePkce: config.oauth2.pkce?.enforce,
    grantTypes: config.oauth2.grantTypes,
    registration: config.oauth2.dynamicClientRegistration,
    skipApprovalScreen: config.oauth2.skipApprovalScreen,
    subjectEncoding: config.oauth2.subjectEncoding,
    frontend: config.frontend,
    sessions: config.sessions,
    mfa: config.mfa,
    cors: { origins: config.web.allowedOrigins, headers: config.web.allowedHeaders ?? ['Authorization'] },
    headers: config.web.headers,
    trustedProxies: config.web.clientRemoteIP?.trustedProxies,
    ...(demoAccounts.length === 0
      ? {}
      : {
          loginHint: {
            accounts: demoAccounts.map(({ email, groups }) => ({ login: email, groups })),
            password: 'password',
          },
        }),
  });
}

async function serveIdentity(config: Config, identity: Identity): Promise<() => Promise<void>> {
  const servers: HttpServer[] = [];
  const { http, https, tlsCert, tlsKey, tlsMinVersion = 'TLSv1.2', tlsMaxVersion } = config.web;
  if (http)
    servers.push(
      await serve(
        createHttpServer(PATIENCE, identity.handler),
        http,
        'the identity provider',
        'web.http',
        config,
      ),
    );
  if (https) {
    const tls = {
      cert: readNamedFile(config.file, 'web.tlsCert', tlsCert ?? ''),
      key: readNamedFile(config.file, 'web.tlsKey', tlsKey ?? ''),
      minVersion: tlsMinVersion,
      ...(tlsMaxVersion === undefined ? {} : { maxVersion: tlsMaxVersion }),
    };
    const server = createHttpsServer({ ...PATIENCE, ...tls }, identity.handler);
    servers.push(await serve(server, https, 'the identity provider', 'web.https', config));
  }
  return async () => void (await Promise.all(servers.map((server) => drain(server))));
}
