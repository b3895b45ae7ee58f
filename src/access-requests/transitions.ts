import { type AccessRequest, isOpen, type Saying } from './access-request.ts';

/**
 * What can become of a request. Pure: each gives the request as it is afterwards, or undefined where it cannot come to that
 * from where it is. Who may do it is not asked here.
 */

/** Somebody lets it through; from now on a binding may be there. */
export function approved(request: AccessRequest, decision: Saying): AccessRequest | undefined {
  if (request.phase !== 'Pending' || decision.at >= request.pendingUntil) return undefined;
  return {
    ...request,
    phase: 'Approved',
    decision,
    until: decision.at + request.duration,
    mayBeBound: true,
  };
}

export function denied(request: AccessRequest, decision: Saying): AccessRequest | undefined {
  if (request.phase !== 'Pending' || decision.at >= request.pendingUntil) return undefined;
  return { ...request, phase: 'Denied', decision, endedAt: decision.at };
}

/** The binding has been written. */
export function bound(request: AccessRequest): AccessRequest | undefined {
  return request.phase === 'Approved' ? { ...request, phase: 'Active' } : undefined;
}

export function revoked(request: AccessRequest, revocation: Saying): AccessRequest | undefined {
  if (!isOpen(request)) return undefined;
  return { ...request, phase: 'Revoked', revocation, endedAt: revocation.at };
}

/** Its time is over: nobody decided, or the access has run out. @param now milliseconds since the epoch */
export function lapsed(request: AccessRequest, now: number): AccessRequest | undefined {
  return isOpen(request) && endOf(request) <= now
    ? { ...request, phase: 'Expired', endedAt: endOf(request) }
    : undefined;
}

/** The binding is known to be gone. */
export function unbound(request: AccessRequest): AccessRequest | undefined {
  return !isOpen(request) && request.mayBeBound ? { ...request, mayBeBound: false } : undefined;
}

/** When it lapses unless something becomes of it before. */
export function endOf({ until, pendingUntil }: AccessRequest): number {
  return until ?? pendingUntil;
}
