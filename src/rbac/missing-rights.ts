import { goQuote } from '../kube/index.ts';
import type { Permission } from './covers.ts';
import { goOrder } from './go-order.ts';

/**
 * The lines of a refusal to escalate: permissions on the same resource (and name) merged into one line with all their
 * verbs, order and duplicates kept; URLs not merged; lines sorted and each once.
 * Source: component-helpers auth/rbac/validation CompactRules, api/rbac/v1 CompactString.
 */
export function describePermissions(permissions: readonly Permission[]): string[] {
  const verbsOf = new Map<string, string[]>();
  const lines = new Set<string>();
  for (const permission of permissions) {
    const target = describeTarget(permission);
    if (permission.nonResourceURL === undefined) {
      const verbs = verbsOf.get(target) ?? [];
      verbs.push(permission.verb);
      verbsOf.set(target, verbs);
    } else {
      lines.add(describe(target, [permission.verb]));
    }
  }
  for (const [target, verbs] of verbsOf) {
    lines.add(describe(target, verbs));
  }
  return [...lines].sort(goOrder);
}

function describe(target: string, verbs: readonly string[]): string {
  return `{${target}, Verbs:${goQuoteList(verbs)}}`;
}

function describeTarget({ apiGroup, resource, resourceName, nonResourceURL }: Permission): string {
  if (nonResourceURL !== undefined) {
    return `NonResourceURLs:${goQuoteList([nonResourceURL])}`;
  }
  const names = resourceName === undefined ? '' : `, ResourceNames:${goQuoteList([resourceName])}`;
  return `APIGroups:${goQuoteList([apiGroup ?? ''])}, Resources:${goQuoteList([resource ?? ''])}${names}`;
}

/** A list of strings as Go's %q prints it: `["a" "b"]`. */
export function goQuoteList(list: readonly string[]): string {
  return `[${list.map(goQuote).join(' ')}]`;
}
