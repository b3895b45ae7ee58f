import type { AccessRequests, Authority } from '../../access-requests/index.ts';
import type { OwnAccess } from '../../gateway/index.ts';
import type { UserInfo } from '../../kube/index.ts';

/** One cluster to which people can ask for access. */
export interface RequestedCluster {
  readonly requests: AccessRequests;
  readonly userOf: OwnAccess['userOf'];
  /** What somebody may decide who acts as nobody else. */
  authorityOf(user: UserInfo): Authority;
  /** Roles to choose from, as the form takes them; only those of which the user may know. */
  rolesFor(authority: Authority): Promise<readonly string[]>;
  /** The longest that can be asked for, in milliseconds. */
  readonly maxDuration: number;
}

/** By name; undefined is the cluster without one. */
export type RequestedClusters = ReadonlyMap<string | undefined, RequestedCluster>;
