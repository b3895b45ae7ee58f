import { randomBytes } from 'node:crypto';
import type { ClusterOptions, RunningCluster } from '../../cli/index.ts';
import { createWatches } from '../../cluster/index.ts';
import {
  type ClientAuthorities,
  clientCertificateOptions,
  createCertificateAuthenticator,
  createStaticTokens,
  guardConnections,
  readClientAuthorities,
  serverOptions,
  serveUpgrades,
  streamingProtocol,
} from '../../gateway/embedded/index.ts';
import { createSecureHttpServer, drain, followConnections, listen } from '../../http/index.ts';
import { createPolicy, defaultPolicyObjects } from '../../rbac/decide/index.ts';
import { StartError } from '../../start-error.ts';
import { startHousekeeping } from '../../store/index.ts';
import { type OpenedEmbeddedApi, openEmbeddedApi } from '../open-embedded-api.ts';
import { hostPort, PATIENCE } from '../serve.ts';
import { clusterCertificate } from './cluster-certificate.ts';
import { clusterLimits, clusterWatches } from './limits.ts';
import { openClusterDoor } from './open-cluster-door.ts';
import { openClusterStore } from './open-cluster-store.ts';

const TOKEN_BYTES = 32;

/**
 * The embedded API alone, on an address of its own: the gateway's pipeline with another list of who is known, on the same
 * store, RBAC engine and API. No second way for a request.
 * @throws StartError when the address, the store or a certificate cannot be used
 */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const { listen: address, log } = options;
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const step of closers.splice(0).reverse()) await step();
  };
  try {
    const store = await openClusterStore(options.store, (error) =>
      log.error({ err: error }, 'storage failed'),
    );
    closers.push(() => store.close());
    const certificate = await clusterCertificate(options.certificate, address.host);
    const housekeeping = startHousekeeping({
      store,
      expiring: [],
      now: Date.now,
      onError: (error) => log.error({ err: error }, 'housekeeping failed'),
    });
    closers.push(() => housekeeping.close());
    const policy = createPolicy({ restored: defaultPolicyObjects() });
    const api = await openEmbeddedApi({
      store,
      policy,
      lives: options.controllers,
      watches: createWatches(clusterWatches),
      maxBodyBytes: clusterLimits.bodyBytes,
      caBundle: certificate.certificateAuthority,
      log,
    });
    closers.push(api.close);
    const audit = await auditOf(options);
    if (audit !== undefined) closers.push(audit.close);
    const tokens = createStaticTokens();
    for (const { token, user } of options.tokens) tokens.add(token, user);
    const authorities = await trustedAuthorities(options, api);
    const door = openClusterDoor({
      tokens,
      serviceAccounts: api.serviceAccounts,
      authenticateCertificate: authorities && createCertificateAuthenticator(Date.now),
      auditor: audit?.auditor,
      policy,
      target: api.target,
      log,
    });
    closers.push(door.close);
    const server = usable('the serving certificate', () =>
      createSecureHttpServer({
        ...PATIENCE,
        ...serverOptions(clusterLimits),
        cert: certificate.certificate,
        key: certificate.privateKey,
        ...(authorities && { clientCertificates: clientCertificateOptions(authorities) }),
        handler: (request, response) => door.handle(request, response),
        mayUpgrade: ({ headers }) => streamingProtocol(headers) !== undefined,
        onUpgrade: serveUpgrades(door.handle),
      }),
    );
    guardConnections(server, clusterLimits, door.limitEvents);
    const connections = followConnections(server);
    const port = await listen(server, { ...address, purpose: 'the cluster', setting: '--listen' });
    closers.push(async () => {
      // Watches never end by themselves: the API ends them, then the server can drain.
      const drained = drain(server, connections);
      await api.close();
      if (options.cutsConnections) connections.cut();
      await drained;
    });
    return {
      url: `https://${hostPort({ host: reachable(address.host), port })}`,
      certificateAuthority: certificate.certificateAuthority,
      admit(user) {
        const token = randomBytes(TOKEN_BYTES).toString('base64url');
        tokens.add(token, user);
        return token;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error instanceof Error && (error as NodeJS.ErrnoException).code === 'SP_LISTEN'
      ? new StartError(error.message)
      : error;
  }
}

/** Those of the operator, and the one that signs what is approved here; undefined when there are none. */
async function trustedAuthorities(
  { clientCA, controllers }: ClusterOptions,
  api: Pick<OpenedEmbeddedApi, 'clientAuthority'>,
): Promise<ClientAuthorities | undefined> {
  const own = controllers ? await api.clientAuthority() : undefined;
  // What an operator has named must be good by itself.
  if (clientCA !== undefined) usable('the file of client authorities', () => readClientAuthorities(clientCA));
  const all = [clientCA, own].filter((each) => each !== undefined);
  return all.length === 0 ? undefined : readClientAuthorities(all.join('\n'));
}

/** Read only where it is asked for. */
async function auditOf({ audit, log }: ClusterOptions) {
  if (audit === undefined) return undefined;
  const { openClusterAudit } = await import('./open-cluster-audit.ts');
  return openClusterAudit(audit, log);
}

/** What an operator has given, and OpenSSL may not take. */
function usable<T>(what: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw new StartError(`${what} cannot be used: ${(error as Error).message}`);
  }
}

/** The wildcard address is none to connect to. */
function reachable(host: string): string {
  if (host === '::') return '::1';
  return host === '' || host === '0.0.0.0' ? '127.0.0.1' : host;
}
