import type { RoleName } from '../lint/lint-options.ts';
import type { AuditEvent } from './audit-event.ts';

// `RBAC: allowed by RoleBinding "name/namespace" of Role "name" to …`, with Go's quoting; see binding.ts.
const REASON =
  /RBAC: allowed by (?:ClusterRole|Role)Binding ("(?:[^"\\]|\\.)*") of (ClusterRole|Role) ("(?:[^"\\]|\\.)*") to /;

/** The roles through which the log shows something allowed, each once: what lint's rule role-not-in-log compares. */
export function rolesUsedIn(events: Iterable<AuditEvent>): RoleName[] {
  const used = new Map<string, RoleName>();
  for (const { annotations } of events) {
    const match = REASON.exec(annotations['authorization.k8s.io/reason'] ?? '');
    if (match !== null) {
      const [, binding = '', kind = '', role = ''] = match;
      const name = unquote(role);
      const namespace = kind === 'Role' ? (unquote(binding).split('/').at(-1) ?? '') : '';
      const entry = { kind: kind === 'Role' ? 'Role' : 'ClusterRole', namespace, name } as const;
      used.set(`${entry.kind}/${namespace}/${name}`, entry);
    }
  }
  return [...used.values()];
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    // One of Go's escapes that JSON lacks (\x07): no object of a cluster has such a name.
    return text.slice(1, -1);
  }
}
