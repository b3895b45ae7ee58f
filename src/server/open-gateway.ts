import { type Config, type GatewayConfig, readNamedFile } from '../config/index.ts';
import {
  answerProbe,
  keepCertificate,
  loadServingCertificate,
  type ServingCertificate,
  serveUpgrades,
  streamingProtocol,
} from '../gateway/index.ts';
import { createSecureHttpServer, drain, followConnections } from '../http/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Store } from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';
import { openAudit } from './open-audit.ts';
import { openClusters } from './open-clusters.ts';
import { openServices } from './open-services.ts';
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

/** Opens door 2: the clusters behind it, each with its own policy, and the server in front. */
export async function openGateway(deps: OpenGatewayDeps): Promise<{ url: string; close(): Promise<void> }> {
  const { config, gateway, dataDir, store, log } = deps;
  const certificate = await gatewayCertificate(config, gateway, dataDir);
  const audit = await openAudit({ config, gateway, store, log });
  const clusters = await openClusters({ ...deps, certificate, auditor: audit.auditor });
  const listening = createSecureHttpServer({
    ...PATIENCE,
    cert: certificate.certificate,
    key: certificate.privateKey,
    maxHeaderSize: MAX_HEADER_BYTES,
    handler: (request, response) => {
      if (!answerProbe(request, response, clusters.notReady)) clusters.handle(request, response);
    },
    mayUpgrade: ({ headers }) => streamingProtocol(headers) !== undefined,
    onUpgrade: serveUpgrades(clusters.handle),
  });
  const connections = followConnections(listening);
  const server = await serve(listening, gateway.https, 'the gateway', 'gateway.https', config);
  const certificates = keepCertificate(certificate, {
    server,
    load: () => gatewayCertificate(config, gateway, dataDir),
    log,
  });
  const services = await openServices({
    ...clusters.door,
    config,
    gateway,
    certificate: () => gatewayCertificate(config, gateway, dataDir),
    maxHeaderSize: MAX_HEADER_BYTES,
    log,
  });
  return {
    url: `https://${hostPort(gateway.https)}`,
    close: async () => {
      certificates.close();
      // Watches never end by themselves: the API ends them, then the server can drain.
      const drained = Promise.all([drain(server, connections), services.close()]);
      await clusters.close();
      await drained;
      await audit.close();
    },
  };
}

async function gatewayCertificate(
  config: Config,
  { https, tlsCert, tlsKey, tlsNames, clusters }: GatewayConfig,
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
  const names = new Set([
    '127.0.0.1',
    '::1',
    'localhost',
    ...listening,
    ...tlsNames,
    ...clusters.flatMap(({ serverName }) => serverName ?? []),
  ]);
  return loadServingCertificate(dataDir, [...names], new Date());
}
