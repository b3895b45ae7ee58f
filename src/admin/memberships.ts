import type { Groups } from '../identity/index.ts';
import { type Attributes, forbiddenObject, goQuote } from '../kube/index.ts';
import { ADMIN_GROUP, ADMIN_VERSION } from './group.ts';
import type { Writing } from './kind.ts';

/**
 * Who may give memberships away. Who may write users could otherwise make himself a member of any group, in the spirit of
 * what Kubernetes asks of who binds a role: it takes the verb `bind` on `groups.sallyport.dev`, by the group's name. That the
 * caller holds all that the group holds is not enough, other than in Kubernetes: what it holds in further clusters, and in
 * applications that read the claim, cannot be known here.
 */
export interface Memberships {
  /**
   * @param about the object that is written; '' while it has no name
   * @throws StatusError 403 with the group that the caller may not bind
   */
  confirmMayGive(
    groups: readonly string[],
    about: { resource: string; name: string },
    writing: Writing,
  ): Promise<void>;
  /**
   * The same of who can become the user by what he does: sets a password, or another login.
   * @throws StatusError 403
   */
  confirmMayBecome(groups: readonly string[], name: string, writing: Writing): Promise<void>;
}

export function createMemberships(groups: Pick<Groups, 'get'>): Memberships {
  /** What somebody in the group is in besides. */
  async function above(name: string): Promise<readonly string[]> {
    return groups.get(name).then(
      ({ memberOf }) => memberOf,
      // A group that is gone gives nothing.
      () => [],
    );
  }

  async function confirmMayGive(
    wanted: readonly string[],
    { resource, name }: { resource: string; name: string },
    { user, decide }: Writing,
  ): Promise<void> {
    for (const group of wanted) {
      const attributes: Attributes = {
        user,
        verb: 'bind',
        isResourceRequest: true,
        path: '',
        apiGroup: ADMIN_GROUP,
        apiVersion: ADMIN_VERSION,
        resource: 'groups',
        subresource: '',
        namespace: '',
        name: group,
      };
      if ((await decide(attributes)).decision === 'allow') continue;
      throw forbiddenObject(
        { group: ADMIN_GROUP, resource },
        name,
        `user ${goQuote(user.username)} would give the membership of group ${goQuote(group)}, which needs the verb "bind" on resource "groups" in API group ${goQuote(ADMIN_GROUP)}`,
      );
    }
  }

  return {
    confirmMayGive,
    async confirmMayBecome(direct, name, writing) {
      const inherited = (await Promise.all(direct.map(above))).flat();
      await confirmMayGive([...new Set([...direct, ...inherited])], { resource: 'users', name }, writing);
    },
  };
}
