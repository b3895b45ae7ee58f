import type { Groups } from '../identity/index.ts';
import { forbiddenObject, goQuote, resourceAttributes } from '../kube/index.ts';
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
   * The same of what can give each of them, or each login, by whatever an expression says: it takes the verb on all of them.
   * @throws StatusError 403
   */
  confirmMayGiveAny(
    what: 'groups' | 'users',
    about: { resource: string; name: string },
    writing: Writing,
  ): Promise<void>;
  /**
   * The same of who can become the user by what he does: sets a password, or another login.
   * @throws StatusError 403
   */
  confirmMayBecome(groups: readonly string[], name: string, writing: Writing): Promise<void>;
  /**
   * Who may call somebody so: a binding may name that user, as the AuthenticationConfiguration makes users of these claims.
   * It takes the verb `bind` on `users.sallyport.dev`, by the login.
   * @param logins e-mail address and preferred username, as far as they are new
   * @throws StatusError 403 with the login that the caller may not give
   */
  confirmMayName(logins: readonly string[], name: string, writing: Writing): Promise<void>;
}

/** What can be given to somebody by its name. */
const GIVEN = {
  groups: (name: string) => (name === '' ? 'any membership' : `the membership of group ${goQuote(name)}`),
  users: (name: string) => (name === '' ? 'any login' : `the login ${goQuote(name)}`),
} as const;

export function createMemberships(groups: Pick<Groups, 'get'>): Memberships {
  /** What somebody in the group is in besides. */
  async function above(name: string): Promise<readonly string[]> {
    return groups.get(name).then(
      ({ memberOf }) => memberOf,
      // A group that is gone gives nothing.
      () => [],
    );
  }

  async function confirmMayBind(
    what: keyof typeof GIVEN,
    wanted: readonly string[],
    { resource, name }: { resource: string; name: string },
    { user, decide }: Writing,
  ): Promise<void> {
    for (const one of wanted) {
      const attributes = resourceAttributes({
        user,
        verb: 'bind',
        apiGroup: ADMIN_GROUP,
        apiVersion: ADMIN_VERSION,
        resource: what,
        name: one,
      });
      if ((await decide(attributes)).decision === 'allow') continue;
      throw forbiddenObject(
        { group: ADMIN_GROUP, resource },
        name,
        `user ${goQuote(user.username)} would give ${GIVEN[what](one)}, which needs the verb "bind" on resource ${goQuote(what)} in API group ${goQuote(ADMIN_GROUP)}`,
      );
    }
  }

  const confirmMayGive: Memberships['confirmMayGive'] = (wanted, about, writing) =>
    confirmMayBind('groups', wanted, about, writing);

  return {
    confirmMayGive,
    // Allowed without a name is what is allowed for every name.
    confirmMayGiveAny: (what, about, writing) => confirmMayBind(what, [''], about, writing),
    async confirmMayBecome(direct, name, writing) {
      const inherited = (await Promise.all(direct.map(above))).flat();
      await confirmMayGive([...new Set([...direct, ...inherited])], { resource: 'users', name }, writing);
    },
    confirmMayName: (logins, name, writing) =>
      confirmMayBind('users', [...new Set(logins)], { resource: 'users', name }, writing),
  };
}
