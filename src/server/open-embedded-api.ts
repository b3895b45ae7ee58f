import { type Cluster, type ClusterDeps, type KubeObject, openCluster } from '../cluster/index.ts';
import { createEmbeddedTarget, guardPolicy } from '../gateway/embedded/index.ts';
import type { Target } from '../gateway/index.ts';
import type { ApiClient } from '../kubeconfig/index.ts';
import { defaultPolicyObjects } from '../rbac/decide/index.ts';
import type { Policy } from '../rbac/index.ts';
import { kubernetesVersion } from '../version.ts';
import { embeddedClient } from './embedded-client.ts';

export interface OpenEmbeddedApiDeps
  extends Pick<
    ClusterDeps,
    | 'store'
    | 'sealer'
    | 'namespaces'
    | 'maxBodyBytes'
    | 'caBundle'
    | 'watches'
    | 'log'
    | 'hookMetrics'
    | 'onConversion'
  > {
  /** Kept up with the RBAC objects that the API stores. */
  readonly policy: Policy;
  /** Whether controllers and the simulated node do what objects ask for; otherwise they stay as they were written. */
  readonly lives: boolean;
}

export interface OpenedEmbeddedApi {
  readonly target: Target;
  /** For what the gateway itself writes there. */
  readonly client: Pick<ApiClient, 'get' | 'post' | 'delete'>;
  /** Knows the tokens of its service accounts. */
  readonly serviceAccounts: Pick<Cluster, 'authenticate'>;
  /** The certificate of the authority that signs what was approved there, PEM. */
  clientAuthority(): Promise<string>;
  /** Ends what never ends by itself: watches and controllers. */
  close(): Promise<void>;
}

/** The embedded API on a store, with RBAC's default objects and the policy that decides by what it stores. */
export async function openEmbeddedApi({
  policy,
  lives,
  ...deps
}: OpenEmbeddedApiDeps): Promise<OpenedEmbeddedApi> {
  const guard = guardPolicy(policy, 'cluster');
  const cluster = await openCluster({
    ...deps,
    now: Date.now,
    version: kubernetesVersion,
    bootstrapObjects: defaultPolicyObjects() as unknown as KubeObject[],
    validateRbac: guard.validateRbac,
    confirmNoEscalation: guard.confirmNoEscalation,
    runsPods: lives,
    runsControllers: lives,
  });
  await cluster.followPolicy(guard.follower);
  return {
    target: createEmbeddedTarget(cluster),
    client: embeddedClient(cluster),
    serviceAccounts: cluster,
    clientAuthority: () => cluster.clientAuthority(),
    close: () => cluster.close(),
  };
}
