import { randomBytes } from 'node:crypto';
import type { RequestDraft } from '../../../views/index.ts';
import type { WantedAccess } from '../../access-requests/index.ts';

/** What somebody has typed, or the address that led them here says. */
export type Typed = Pick<RequestDraft, 'cluster' | 'namespace' | 'role' | 'duration' | 'reason'>;

/** Names of the form's fields and of the address's parameters. */
export function readTyped(read: (name: string) => string | undefined): Typed {
  const typed = (name: string) => (read(name) ?? '').trim().slice(0, LONGEST);
  return {
    cluster: typed('cluster'),
    namespace: typed('namespace'),
    role: typed('role'),
    duration: typed('duration') || '1h',
    reason: typed('reason'),
  };
}

/** More than any field takes; what takes less says so. */
const LONGEST = 2_048;

/** `edit` and `ClusterRole/edit` are a ClusterRole, `Role/reader` is a role of the namespace. */
export function wantedAccess({ namespace, role, duration, reason }: Typed): WantedAccess {
  const [, kind = 'ClusterRole', name = ''] = /^(?:(\w+)\/)?(.*)$/s.exec(role) ?? [];
  return {
    namespace,
    name: `page-${randomBytes(4).toString('hex')}`,
    role: { kind: KINDS[kind.toLowerCase()] ?? kind, name },
    duration,
    reason,
  };
}

const KINDS: Readonly<Record<string, string>> = { role: 'Role', clusterrole: 'ClusterRole' };

/** Where the form is filled in already, for a link. @param issuer the issuer's URL */
export function requestsPageUrl(issuer: string, typed: Partial<Typed>): string {
  const given = Object.entries(typed).filter(([, value]) => value !== undefined && value !== '');
  const query = new URLSearchParams(given);
  return `${issuer.replace(/\/$/, '')}/requests${query.size === 0 ? '' : `?${query}`}`;
}
