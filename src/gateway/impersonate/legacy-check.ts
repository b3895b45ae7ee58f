import type { StatusError, UserInfo } from '../../kube/index.ts';
import { completeUser, type Granted, serviceAccountGroups } from './complete-user.ts';
import { type Ask, askAll, identityQuestions } from './identity-questions.ts';
import { serviceAccountOf } from './special-usernames.ts';
import type { WantedUser } from './wanted-user.ts';

/**
 * The verb `impersonate` on each part of the wanted identity, whatever the request is about.
 * @param order which part is asked about first after the username, and so named in the refusal: kube-apiserver asks for
 *   groups, extra, uid in its old filter, and for uid, groups, extra in that for constrained impersonation
 */
export function legacyCheck(ask: Ask, order: 'groupsExtraUid' | 'uidGroupsExtra') {
  return (wanted: WantedUser, caller: UserInfo): Granted | StatusError => {
    const about = identityQuestions(caller, 'impersonate', '');
    const uid = wanted.uid === '' ? [] : [about.uid(wanted.uid)];
    const groups = wanted.groups.map(about.group);
    const extra = [...wanted.extra].flatMap(([key, values]) =>
      values.map((value) => about.extra(key, value)),
    );
    const rest = order === 'groupsExtraUid' ? [...groups, ...extra, ...uid] : [...uid, ...groups, ...extra];
    const refusal = askAll(ask, [about.username(wanted.username), ...rest]);
    return refusal ?? { user: completeUser(wanted, groupsOf(wanted)) };
  };
}

/** A service account's groups are known, unless others are asked for. */
function groupsOf({ username, groups }: WantedUser): readonly string[] {
  const account = groups.length === 0 ? serviceAccountOf(username) : undefined;
  return account === undefined ? groups : serviceAccountGroups(account.namespace);
}
