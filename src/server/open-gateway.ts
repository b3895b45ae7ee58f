import {
  type ClusterAddress,
  type Config,
  clusterAddresses,
  type GatewayConfig,
  gatewayUrl,
} from '../config/index.ts';
import {
  answerProbe,
  createGatewayMetrics,
  createLimitCounts,
  guardConnections,
  keepCertificate,
  type Readiness,
  serverOptions,
  serveUpgrades,
  shedLoad,
  streamingProtocol,
} from '../gateway/index.ts';
import { createSecureHttpServer, drain, type EventLoopDelay, followConnections } from '../http/index.ts';
import type { Identity } from '../identity/index.ts';
import type { LeaderElection, Store } from '../store/index.ts';
import type { Log, Registry } from '../telemetry/index.ts';
import { createAccessRequestMetrics } from './access-request-metrics.ts';
import { createConversionMetrics } from './conversion-metrics.ts';
import { gatewayCertificate } from './gateway-certificate.ts';
import { openAudit } from './open-audit.ts';
import { openClientCertificates } from './open-client-certificates.ts';
import { type Clusters, openClusters } from './open-clusters.ts';
import { openServices } from './open-services.ts';
import { hostPort, PATIENCE, serve } from './serve.ts';
import type { StoreAvailability } from './store-availability.ts';

export interface OpenGatewayDeps {
  readonly config: Config;
  readonly gateway: GatewayConfig;
  readonly dataDir: string;
  readonly store: Store;
  /** Of a storage outside this process. */
  readonly availability: Pick<StoreAvailability, 'isAway'> | undefined;
  readonly identity: Identity;
  readonly leader: Pick<LeaderElection, 'isLeader'>;
  /** Where the gateway's metrics go; undefined: nothing is counted. */
  readonly registry: Registry | undefined;
  readonly eventLoop: EventLoopDelay;
  readonly log: Log;
}

export interface OpenedGateway {
  readonly url: string;
  readonly readiness: Readiness;
  readonly access: Clusters['access'];
  readonly ownApi: Clusters['ownApi'];
  readonly accessRequests: Clusters['accessRequests'];
  /** How clients reach the clusters; PEM text of what they have to trust. */
  readonly addresses: readonly ClusterAddress[];
  certificateAuthority(): string;
  close(): Promise<void>;
}

/** Opens door 2: the clusters behind it, each with its own policy, and the server in front. */
export async function openGateway(deps: OpenGatewayDeps): Promise<OpenedGateway> {
  const { config, gateway, dataDir, store, registry, log } = deps;
  const metrics = registry && createGatewayMetrics(registry, () => performance.now());
  const certificate = await gatewayCertificate(config, gateway, dataDir);
  const clients = openClientCertificates(config, gateway, log);
  const audit = await openAudit({ config, gateway, dataDir, store, metrics, log });
  const limitEvents = createLimitCounts(log, metrics?.limits);
  const clusters = await openClusters({
    ...deps,
    certificate,
    authenticateCertificate: clients.authenticate,
    auditor: audit.auditor,
    metrics,
    accessMetrics: registry && createAccessRequestMetrics(registry),
    onConversion: registry && createConversionMetrics(registry),
    limitEvents,
  });
  const handle = shedLoad(clusters.handle, deps.eventLoop.isTooLong, limitEvents);
  const tls = { cert: certificate.certificate, key: certificate.privateKey };
  const listening = createSecureHttpServer({
    ...PATIENCE,
    ...serverOptions(gateway.limits),
    ...tls,
    clientCertificates: clients.options,
    handler: (request, response) => {
      if (!answerProbe(request, response, clusters.readiness)) handle(request, response);
    },
    mayUpgrade: ({ headers }) => streamingProtocol(headers) !== undefined,
    onUpgrade: serveUpgrades(handle),
  });
  guardConnections(listening, gateway.limits, limitEvents);
  const connections = followConnections(listening);
  const context = clients.keep(listening, tls);
  const server = await serve(listening, gateway.https, 'the gateway', 'gateway.https', config);
  const certificates = keepCertificate(certificate, {
    server: context,
    load: () => gatewayCertificate(config, gateway, dataDir),
    log,
  });
  const services = await openServices({
    ...clusters.door,
    config,
    gateway,
    certificate: () => gatewayCertificate(config, gateway, dataDir),
    limitEvents,
    isOverloaded: deps.eventLoop.isTooLong,
    metrics,
    log,
  });
  return {
    url: `https://${hostPort(gateway.https)}`,
    readiness: clusters.readiness,
    access: clusters.access,
    ownApi: clusters.ownApi,
    accessRequests: clusters.accessRequests,
    addresses: clusterAddresses(gateway, gatewayUrl(config, gateway)),
    certificateAuthority: certificates.certificateAuthority,
    close: async () => {
      certificates.close();
      context.close();
      // Watches never end by themselves: the clusters end them, and the rest of what they have when the server has drained.
      const drained = Promise.all([drain(server, connections), services.close()]);
      await clusters.close(drained);
      await audit.close();
    },
  };
}
