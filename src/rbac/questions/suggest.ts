import { dns1123SubdomainErrors } from '../../kube/index.ts';
import type { PolicyObject } from '../model.ts';
import { type AuditEvent, decisionOf } from './suggest/audit-event.ts';
import { needsOf } from './suggest/needed-rights.ts';
import { addRight, type NeedsTable } from './suggest/needs-table.ts';
import { policyOfNeeds } from './suggest/policy-of-needs.ts';

export interface SuggestOptions {
  /** Which requests count: all that were attempted (the default), or only those that were allowed, or denied. */
  readonly decisions?: 'attempted' | 'allowed' | 'denied' | undefined;
  /** For whom to suggest, by user name; everybody if left out. */
  readonly only?: ((username: string) => boolean) | undefined;
  /** How many names of one resource resourceNames may list before any name is allowed; no limit if left out. */
  readonly maxNames?: number | undefined;
  /** Whether to suggest for members of system:masters. */
  readonly superusers?: boolean | undefined;
  /** What the names of roles and bindings begin with; `suggested` if left out. */
  readonly namePrefix?: string | undefined;
  /** Told of each event whose request no role can allow without allowing more, and why. */
  readonly leftOut?: ((event: AuditEvent, why: string) => void) | undefined;
}

/**
 * Least-privilege roles and bindings for the requests of an audit log: replayed under them, all of it is allowed, and
 * nothing else is. Rules never hold wildcards, and confine only what a name can confine: not create, list, watch and
 * deletecollection. Who impersonated gets the right to do so; the impersonated user, the right to the request.
 *
 * Members of system:masters pass every check, so what they did tells nothing of what they need: they are left out,
 * unless `superusers` is set (to find what an administrator's credentials can be replaced by). Denied requests count
 * unless `decisions` says otherwise: read what is suggested for callers whom you do not trust.
 *
 * The same events, in whatever order, give the same objects with the same names.
 * @throws RangeError for a namePrefix that no object's name may begin with
 */
export function suggest(events: Iterable<AuditEvent>, options: SuggestOptions = {}): PolicyObject[] {
  const { decisions = 'attempted', only, maxNames = Number.POSITIVE_INFINITY, superusers = false } = options;
  const { namePrefix = 'suggested' } = options;
  if (dns1123SubdomainErrors(namePrefix).length > 0) {
    throw new RangeError('namePrefix must be a DNS subdomain');
  }
  const table: NeedsTable = new Map();
  for (const event of events) {
    if (decisions !== 'attempted' && decisionOf(event) !== decisions) {
      continue;
    }
    const needs = needsOf(event, superusers);
    if ('leftOut' in needs) {
      options.leftOut?.(event, needs.leftOut);
      continue;
    }
    for (const right of needs.rights) {
      if (only === undefined || only(right.username)) {
        addRight(table, right);
      }
    }
  }
  return policyOfNeeds(table, maxNames, namePrefix);
}
