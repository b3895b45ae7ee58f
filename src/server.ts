import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { RunningServer, StartOptions } from './cli/index.ts';
import { type Cluster, type KubeObject, openCluster } from './cluster/index.ts';
import {
  type Config,
  ConfigError,
  checkExposure,
  type GatewayConfig,
  type ListenAddress,
  openDataDirectory,
  readNamedFile,
} from './config/index.ts';
import {
  answerProbe,
  createEmbeddedTarget,
  createHttpTarget,
  createImpersonation,
  createPipeline,
  createReviewAnswerer,
  guardPolicy,
  keepCertificate,
  loadServingCertificate,
  type ManifestFollower,
  openAuthenticator,
  openManifests,
  type ServingCertificate,
  type Target,
} from './gateway/index.ts';
import { drain, listen } from './http/index.ts';
import { findDemoPasswords, type Identity, openIdentity } from './identity/index.ts';
import { createPolicy, defaultPolicyObjects, type Policy } from './rbac/index.ts';
import { StartError } from './start-error.ts';
import { createMemoryStore, openSqliteStore, type Store, startHousekeeping } from './store/index.ts';
import type { Log } from './telemetry/index.ts';
import { kubernetesVersion } from './version.ts';

/** A bearer token with many groups is long; kube-apiserver takes 1 MiB. */
const MAX_HEADER_BYTES = 131_072;
/** Who is slower than this holds a connection and does nothing with it. Milliseconds. */
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 60_000, handshakeTimeout: 10_000 } as const;

