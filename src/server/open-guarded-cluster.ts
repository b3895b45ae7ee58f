import {
  type ClusterConfig,
  type Config,
  ConfigError,
  type GatewayConfig,
  readNamedFile,
} from '../config/index.ts';
import {
  type Auditor,
  createFilteredLists,
  createImpersonation,
  createOpenStreams,
  createPipeline,
  createReloadableAuthenticator,
  createReviewAnswerer,
  type DelegatedAuthorizer,
  type ManifestFollower,
  openManifests,
  type Pipeline,
  type ServingCertificate,
} from '../gateway/index.ts';
import type { Identity } from '../identity/index.ts';
import {
  createPolicy,
  defaultPolicyObjects,
  namesAllowing,
  namespacesAllowing,
  type Policy,
} from '../rbac/index.ts';
import type { Store } from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';
import { followAuthentication } from './follow-authentication.ts';
import { openTarget } from './open-target.ts';

export interface OpenGuardedClusterDeps {
  readonly config: Config;
  readonly gateway: GatewayConfig;
  readonly cluster: ClusterConfig;
  readonly store: Store;
  readonly identity: Identity;
  readonly certificate: ServingCertificate;
  readonly auditor: Auditor | undefined;
  readonly log: Log;
}

/** One cluster behind door 2. */
export interface GuardedCluster {
  readonly pipeline: Pipeline;
  /** undefined when requests can be decided and answered, else the reason why not yet. */
  notReady(): string | undefined;
  /** What decides has ended; requests under way go on until the server has drained. */
  close(): Promise<void>;
}

/** Opens one cluster: who counts there, what they may do, the way to its API, and the pipeline through which they go. */
export async function openGuardedCluster(deps: OpenGuardedClusterDeps): Promise<GuardedCluster> {
  const { config, gateway, cluster, identity, auditor, log } = deps;
  const { policy, manifests } = await openPolicy(config, cluster, log);
  const opened = await openTarget({ ...deps, policy });
  const file = cluster.authenticationConfig;
  const authenticator = createReloadableAuthenticator({
    load: () => ({ text: readNamedFile(config.file, `${cluster.at}.authenticationConfig`, file), file }),
    builtIn: {
      issuer: config.issuer,
      jwks: () => identity.jwks(),
      isEnded: (sessionId) => identity.isEnded(sessionId),
    },
    now: Date.now,
    log,
  });
  const following = followAuthentication(authenticator, log);
  const decides = opened.delegated ?? ownDecisions(policy);
  const authorize: Policy['authorize'] = (attributes) => decides.authorize(attributes);
  const streams = createOpenStreams({
    authorize: (attributes) => decides.recheck(attributes),
    now: Date.now,
    graceMs: gateway.streamGrace,
  });
  const pipeline = createPipeline({
    cluster: cluster.name,
    authenticate: authenticator.authenticate,
    impersonate: createImpersonation({
      authorize,
      constrained: cluster.constrainedImpersonation,
      now: () => performance.now(),
    }),
    authorize,
    reviews: createReviewAnswerer({
      authorize,
      rulesFor: (user, namespace) =>
        opened.delegated === undefined ? policy.rulesFor(user, namespace) : RULES_UNKNOWN,
      now: () => new Date(),
    }),
    target: opened.target,
    filteredLists: cluster.filteredLists
      ? createFilteredLists({
          target: opened.target,
          authorize,
          namespacesAllowing: (attributes) => namespacesAllowing(policy, attributes),
          namesAllowing: (attributes) => namesAllowing(policy, attributes),
        })
      : undefined,
    streams,
    auditor,
    notReady: opened.notReady,
    log: log.child({ door: 'gateway' }),
  });
  return {
    pipeline,
    notReady: opened.notReady,
    close: async () => {
      following.close();
      streams.close();
      manifests.close();
      await opened.close();
      await authenticator.close();
    },
  };
}

/** Who is asked about each request cannot list what they would say. */
const RULES_UNKNOWN = {
  resourceRules: [],
  nonResourceRules: [],
  incomplete: true,
  evaluationError: 'the API server decides on each request and cannot list its rules',
};

function ownDecisions(policy: Policy): DelegatedAuthorizer {
  return {
    authorize: (attributes) => policy.authorize(attributes),
    recheck: (attributes) => policy.authorize(attributes),
  };
}

async function openPolicy(
  config: Config,
  cluster: ClusterConfig,
  log: Log,
): Promise<{ policy: Policy; manifests: ManifestFollower }> {
  // The embedded API puts its default roles back at every start, and so does a real one.
  const policy = createPolicy({ restored: defaultPolicyObjects() });
  try {
    const manifests = await openManifests({
      paths: cluster.rbac.manifests,
      apply: (objects) => policy.replaceSource('manifests', objects),
      log,
    });
    return { policy, manifests };
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError([{ file: config.file, path: `${cluster.at}.rbac.manifests`, message }]);
  }
}
