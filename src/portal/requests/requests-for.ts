import type { RequestShown, RequestsView } from '../../../views/index.ts';
import {
  type Authority,
  durationText,
  hasAsked,
  isOpen,
  mayApprove,
  type RequestName,
  type StoredRequest,
} from '../../access-requests/index.ts';
import type { RequestedCluster } from './requested-cluster.ts';

/** Requests of a cluster that concern somebody, the newest first. */
export type RequestsFor = Pick<RequestsView, 'toDecide' | 'given' | 'mine'>;

/** How many that have ended are shown of one's own; the others are in the API. */
const MOST_ENDED = 20;

/** @param cluster its name on the page; '' for the one without */
export async function requestsFor(
  { requests }: Pick<RequestedCluster, 'requests'>,
  authority: Authority,
  cluster: string,
): Promise<RequestsFor> {
  const mayDecide = remembered((place: RequestName) => mayApprove(place, authority));
  const others: StoredRequest[] = [];
  for (const scope of ['cluster', 'namespaces'] as const) {
    const { items } = await requests.list({ scope });
    for (const request of items)
      if (isOpen(request) && !hasAsked(request, authority) && (await mayDecide(request)))
        others.push(request);
  }
  others.sort((a, b) => b.createdAt - a.createdAt);
  const own = await requests.askedBy(authority);
  const ended = own.filter((request) => !isOpen(request)).slice(0, MOST_ENDED);
  const shown = (request: StoredRequest) => requestShown(request, cluster);
  return {
    toDecide: others.filter(({ phase }) => phase === 'Pending').map(shown),
    given: others.filter(({ phase }) => phase !== 'Pending').map(shown),
    mine: [...own.filter(isOpen), ...ended].map(shown),
  };
}

/** The right to decide is nearly always that of a namespace: so it is asked by the names of requests only where that says no. */
function remembered(ask: (place: RequestName) => Promise<boolean>): (place: RequestName) => Promise<boolean> {
  const byNamespace = new Map<string, Promise<boolean>>();
  return async ({ namespace, name }) => {
    const whole = byNamespace.get(namespace) ?? ask({ namespace, name: '' });
    byNamespace.set(namespace, whole);
    return (await whole) || ask({ namespace, name });
  };
}

function requestShown(request: StoredRequest, cluster: string): RequestShown {
  const { namespace, name, uid, requester, role, duration, reason, phase, createdAt, until } = request;
  const last = request.revocation ?? request.decision;
  return {
    cluster,
    namespace,
    name,
    uid,
    requester: requester.username,
    impersonator: requester.impersonator?.username,
    role: `${role.kind}/${role.name}`,
    duration: durationText(duration),
    reason,
    phase,
    createdAt,
    until,
    decided: last && { by: last.by.username, message: last.message },
  };
}
