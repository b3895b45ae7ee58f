import type { Attributes, Decision, UserInfo } from '../../kube/index.ts';
import { createAsk } from './identity-questions.ts';
import { legacyCheck } from './legacy-check.ts';

/**
 * Somebody as whom the caller may act in whatever they ask (the verb `impersonate` on the user and on each group), with the
 * groups that Kubernetes adds. A constrained right is for some requests only, and does not count.
 * @returns undefined when the caller may not
 */
export function mayActAs(
  authorize: (attributes: Attributes) => Decision,
  caller: UserInfo,
  { username, groups }: Pick<UserInfo, 'username' | 'groups'>,
): UserInfo | undefined {
  const wanted = { username, uid: '', groups, extra: new Map<string, readonly string[]>() };
  const checked = legacyCheck(createAsk(authorize), 'groupsExtraUid')(wanted, caller);
  return 'user' in checked ? checked.user : undefined;
}
