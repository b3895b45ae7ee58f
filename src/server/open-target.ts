import { type Cluster, type KubeObject, openCluster } from '../cluster/index.ts';
import { type ClusterConfig, type Config, type GatewayConfig, readNamedFile } from '../config/index.ts';
import {
  type ApiServerTarget,
  createDelegatedAuthorizer,
  createEmbeddedTarget,
  createHttpTarget,
  type DelegatedAuthorizer,
  followClusterPolicy,
  guardPolicy,
  openKubeconfigTarget,
  type ServingCertificate,
  type Target,
} from '../gateway/index.ts';
import { defaultPolicyObjects, type Policy } from '../rbac/index.ts';
import type { Store } from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';
import { kubernetesVersion } from '../version.ts';

export interface OpenTargetDeps {
  readonly config: Config;
  readonly gateway: GatewayConfig;
  readonly cluster: ClusterConfig;
  readonly store: Store;
  readonly policy: Policy;
  readonly certificate: ServingCertificate;
  readonly log: Log;
}

/** Where allowed requests go, and what the policy has from there. */
export interface OpenedTarget {
  readonly target: Target;
  /** Leaves decisions to the API server; undefined when the policy decides. */
  readonly delegated?: DelegatedAuthorizer;
  /** For requests of the gateway itself; undefined when the target is the embedded API. */
  readonly client: ApiServerTarget['client'] | undefined;
  /** undefined when requests can be decided and answered, else the reason why not yet. */
  notReady(): string | undefined;
  /** Ends what never ends by itself: watches, both ours and the clients'. */
  close(): Promise<void>;
}

export function openTarget(deps: OpenTargetDeps): Promise<OpenedTarget> {
  return deps.cluster.target === 'embedded' ? openEmbedded(deps) : openApiServer(deps);
}

async function openEmbedded({
  store,
  policy,
  gateway,
  certificate,
  log,
}: OpenTargetDeps): Promise<OpenedTarget> {
  const guard = guardPolicy(policy, 'cluster');
  const cluster: Cluster = await openCluster({
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
  const target = createEmbeddedTarget(cluster);
  return { target, client: undefined, notReady: () => target.notReady(), close: () => cluster.close() };
}

async function openApiServer(deps: OpenTargetDeps): Promise<OpenedTarget> {
  const { policy, cluster, log } = deps;
  const target = await connect(deps);
  const { client } = target;
  void target
    .checkOwnRights()
    .catch((error: unknown) => log.warn({ err: error }, "the gateway's own rights could not be checked"));
  if (cluster.authorization === 'subjectAccessReview') {
    const delegated = createDelegatedAuthorizer({
      client: target.questions,
      now: () => performance.now(),
      log,
    });
    return { target, client, delegated, notReady: () => target.notReady(), close: () => target.close() };
  }
  if (!cluster.rbac.cluster) {
    // Manifests bind Kubernetes' default roles; the cluster's own objects are not looked at.
    for (const object of defaultPolicyObjects()) policy.put('defaults', object);
    return { target, client, notReady: () => target.notReady(), close: () => target.close() };
  }
  const followed = followClusterPolicy({
    client,
    policy,
    log,
    now: Date.now,
    schedule: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      timer.unref();
      return () => clearTimeout(timer);
    },
  });
  return {
    target,
    client,
    notReady: () => target.notReady() ?? followed.synced(),
    close: async () => {
      await followed.close();
      await target.close();
    },
  };
}

async function connect({ config, cluster, log }: OpenTargetDeps): Promise<ApiServerTarget> {
  const { target, at } = cluster;
  if (target === 'embedded') throw new Error('the embedded API is no API server');
  if ('kubeconfig' in target) {
    return openKubeconfigTarget({ ...target, env: process.env, now: Date.now, log });
  }
  const token = () => readNamedFile(config.file, `${at}.target.tokenFile`, target.tokenFile).trim();
  // A missing file is to be known now, not at the first request.
  token();
  const ca =
    target.certificateAuthority === undefined
      ? undefined
      : readNamedFile(config.file, `${at}.target.certificateAuthority`, target.certificateAuthority);
  return createHttpTarget({
    server: target.server,
    token,
    log,
    ...(ca === undefined ? {} : { certificateAuthority: ca }),
  });
}
