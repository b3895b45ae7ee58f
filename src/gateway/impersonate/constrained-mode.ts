import { type Attributes, StatusError, type UserInfo } from '../../kube/index.ts';
import { completeUser, type Granted, serviceAccountGroups } from './complete-user.ts';
import { askForExtra, askForGroups } from './constrained-lists.ts';
import {
  askerIn,
  type ConstrainedMode,
  constraintOf,
  isOwnNodeMode,
  requestQuestion,
  usernameQuestion,
} from './constrained-modes.ts';
import { type Ask, AUTHENTICATION_GROUP, identityQuestions } from './identity-questions.ts';
import { nodeNameOf, serviceAccountOf } from './special-usernames.ts';
import { type SuccessCache, successKey } from './success-cache.ts';
import type { WantedUser } from './wanted-user.ts';

export interface ModeCheckDeps {
  readonly mode: ConstrainedMode;
  readonly ask: Ask;
  readonly cache: SuccessCache;
}

/**
 * One mode's two checks: may the caller do this request in this mode (`impersonate-on:<mode>:<verb>` on the request's
 * own attributes), and may they be this user in this mode (`impersonate:<mode>` on the identity)?
 * @returns undefined when the mode does not fit the wanted user or the caller
 */
export function createModeCheck({ mode, ask, cache }: ModeCheckDeps) {
  const constraint = constraintOf(mode);
  const anyNode = isOwnNodeMode(mode);

  function identity(wanted: WantedUser, asker: UserInfo): UserInfo | StatusError {
    const about = identityQuestions(asker, constraint, AUTHENTICATION_GROUP);
    const refusal =
      ask(usernameQuestion(mode, wanted, asker)) ??
      (wanted.uid === '' ? undefined : ask(about.uid(wanted.uid))) ??
      askForGroups(ask, about, wanted.groups) ??
      askForExtra(ask, about, wanted.extra);
    return refusal ?? completeUser(wanted, groupsOf(wanted));
  }

  /** The wanted user, or one that was allowed by the same checks: for nodes under another name. */
  function allowed(wanted: WantedUser, attributes: Attributes): UserInfo | StatusError {
    const { uid, groups, extra } = wanted;
    const subject = [mode.name, anyNode ? '*' : wanted.username, uid, groups, [...extra]];
    const requestKey = successKey([...subject, attributes]);
    const known = cache.get(requestKey);
    if (known !== undefined) return known.user;
    const refusal = ask(requestQuestion(mode, attributes));
    if (refusal !== undefined) return refusal;
    const identityKey = successKey([...subject, { user: attributes.user }]);
    const remembered = cache.get(identityKey);
    if (remembered !== undefined) {
      cache.set(requestKey, remembered);
      return remembered.user;
    }
    const user = identity(wanted, attributes.user);
    if (user instanceof StatusError) return user;
    const fresh = cache.fresh(user);
    cache.set(identityKey, fresh);
    cache.set(requestKey, fresh);
    return user;
  }

  return (
    wanted: WantedUser,
    caller: UserInfo,
    attributesOf: (user: UserInfo) => Attributes,
  ): Granted | StatusError | undefined => {
    // Before any look into the cache, whose keys do not say all that is looked at here.
    if (!mode.applies(wanted, caller)) return undefined;
    const user = allowed(wanted, attributesOf(askerIn(mode, caller)));
    if (user instanceof StatusError) return user;
    return { user: anyNode ? { ...user, username: wanted.username } : user, constraint };
  };
}

/** Nodes and service accounts have the groups that Kubernetes gives them; in these modes no others can be asked for. */
function groupsOf({ username, groups }: WantedUser): readonly string[] {
  if (nodeNameOf(username) !== undefined) return ['system:nodes'];
  const account = serviceAccountOf(username);
  return account === undefined ? groups : serviceAccountGroups(account.namespace);
}
