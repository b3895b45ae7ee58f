import { durationText, type Happening, type Person, type Recorder } from '../access-requests/index.ts';
import type { IdentityAudit } from '../identity/index.ts';

/** What concerns the cluster only, and is in the log and the figures. */
const UNTOLD: ReadonlySet<Happening['action']> = new Set(['bind', 'unbind']);

/** Who is given what, by whom, in the trail of the identity provider. @param cluster its name; undefined for the one without */
export function recordInTrail(trail: Pick<IdentityAudit, 'record'>, cluster: string | undefined): Recorder {
  return async ({ action, by, request, result, reason, requestId, at }) => {
    if (UNTOLD.has(action)) return;
    const { namespace, name } = request;
    const place = [cluster, namespace, name].filter((part) => part !== undefined && part !== '').join('/');
    await trail.record({
      action: `access.${action as Exclude<Happening['action'], 'bind' | 'unbind'>}`,
      actor: by && nameOf(by),
      subject: place,
      detail: 'role' in request ? wordsOf(request) : undefined,
      client: undefined,
      address: undefined,
      result,
      reason,
      requestId,
      at,
    });
  };
}

function nameOf({ username, impersonator }: Person): string {
  return impersonator === undefined
    ? `gateway:${username}`
    : `gateway:${impersonator.username} as ${username}`;
}

function wordsOf({ requester, role, duration }: Extract<Happening['request'], { role: unknown }>): string {
  return `${requester.username}: ${role.kind}/${role.name} for ${durationText(duration)}`;
}
