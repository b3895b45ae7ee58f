import { encodeGoJson, type UserInfo } from '../../kube/index.ts';

const known = new WeakMap<UserInfo, string>();

/** A user as the event's `user` member. Remembered: an identity outlives many of its requests. */
export function userJson(user: UserInfo): string {
  const remembered = known.get(user);
  if (remembered !== undefined) return remembered;
  const { username, uid, groups, extra = {} } = user;
  const keys = Object.keys(extra).sort();
  const text = encodeGoJson({
    username: username || undefined,
    uid: uid || undefined,
    groups: groups.length > 0 ? groups : undefined,
    extra: keys.length > 0 ? Object.fromEntries(keys.map((key) => [key, extra[key]])) : undefined,
  });
  known.set(user, text);
  return text;
}
