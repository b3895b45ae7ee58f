import { badRequest, type UserInfo } from '../../kube/index.ts';
import type { Credentials } from '../../kubeconfig/index.ts';
import { readBearerToken, readWebSocketBearer } from '../authenticate/index.ts';
import type { AuthorizedRequest } from '../exchange.ts';
import { impersonationHeaders } from './impersonation-headers.ts';

/**
 * As whom requests reach the API server:
 * - `impersonate`: the gateway's own account, which should be able to do nothing but impersonate, speaks for the caller.
 *   Should the headers ever be lost, the request fails closed.
 * - `passThrough`: the caller's own token, which the API server must know itself; the gateway adds nothing to it.
 * - `fixed`: the gateway's own account for everybody; the gateway's decision is the only one about the caller.
 */
export type CredentialMode = 'impersonate' | 'passThrough' | 'fixed';

/**
 * The headers that say who a request is from (names and values alternating).
 * @param own the gateway's credentials; not looked at when the caller's pass through
 * @throws StatusError 400 when no header can say it
 */
export function outboundIdentity(
  mode: CredentialMode,
  { request, user }: Pick<AuthorizedRequest, 'request' | 'user'>,
  own: Credentials,
): string[] {
  if (mode === 'passThrough') return callersOwn(request.rawHeaders);
  const caller = mode === 'impersonate' ? rememberedHeaders(user) : [];
  if (caller === undefined) {
    throw badRequest('the user name or a group has characters that no header can carry');
  }
  if (own.token === undefined || own.token === '') return [...caller];
  return [...caller, 'authorization', `Bearer ${own.token}`];
}

/** A verified token is the same user object at each of its requests. */
const headersOf = new WeakMap<UserInfo, readonly string[] | undefined>();

function rememberedHeaders(user: UserInfo): readonly string[] | undefined {
  const known = headersOf.get(user);
  if (known !== undefined) return known;
  const headers = impersonationHeaders(user);
  headersOf.set(user, headers);
  return headers;
}

/**
 * The token that was authenticated, and whom the caller wants to act as: the API server decides on that once more. With a
 * second token beside it, nobody here knows which of the two was accepted.
 */
function callersOwn(rawHeaders: readonly string[]): string[] {
  const header = readBearerToken(rawHeaders);
  const bearer = header.kind === 'none' ? readWebSocketBearer(rawHeaders) : header;
  if (bearer.kind !== 'token') {
    throw badRequest("this cluster is reached with the caller's own bearer token, and the request has none");
  }
  if (readWebSocketBearer(rawHeaders).kind !== 'none') {
    throw badRequest("this cluster is reached with the caller's own bearer token, and the request has two");
  }
  const identity = ['authorization', `Bearer ${bearer.token}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (/^impersonate-/i.test(name)) identity.push(name, rawHeaders[at + 1] ?? '');
  }
  return identity;
}
