import { type ClusterConfig, type Config, ConfigError } from '../config/index.ts';
import { type ExpiringPolicy, type ManifestFollower, openManifests, untilExpiry } from '../gateway/index.ts';
import { createPolicy, defaultPolicyObjects, type PolicyObject } from '../rbac/index.ts';
import type { Log } from '../telemetry/index.ts';
import { schedule } from './schedule.ts';

export interface OpenedPolicy {
  readonly policy: ExpiringPolicy;
  readonly manifests: ManifestFollower;
  /** When the manifests were applied last, in milliseconds since the epoch. */
  appliedAt(): number;
  /** Of the manifests, as they count now. */
  objects(): readonly PolicyObject[];
}

/**
 * The policy of one cluster, with the objects of its manifests, which are followed.
 * @throws ConfigError when the manifests cannot be taken
 */
export async function openPolicy(config: Config, cluster: ClusterConfig, log: Log): Promise<OpenedPolicy> {
  // The embedded API puts its default roles back at every start, and so does a real one.
  const policy = untilExpiry(createPolicy({ restored: defaultPolicyObjects() }), {
    now: Date.now,
    schedule,
  });
  let appliedAt = 0;
  let applied: readonly PolicyObject[] = [];
  try {
    const manifests = await openManifests({
      paths: cluster.rbac.manifests,
      apply(objects) {
        policy.replaceSource('manifests', objects);
        applied = objects;
        appliedAt = Date.now();
      },
      log,
    });
    return { policy, manifests, appliedAt: () => appliedAt, objects: () => applied };
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError([{ file: config.file, path: `${cluster.at}.rbac.manifests`, message }]);
  }
}
