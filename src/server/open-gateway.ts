import type { RequestListener } from 'node:http';
import { type Config, ConfigError, type GatewayConfig, readNamedFile } from '../config/index.ts';
import {
  answerProbe,
  createImpersonation,
  createOpenStreams,
  createPipeline,
  createReloadableAuthenticator,
  createReviewAnswerer,
  keepCertificate,
  loadServingCertificate,
  type ManifestFollower,
  openManifests,
  type ServingCertificate,
  serveUpgrades,
  streamingProtocol,
} from '../gateway/index.ts';
import { createSecureHttpServer, drain, followConnections } from '../http/index.ts';
import type { Identity } from '../identity/index.ts';
import { createPolicy, defaultPolicyObjects, type Policy } from '../rbac/index.ts';
import type { Store } from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';
import { followAuthentication } from './follow-authentication.ts';
import { openAudit } from './open-audit.ts';
import { openTarget } from './open-target.ts';
import { hostPort, PATIENCE, serve } from './serve.ts';

/** A bearer token with many groups is long; kube-apiserver takes 1 MiB. */
const MAX_HEADER_BYTES = 131_072;

export interface OpenGatewayDeps {
  readonly config: Config;
  readonly gateway: GatewayConfig;
  readonly dataDir: string;
  readonly store: Store;
  readonly identity: Identity;
  readonly log: Log;
}

/** Opens door 2: the policy, the way to a target, the pipeline between them, and the server in front. */
export async function openGateway(deps: OpenGatewayDeps): Promise<{ url: string; close(): Promise<void> }> {
  const { config, gateway, dataDir, store, identity, log } = deps;
  const { policy, manifests } = await openPolicy(config, gateway, log);
  const certificate = await gatewayCertificate(config, gateway, dataDir);
  const opened = await openTarget({ config, gateway, store, policy, certificate, log });
  const file = gateway.authenticationConfig;
  const authenticator = createReloadableAuthenticator({
    load: () => ({ text: readNamedFile(config.file, 'gateway.authenticationConfig', file), file }),
    builtIn: { issuer: config.issuer, jwks: () => identity.jwks() },
    now: Date.now,
    log,
  });
  const following = followAuthentication(authenticator, log);
  const audit = openAudit(config, gateway, log);
  const authorize: Policy['authorize'] = (attributes) => policy.authorize(attributes);
  const streams = createOpenStreams({ authorize, now: Date.now, graceMs: gateway.streamGrace });
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
    target: opened.target,
    streams,
    auditor: audit.auditor,
    notReady: opened.notReady,
    log: log.child({ door: 'gateway' }),
  });
  const handler: RequestListener = (request, response) => {
    if (!answerProbe(request, response, opened.notReady)) pipeline(request, response);
  };
  const listening = createSecureHttpServer({
    ...PATIENCE,
    cert: certificate.certificate,
    key: certificate.privateKey,
    maxHeaderSize: MAX_HEADER_BYTES,
    handler,
    mayUpgrade: ({ headers }) => streamingProtocol(headers) !== undefined,
    onUpgrade: serveUpgrades(pipeline),
  });
  const connections = followConnections(listening);
  const server = await serve(listening, gateway.https, 'the gateway', 'gateway.https', config);
  const certificates = keepCertificate(certificate, {
    server,
    load: () => gatewayCertificate(config, gateway, dataDir),
    log,
  });
  return {
    url: `https://${hostPort(gateway.https)}`,
    close: async () => {
      following.close();
      streams.close();
      certificates.close();
      manifests.close();
      // Watches never end by themselves: the API ends them, then the server can drain.
      const drained = drain(server, connections);
      await opened.close();
      await authenticator.close();
      await drained;
      await audit.close();
    },
  };
}

async function openPolicy(
  config: Config,
  gateway: GatewayConfig,
  log: Log,
): Promise<{ policy: Policy; manifests: ManifestFollower }> {
  // The embedded API puts its default roles back at every start, and so does a real one.
  const policy = createPolicy({ restored: defaultPolicyObjects() });
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
