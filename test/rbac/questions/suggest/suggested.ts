import type { PolicyObject, PolicyRule } from '../../../../src/rbac/index.ts';
import { readAuditEvents } from '../../../../src/rbac/questions/suggest/read-audit-events.ts';
import { type SuggestOptions, suggest } from '../../../../src/rbac/questions/suggest.ts';
import { auditLog, type LoggedRequest } from '../audit-lines.ts';

export function suggested(requests: readonly LoggedRequest[], options: SuggestOptions = {}): PolicyObject[] {
  return suggest(readAuditEvents(auditLog(requests)), options);
}

/** `verbs resources.group#names`, `verbs /url`. */
function ruleText({ verbs, resources, apiGroups, resourceNames, nonResourceURLs }: PolicyRule): string {
  const groups = apiGroups?.join('|') ?? '';
  const what = nonResourceURLs ?? resources?.map((one) => (groups === '' ? one : `${one}.${groups}`));
  return `${verbs?.join(',')} ${what?.join(',')}${resourceNames ? `#${resourceNames.join(',')}` : ''}`;
}

/** What the objects say, without the names that are made up. */
export function summary(objects: readonly PolicyObject[]): string[] {
  return objects.map((object) => {
    const place = `${object.kind}${object.metadata.namespace ? ` ${object.metadata.namespace}` : ''}`;
    return object.kind === 'Role' || object.kind === 'ClusterRole'
      ? `${place}: ${(object.rules ?? []).map(ruleText).join('; ')}`
      : `${place}: ${object.roleRef.kind} to ${(object.subjects ?? []).map(({ kind, namespace, name }) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`).join(', ')}`;
  });
}

export const dev = { as: 'jane', ns: 'dev' };
