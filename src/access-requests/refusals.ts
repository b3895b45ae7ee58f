import {
  alreadyExists,
  conflict,
  forbiddenObject,
  goQuote,
  notFound,
  type StatusError,
  tooManyRequests,
} from '../kube/index.ts';
import type { AccessRequest, RequestName } from './access-request.ts';

/** The API group of access requests. */
export const GROUP = 'sallyport.dev';

/** Requests for a namespace and for the whole cluster are two kinds, as bindings are. */
export function resourceOf({ namespace }: Pick<RequestName, 'namespace'>): string {
  return namespace === '' ? 'clusteraccessrequests' : 'accessrequests';
}

export function kindOf({ namespace }: Pick<RequestName, 'namespace'>): string {
  return namespace === '' ? 'ClusterAccessRequest' : 'AccessRequest';
}

function groupResource(request: Pick<RequestName, 'namespace'>) {
  return { group: GROUP, resource: resourceOf(request) };
}

/*
 * Why a request cannot be made, decided or deleted: the errors to throw, in Kubernetes' form.
 */

export function noSuchRequest(request: RequestName): StatusError {
  return notFound(groupResource(request), request.name);
}

export function nameTaken(request: RequestName): StatusError {
  return alreadyExists(groupResource(request), request.name);
}

/** Somebody else was faster, or the time was over. @param now milliseconds since the epoch */
export function notPending(request: AccessRequest, now: number): StatusError {
  const why =
    request.phase === 'Pending' && request.pendingUntil <= now
      ? 'nobody has decided in time, and now nobody can'
      : `it is not pending any more: it is ${request.phase}`;
  return conflict(groupResource(request), request.name, why);
}

export function hasEnded(request: AccessRequest): StatusError {
  return conflict(groupResource(request), request.name, `it has come to its end: it is ${request.phase}`);
}

export function wasChanged(request: RequestName): StatusError {
  return conflict(groupResource(request), request.name);
}

export function ownRequest(request: RequestName, username: string): StatusError {
  const text = `user ${goQuote(username)} has asked for it, or has acted as who did: somebody else has to decide`;
  return forbiddenObject(groupResource(request), request.name, text);
}

/** @param act what would be done: `approve` */
export function mayNotDecide(request: RequestName, username: string, act: string): StatusError {
  const where = request.namespace === '' ? '' : ` in the namespace ${goQuote(request.namespace)}`;
  const right = `the verb "approve" on resource ${goQuote(resourceOf(request))} in API group ${goQuote(GROUP)}${where}`;
  return forbiddenObject(
    groupResource(request),
    request.name,
    `user ${goQuote(username)} may not ${act} it, which needs ${right}`,
  );
}

export function mayNotRevoke(request: RequestName, username: string): StatusError {
  const { message } = mayNotDecide(request, username, 'revoke');
  const text = message.slice(message.indexOf('user '));
  return forbiddenObject(groupResource(request), request.name, `${text}, or having asked for it`);
}

export function ownRecord(request: RequestName, username: string): StatusError {
  const text = `user ${goQuote(username)} has asked for it, and can revoke it; the record stays`;
  return forbiddenObject(groupResource(request), request.name, text);
}

export function nobodyInParticular(request: RequestName): StatusError {
  const text = 'nobody knows who asks: a role can be had by somebody who is signed in only';
  return forbiddenObject(groupResource(request), request.name, text);
}

export function tooManyOpen(most: number): StatusError {
  return tooManyRequests(60, `there are ${most} open access requests of yours: revoke one first`);
}

export function tooManyKept(most: number): StatusError {
  return tooManyRequests(
    3_600,
    `there are ${most} access requests of yours on record: ask for more when some have left it`,
  );
}
