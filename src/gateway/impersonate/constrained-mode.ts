import { type Attributes, StatusError, type UserInfo } from '../../kube/index.ts';
import { completeUser, type Granted, serviceAccountGroups } from './complete-user.ts';
import { askForExtra, askForGroups } from './constrained-lists.ts';
import { type Ask, AUTHENTICATION_GROUP, identityQuestions } from './identity-questions.ts';
import { nodeNameOf, serviceAccountOf } from './special-usernames.ts';
import { type SuccessCache, successKey } from './success-cache.ts';
import type { WantedUser } from './wanted-user.ts';

/** A kind of identity that a right can be limited to. */
export interface ConstrainedMode {
  readonly name: 'associated-node' | 'arbitrary-node' | 'serviceaccount' | 'user-info';
  applies(wanted: WantedUser, caller: UserInfo): boolean;
}

/** In the order in which they are tried. */
export const CONSTRAINED_MODES: readonly ConstrainedMode[] = [
  { name: 'associated-node', applies: isOwnNode },
  {
    name: 'arbitrary-node',
    applies: (wanted) => isNameOnly(wanted) && nodeNameOf(wanted.username) !== undefined,
  },
  {
    name: 'serviceaccount',
    applies: (wanted) => isNameOnly(wanted) && serviceAccountOf(wanted.username) !== undefined,
  },
  {
    name: 'user-info',
    applies: ({ username }) => nodeNameOf(username) === undefined && serviceAccountOf(username) === undefined,
  },
];

const NODE_NAME_KEY = 'authentication.kubernetes.io/node-name';
const NODE_KEYS_KEY = 'authentication.kubernetes.io/associated-node-keys';

function isNameOnly({ uid, groups, extra }: WantedUser): boolean {
  return uid === '' && groups.length === 0 && extra.size === 0;
}

/** A service account whose token is bound to a node may be allowed that node, whichever it is. */
function isOwnNode(wanted: WantedUser, caller: UserInfo): boolean {
  if (!isNameOnly(wanted) || serviceAccountOf(caller.username) === undefined) return false;
  const node = nodeNameOf(wanted.username);
  const own = caller.extra?.[NODE_NAME_KEY];
  return node !== undefined && own?.length === 1 && own[0] === node;
}

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
  const constraint = `impersonate:${mode.name}`;
  // What is remembered counts for each node that a service account may run on, so the right must be for all of them.
  const anyNode = mode.name === 'associated-node';

  function identity(wanted: WantedUser, asker: UserInfo): UserInfo | StatusError {
    const about = identityQuestions(asker, constraint, AUTHENTICATION_GROUP);
    const node = nodeNameOf(wanted.username);
    const refusal =
      ask(node === undefined ? about.username(wanted.username) : about.node(anyNode ? '*' : node)) ??
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
    const refusal = ask({ ...attributes, verb: `impersonate-on:${mode.name}:${attributes.verb}` });
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
    const user = allowed(wanted, attributesOf(anyNode ? withoutExtraValues(caller) : caller));
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

/** Their values differ from node to node; which keys there are may tell an authorizer what the token is bound to. */
function withoutExtraValues(caller: UserInfo): UserInfo {
  return { ...caller, extra: { [NODE_KEYS_KEY]: Object.keys(caller.extra ?? {}).sort() } };
}
