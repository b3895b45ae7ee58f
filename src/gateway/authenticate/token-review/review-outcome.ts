import { isFields } from '../../../kubeconfig/index.ts';
import { addAuthenticatedGroup } from '../authenticated-group.ts';
import type { TokenOutcome } from '../token-outcome.ts';

/** `system:serviceaccount:<namespace>:<name>`, and the groups that go with it. */
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):[^:]+$/;
const RESERVED = 'system:';
const MOST_SAID = 200;

export interface ReviewedToken {
  readonly token: string;
  /** Audiences that were asked for; one of them must be answered. */
  readonly audiences: readonly string[] | undefined;
  readonly expiresAt: number;
}

/**
 * What an answered TokenReview is worth. Only `authenticated: true` with a user name counts, and nothing beside it that
 * says otherwise (an error, the anonymous user, whom a review names for a token that it has overlooked). An API server
 * that names none of the audiences asked for has not looked at them. Of Kubernetes' reserved names only service
 * accounts' are taken: no token makes a `system:masters`, which would be above every rule.
 * Source: Kubernetes apiserver/plugin/pkg/authenticator/token/webhook/webhook.go, api/authentication/v1/types.go.
 */
export function reviewOutcome(answer: unknown, { token, audiences, expiresAt }: ReviewedToken): TokenOutcome {
  const status = memberOf(answer, 'status');
  const error = memberOf(status, 'error') ?? '';
  if (memberOf(status, 'authenticated') !== true || error !== '') {
    return refused(typeof error === 'string' && error !== '' ? saidOf(error, token) : 'not authenticated');
  }
  if (audiences !== undefined) {
    const answered = textsOf(memberOf(status, 'audiences')) ?? [];
    if (!answered.some((audience) => audiences.includes(audience))) return refused('for other audiences');
  }
  const user = memberOf(status, 'user');
  const username = memberOf(user, 'username');
  const uid = memberOf(user, 'uid') ?? '';
  const groups = textsOf(memberOf(user, 'groups') ?? []);
  const extra = extraOf(memberOf(user, 'extra') ?? {});
  if (typeof username !== 'string' || username === '') return refused('the user has no name');
  if (typeof uid !== 'string' || groups === undefined || extra === undefined) {
    return refused('the user is malformed');
  }
  const reserved = reservedName(username, groups);
  if (reserved !== undefined) return refused(`${JSON.stringify(reserved)} is reserved (${RESERVED})`);
  return {
    outcome: 'authenticated',
    user: {
      username,
      ...(uid === '' ? {} : { uid }),
      groups: addAuthenticatedGroup(username, groups),
      ...(Object.keys(extra).length === 0 ? {} : { extra }),
    },
    expiresAt,
  };
}

function reservedName(username: string, groups: readonly string[]): string | undefined {
  const namespace = SERVICE_ACCOUNT.exec(username)?.[1];
  if (namespace === undefined && username.startsWith(RESERVED)) return username;
  const allowed = new Set(['system:authenticated']);
  if (namespace !== undefined) {
    allowed.add('system:serviceaccounts').add(`system:serviceaccounts:${namespace}`);
  }
  return groups.find((group) => group.startsWith(RESERVED) && !allowed.has(group));
}

function refused(reason: string): TokenOutcome {
  return { outcome: 'refused', reason: `token review: ${reason}` };
}

/** The API server's words for the log: one that quotes the token must not bring it there. */
function saidOf(error: string, token: string): string {
  return error.replaceAll(token, '…').slice(0, MOST_SAID);
}

function memberOf(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

function extraOf(value: unknown): Readonly<Record<string, readonly string[]>> | undefined {
  if (!isFields(value)) return undefined;
  const entries: [string, readonly string[]][] = [];
  for (const [key, item] of Object.entries(value)) {
    const texts = textsOf(item);
    if (texts === undefined) return undefined;
    if (texts.length > 0) entries.push([key, texts]);
  }
  // fromEntries defines members of its own, also for the key `__proto__`.
  return Object.fromEntries(entries);
}