/** The composition root: the only file that knows every part. Starts them in order and stops them in reverse. */
export async function startServer({ config, dataDir, log }: StartOptions): Promise<RunningServer> {
  const demoAccounts = await checkExposure(config, { findDemoPasswords, log });
  openDataDirectory(dataDir);
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const step of closers.reverse()) await step();
  };
  try {
    const store = await openStore(config, log);
    closers.push(() => store.close());
    const identity = await openIdentityFor(config, store, log, demoAccounts);
    closers.push(() => identity.close());
    const housekeeping = startHousekeeping({
      store,
      expiring: identity.expiring,
      now: Date.now,
      onError: (error) => log.error({ err: error }, 'housekeeping failed'),
    });
    closers.push(() => housekeeping.close());
    closers.push(await serveIdentity(config, identity));
    const gateway =
      config.gateway && (await openGateway(config, config.gateway, dataDir, store, identity, log));
    if (gateway) closers.push(gateway.close);
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

async function openStore(config: Config, log: Log): Promise<Store> {
  if (config.storage.type === 'memory') return createMemoryStore();
  return openSqliteStore({
    file: config.storage.file,
    onError: (error) => log.error({ err: error }, 'storage failed'),
  });
}

function openIdentityFor(
  config: Config,
  store: Store,
  log: Log,
  demoAccounts: RunningServer['demoAccounts'],
): Promise<Identity> {
  return openIdentity({
    issuer: config.issuer,
    store,
    now: Date.now,
    log: log.child({ door: 'identity' }),
    clients: config.clients,
    passwords: config.passwords,
    expiry: config.expiry,
    skipApprovalScreen: config.oauth2.skipApprovalScreen,
    frontend: config.frontend,
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
  const { http, https, tlsCert, tlsKey } = config.web;
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
    };
    const server = createHttpsServer({ ...PATIENCE, ...tls }, identity.handler);
    servers.push(await serve(server, https, 'the identity provider', 'web.https', config));
  }
  return async () => void (await Promise.all(servers.map(drain)));
}

async function openGateway(
  config: Config,
  gateway: GatewayConfig,
  dataDir: string,
  store: Store,
  identity: Identity,
  log: Log,
): Promise<{ url: string; close: () => Promise<void> }> {
  const { policy, manifests } = await openPolicy(config, gateway, log);
  const certificate = await gatewayCertificate(config, gateway, dataDir);
  const { target, cluster } = await openTarget(config, gateway, store, policy, certificate, log);
  const authenticator = openAuthenticator({
    file: gateway.authenticationConfig,
    text: readNamedFile(config.file, 'gateway.authenticationConfig', gateway.authenticationConfig),
    builtIn: { issuer: config.issuer, jwks: () => identity.jwks() },
    now: Date.now,
    log,
  });
  const authorize: Policy['authorize'] = (attributes) => policy.authorize(attributes);
  const notReady = () => target.notReady();
  const pipeline = createPipeline({
    authenticate: authenticator.authenticate,
    impersonate: createImpersonation({
      authorize,
      constrained: gateway.constrainedImpersonation,
      now: () => performance.now(),
    }),
    authorize,
    reviews: createReviewAnswerer({
      authorize,
      rulesFor: (user, namespace) => policy.rulesFor(user, namespace),
      now: () => new Date(),
    }),
    target,
    notReady,
    log: log.child({ door: 'gateway' }),
  });
  const handler: RequestListener = (request, response) => {
    if (!answerProbe(request, response, notReady)) pipeline(request, response);
  };
  const tls = { cert: certificate.certificate, key: certificate.privateKey, maxHeaderSize: MAX_HEADER_BYTES };
  const server = await serve(
    createHttpsServer({ ...PATIENCE, ...tls }, handler),
    gateway.https,
    'the gateway',
    'gateway.https',
    config,
  );
  const certificates = keepCertificate(certificate, {
    server,
    load: () => gatewayCertificate(config, gateway, dataDir),
    log,
  });
  return {
    url: `https://${hostPort(gateway.https)}`,
    close: async () => {
      certificates.close();
      manifests.close();
      // Watches never end by themselves: the API ends them, then the server can drain.
      const drained = drain(server);
      await cluster?.close();
      await target.close();
      await authenticator.close();
      await drained;
    },
  };
}

async function openPolicy(
  config: Config,
  gateway: GatewayConfig,
  log: Log,
): Promise<{ policy: Policy; manifests: ManifestFollower }> {
  // The embedded API puts its default roles back at every start.
  const restored = gateway.target === 'embedded' ? defaultPolicyObjects() : [];
  const policy = createPolicy({ restored });
  try {
    const manifests = await openManifests({
      paths: gateway.rbac.manifests,
      apply: (objects) => policy.replaceSource('manifests', objects),
      log,
    });
    return { policy, manifests };
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError([{ file: config.file, path: 'gateway.rbac.manifests', message }]);
  }
}

async function gatewayCertificate(
  config: Config,
  { https, tlsCert, tlsKey, tlsNames }: GatewayConfig,
  dataDir: string,
): Promise<ServingCertificate> {
  if (tlsCert !== undefined && tlsKey !== undefined) {
    const certificate = readNamedFile(config.file, 'gateway.tlsCert', tlsCert);
    return {
      certificate,
      privateKey: readNamedFile(config.file, 'gateway.tlsKey', tlsKey),
      certificateAuthority: certificate,
    };
  }
  const listening = https.host === '' || https.host === '0.0.0.0' || https.host === '::' ? [] : [https.host];
  const names = new Set(['127.0.0.1', '::1', 'localhost', ...listening, ...tlsNames]);
  return loadServingCertificate(dataDir, [...names], new Date());
}

async function openTarget(
  config: Config,
  gateway: GatewayConfig,
  store: Store,
  policy: Policy,
  certificate: ServingCertificate,
  log: Log,
): Promise<{ target: Target; cluster?: Cluster }> {
  if (gateway.target !== 'embedded') {
    const { server, certificateAuthority, tokenFile } = gateway.target;
    for (const object of defaultPolicyObjects()) policy.put('defaults', object);
    const token = () => readNamedFile(config.file, 'gateway.target.tokenFile', tokenFile).trim();
    token();
    const ca =
      certificateAuthority === undefined
        ? undefined
        : readNamedFile(config.file, 'gateway.target.certificateAuthority', certificateAuthority);
    return {
      target: createHttpTarget({
        server,
        token,
        log,
        ...(ca === undefined ? {} : { certificateAuthority: ca }),
      }),
    };
  }
  const guard = guardPolicy(policy, 'cluster');
  const cluster = await openCluster({
    store,
    now: Date.now,
    log: log.child({ part: 'cluster' }),
    version: kubernetesVersion,
    bootstrapObjects: defaultPolicyObjects() as unknown as KubeObject[],
    validateRbac: guard.validateRbac,
    confirmNoEscalation: guard.confirmNoEscalation,
    namespaces: gateway.embedded.namespaces,
    caBundle: certificate.certificateAuthority,
  });
  await cluster.followPolicy(guard.follower);
  return { target: createEmbeddedTarget(cluster), cluster };
}

async function serve<S extends HttpServer>(
  server: S,
  { host, port }: ListenAddress,
  purpose: string,
  setting: string,
  config: Config,
): Promise<S> {
  try {
    await listen(server, { host, port, purpose, setting: `${setting} in ${config.file}` });
  } catch (error) {
    throw new StartError((error as Error).message);
  }
  return server;
}

function hostPort({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host || '0.0.0.0'}:${port}`;
}
