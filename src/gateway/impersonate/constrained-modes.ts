import type { Attributes, UserInfo } from '../../kube/index.ts';
import { AUTHENTICATION_GROUP, identityQuestions } from './identity-questions.ts';
import { nodeNameOf, serviceAccountOf } from './special-usernames.ts';
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

/** The verb on an identity, as it stands in rules and in the audit log. */
export function constraintOf({ name }: ConstrainedMode): string {
  return `impersonate:${name}`;
}

/** May the caller do this request in this mode? @param attributes of the request itself, asked for `askerIn` */
export function requestQuestion({ name }: ConstrainedMode, attributes: Attributes): Attributes {
  return { ...attributes, verb: `impersonate-on:${name}:${attributes.verb}` };
}

/**
 * May they be who the username means? What is remembered of the own node counts for each node that a service account may run
 * on, so that right must be for all of them.
 */
export function usernameQuestion(
  mode: ConstrainedMode,
  { username }: WantedUser,
  asker: UserInfo,
): Attributes {
  const about = identityQuestions(asker, constraintOf(mode), AUTHENTICATION_GROUP);
  const node = nodeNameOf(username);
  return node === undefined ? about.username(username) : about.node(isOwnNodeMode(mode) ? '*' : node);
}

/**
 * The caller of whom both are asked. For their own node without the values of their extra, which differ from node to node; which
 * keys there are may tell an authorizer what the token is bound to.
 */
export function askerIn(mode: ConstrainedMode, caller: UserInfo): UserInfo {
  if (!isOwnNodeMode(mode)) return caller;
  return { ...caller, extra: { [NODE_KEYS_KEY]: Object.keys(caller.extra ?? {}).sort() } };
}

export function isOwnNodeMode({ name }: ConstrainedMode): boolean {
  return name === 'associated-node';
}
