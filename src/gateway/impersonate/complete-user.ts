import type { UserInfo } from '../../kube/index.ts';
import type { WantedUser } from './wanted-user.ts';

/** An identity that the caller may take on. */
export interface Granted {
  readonly user: UserInfo;
  /** The constrained verb by which it was allowed. */
  readonly constraint?: string;
}

/** The wanted user as who they act: with these groups and those that everybody has. */
export function completeUser(wanted: WantedUser, groups: readonly string[]): UserInfo {
  return {
    username: wanted.username,
    ...(wanted.uid === '' ? {} : { uid: wanted.uid }),
    groups: withAuthenticationGroup(wanted.username, groups),
    // fromEntries defines members of its own, also for the key `__proto__`.
    ...(wanted.extra.size === 0 ? {} : { extra: Object.fromEntries(wanted.extra) }),
  };
}

export function serviceAccountGroups(namespace: string): readonly string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}

function withAuthenticationGroup(username: string, groups: readonly string[]): readonly string[] {
  if (groups.includes('system:unauthenticated')) return groups;
  if (username === 'system:anonymous') return [...groups, 'system:unauthenticated'];
  return groups.includes('system:authenticated') ? groups : [...groups, 'system:authenticated'];
}
