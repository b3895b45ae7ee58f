import type { ClusterDeps } from '../cluster/index.ts';
import { type ClusterConfig, type Config, type GatewayConfig, readNamedFile } from '../config/index.ts';
import {
  type ApiServerTarget,
  type ClusterMetrics,
  type CredentialMode,
  createDelegatedAuthorizer,
  createHttpTarget,
  createUpstreamCheck,
  type DelegatedAuthorizer,
  followClusterPolicy,
  openKubeconfigTarget,
  type ReadinessCheck,
  type ServingCertificate,
  type Target,
} from '../gateway/index.ts';
import type { ApiClient } from '../kubeconfig/index.ts';
import { defaultPolicyObjects, type Policy } from '../rbac/index.ts';
import type { Store } from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';
import type { OpenedEmbeddedApi } from './open-embedded-api.ts';
import { readAtMostEvery } from './read-at-most-every.ts';
import { schedule } from './schedule.ts';
import { sealerOf } from './sealer-of.ts';

export interface OpenTargetDeps {
  readonly config: Config;
  readonly gateway: GatewayConfig;
  readonly cluster: ClusterConfig;
  readonly store: Store;
  readonly policy: Policy;
  readonly certificate: ServingCertificate;
  readonly metrics: ClusterMetrics | undefined;
  readonly onConversion: ClusterDeps['onConversion'];
  readonly log: Log;
}

/** Where allowed requests go, and what the policy has from there. */
export interface OpenedTarget {
  readonly target: Target;
  /** Leaves decisions to the API server; undefined when the policy decides. */
  readonly delegated?: DelegatedAuthorizer;
  /** For requests of the gateway itself; undefined when the target is the embedded API. */
  readonly client: ApiServerTarget['client'] | undefined;
  /** For what the gateway itself writes there, as its own account. */
  readonly writer: Pick<ApiClient, 'get' | 'post' | 'delete'>;
  /** Knows tokens of the embedded API's service accounts. */
  readonly serviceAccounts?: OpenedEmbeddedApi['serviceAccounts'];
  /** undefined when requests can be decided, else the reason why not yet: then they are refused. */
  notReady(): string | undefined;
  /** Whether the API server is reached; undefined for one in this process. */
  readonly upstream: ReadinessCheck | undefined;
  /** Milliseconds since the API server last said anything about its RBAC objects; undefined: they are not followed. */
  policyAge(): number | undefined;
  /**
   * Ends what never ends by itself: watches, both ours and the clients'. What else is under way is answered.
   * @param drained when nothing is under way any more
   */
  close(drained: Promise<unknown>): Promise<void>;
}

export function openTarget(deps: OpenTargetDeps): Promise<OpenedTarget> {
  return deps.cluster.target === 'embedded' ? openEmbedded(deps) : openApiServer(deps);
}

async function openEmbedded(deps: OpenTargetDeps): Promise<OpenedTarget> {
  const { store, policy, gateway, certificate, metrics, log } = deps;
  // Not for those who have a cluster of their own.
  const { openEmbeddedApi } = await import('./open-embedded-api.ts');
  const { target, client, serviceAccounts, close } = await openEmbeddedApi({
    store,
    sealer: sealerOf(deps.config),
    policy,
    namespaces: gateway.embedded.namespaces,
    maxBodyBytes: gateway.limits.bodyBytes,
    caBundle: certificate.certificateAuthority,
    lives: true,
    ...(metrics && { hookMetrics: metrics.hooks }),
    onConversion: deps.onConversion,
    log: log.child({ part: 'cluster' }),
  });
  return {
    target,
    serviceAccounts,
    client: undefined,
    writer: client,
    notReady: () => target.notReady(),
    upstream: undefined,
    policyAge: () => undefined,
    close,
  };
}

async function openApiServer(deps: OpenTargetDeps): Promise<OpenedTarget> {
  const { policy, cluster, log } = deps;
  const target = await connect(deps);
  const { client } = target;
  void target
    .checkOwnRights(cluster.accessRequests !== undefined)
    .catch((error: unknown) => log.warn({ err: error }, "the gateway's own rights could not be checked"));
  const upstream = createUpstreamCheck({
    client: target.client,
    ownCredentials: modeOf(cluster) !== 'passThrough',
    schedule,
    log,
  });
  const reached = {
    target,
    client,
    writer: target.questions,
    notReady: () => target.notReady(),
    upstream,
    policyAge: () => undefined,
    close: async (drained: Promise<unknown>) => {
      upstream.close();
      await target.endStreams();
      await drained;
      await target.close();
    },
  };
  if (cluster.authorization === 'subjectAccessReview') {
    const delegated = createDelegatedAuthorizer({
      client: target.questions,
      now: () => performance.now(),
      log,
    });
    return { ...reached, delegated };
  }
  if (!cluster.rbac.cluster) {
    // Manifests bind Kubernetes' default roles; the cluster's own objects are not looked at.
    for (const object of defaultPolicyObjects()) policy.put('defaults', object);
    return reached;
  }
  const followed = followClusterPolicy({
    client,
    policy,
    log,
    now: Date.now,
    schedule,
  });
  return {
    ...reached,
    notReady: () => target.notReady() ?? followed.synced(),
    policyAge: () => followed.age(),
    close: async (drained) => {
      await followed.close();
      await reached.close(drained);
    },
  };
}

function modeOf({ target }: ClusterConfig): CredentialMode {
  return target !== 'embedded' && 'mode' in target ? target.mode : 'impersonate';
}

/** How old the gateway's own token may be, as read from its file. */
const TOKEN_AGE_MS = 1_000;

async function connect({ config, gateway, cluster, metrics, log }: OpenTargetDeps): Promise<ApiServerTarget> {
  const { target, at } = cluster;
  const { concurrency, stalledServer: stalledMs } = gateway.limits;
  if (target === 'embedded') throw new Error('the embedded API is no API server');
  if ('kubeconfig' in target) {
    return openKubeconfigTarget({
      ...target,
      concurrency,
      stalledMs,
      env: process.env,
      now: Date.now,
      log,
      metrics: metrics?.upstream,
    });
  }
  const token = readAtMostEvery(
    TOKEN_AGE_MS,
    () => performance.now(),
    () => readNamedFile(config.file, `${at}.target.tokenFile`, target.tokenFile).trim(),
  );
  // A missing file is to be known now, not at the first request.
  token();
  const ca =
    target.certificateAuthority === undefined
      ? undefined
      : readNamedFile(config.file, `${at}.target.certificateAuthority`, target.certificateAuthority);
  return createHttpTarget({
    server: target.server,
    concurrency,
    stalledMs,
    token,
    log,
    metrics: metrics?.upstream,
    ...(ca === undefined ? {} : { certificateAuthority: ca }),
  });
}
