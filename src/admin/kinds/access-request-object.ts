import { type AccessRequest, durationText, type Saying } from '../../access-requests/index.ts';
import type { KubeObject } from '../../cluster/index.ts';
import { ADMIN_GROUP, ADMIN_VERSION } from '../group.ts';
import { defined, optionalText, part, textOf, timestamp } from './read.ts';

/** A request as the API shows it; a revision of 0 is none. */
export function accessRequestObject(
  kind: string,
  request: AccessRequest & { readonly revision?: number },
): KubeObject {
  const { namespace, name, uid, revision = 0, role, duration, reason } = request;
  return {
    kind,
    apiVersion: `${ADMIN_GROUP}/${ADMIN_VERSION}`,
    metadata: defined({
      name,
      namespace: namespace === '' ? undefined : namespace,
      uid,
      resourceVersion: revision === 0 ? undefined : String(revision),
      creationTimestamp: timestamp(request.createdAt),
    }),
    spec: { role: { kind: role.kind, name: role.name }, duration: durationText(duration), reason },
    status: statusOf(request),
  };
}

function statusOf(request: AccessRequest): Record<string, unknown> {
  const { phase, requester, pendingUntil, decision, until, revocation, endedAt } = request;
  return defined({
    phase,
    requester: requester.username,
    impersonator: requester.impersonator?.username,
    pendingUntil: timestamp(pendingUntil),
    decision: decision && sayingObject(decision),
    expirationTimestamp: timestamp(until),
    revocation: revocation && sayingObject(revocation),
    endTimestamp: timestamp(endedAt),
  });
}

function sayingObject({ by, at, message }: Saying): Record<string, unknown> {
  return defined({
    by: by.username,
    impersonator: by.impersonator?.username,
    time: timestamp(at),
    message: message === '' ? undefined : message,
  });
}

/** What is wanted; the role is a ClusterRole unless something else is said. */
export function accessRequestSpec(object: KubeObject) {
  const spec = part(object, 'spec');
  const { role } = spec;
  const fields = typeof role === 'object' && role !== null ? (role as Readonly<Record<string, unknown>>) : {};
  return {
    role: { kind: optionalText(fields, 'kind') ?? 'ClusterRole', name: textOf(fields, 'name') },
    duration: textOf(spec, 'duration'),
    reason: textOf(spec, 'reason'),
  };
}
