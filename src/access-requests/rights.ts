import { type Attributes, forbidden, resourceAttributes, type UserInfo } from '../kube/index.ts';
import type { AccessRequest, RequestName } from './access-request.ts';
import type { Authority, Bindings } from './bindings.ts';
import { isSamePerson, personOf } from './person.ts';
import { GROUP, mayNotDecide, mayNotRevoke, ownRecord, ownRequest, resourceOf } from './refusals.ts';
import { bindingOf } from './role-binding.ts';

/** The question whether somebody may do something with requests in a place. @param verb of Kubernetes, or `approve` */
export function requestAttributes(verb: string, request: RequestName, user: UserInfo): Attributes {
  const { namespace, name } = request;
  return resourceAttributes({ user, verb, apiGroup: GROUP, resource: resourceOf(request), namespace, name });
}

/** Whether they hold the verb `approve` on the request's kind where it is. */
export async function mayApprove(request: RequestName, { user, decide }: Authority): Promise<boolean> {
  return (await decide(requestAttributes('approve', request, user))).decision === 'allow';
}

/**
 * For ways in that have not been authorized as a request to the API is.
 * @throws StatusError 403, as the API's would be
 */
export async function confirmMayAsk(namespace: string, { user, decide }: Authority): Promise<void> {
  const attributes = requestAttributes('create', { namespace, name: '' }, user);
  const { decision, reason } = await decide(attributes);
  if (decision !== 'allow') throw forbidden(attributes, reason);
}

export function hasAsked({ requester }: Pick<AccessRequest, 'requester'>, authority: Authority): boolean {
  return isSamePerson(requester, personOf(authority));
}

/**
 * Who approves holds `approve`, is not who asked, and may hand out the role: may `bind` it, or holds all that it holds.
 * @throws StatusError 403
 */
export async function confirmMayApprove(
  bindings: Pick<Bindings, 'confirmMayBind'>,
  request: AccessRequest,
  authority: Authority,
): Promise<void> {
  if (hasAsked(request, authority)) throw ownRequest(request, authority.user.username);
  if (!(await mayApprove(request, authority)))
    throw mayNotDecide(request, authority.user.username, 'approve');
  await bindings.confirmMayBind(bindingOf(request), authority);
}

/** Who denies holds `approve`; who asked takes it back instead. @throws StatusError 403 */
export async function confirmMayDeny(request: AccessRequest, authority: Authority): Promise<void> {
  if (hasAsked(request, authority)) throw ownRequest(request, authority.user.username);
  if (!(await mayApprove(request, authority))) throw mayNotDecide(request, authority.user.username, 'deny');
}

/** Access is given back by who has it, or taken by who could have given it. @throws StatusError 403 */
export async function confirmMayRevoke(request: AccessRequest, authority: Authority): Promise<void> {
  if (hasAsked(request, authority) || (await mayApprove(request, authority))) return;
  throw mayNotRevoke(request, authority.user.username);
}

/**
 * Who has asked does not take the record away: under its name, something else could be asked for of somebody who has read
 * what it was. @throws StatusError 403
 */
export async function confirmMayDelete(request: AccessRequest, authority: Authority): Promise<void> {
  if (hasAsked(request, authority)) throw ownRecord(request, authority.user.username);
  if (!(await mayApprove(request, authority))) throw mayNotDecide(request, authority.user.username, 'delete');
}
