import type { SurveyedObject } from '../../gateway/index.ts';
import type { PolicyRule, Subject } from '../../rbac/index.ts';

/** What a role or a binding gives, a line each. */
export function policyLines(object: SurveyedObject): readonly string[] {
  if ('rules' in object) return object.rules.map(ruleLine);
  const { role, subjects } = object;
  return subjects.map((subject) => `${role.kind} ${role.name} → ${subjectText(subject)}`);
}

function subjectText({ kind, namespace, name }: Subject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** `get, list pods, pods/log`, `get deployments (apps) "web"`, `get /healthz` */
function ruleLine(rule: PolicyRule): string {
  const groups = (rule.apiGroups ?? []).filter((group) => group !== '');
  const parts = [
    (rule.verbs ?? []).join(', '),
    [...(rule.resources ?? []), ...(rule.nonResourceURLs ?? [])].join(', '),
    groups.length === 0 ? '' : `(${groups.join(', ')})`,
    (rule.resourceNames ?? []).map((name) => `"${name}"`).join(', '),
  ];
  return parts.filter(Boolean).join(' ');
}
