import type { PolicyRule, Subject } from '../rbac/index.ts';

const MOST = 6;

/** `RoleBinding dev/developers`, `ClusterRole edit` */
export function objectText({
  kind,
  namespace = '',
  name,
}: {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** A subject's name; a service account's with its namespace. */
export function subjectName({ kind, namespace, name }: Subject): string {
  return kind === 'ServiceAccount' && namespace !== undefined ? `${namespace}/${name}` : name;
}

/** A rule in one line: `get,list on pods,pods/log in "",apps`. */
export function ruleText(rule: PolicyRule, { wide }: { readonly wide: boolean }): string {
  const list = (texts: PolicyRule['verbs']) => listText(texts ?? [], wide ? Number.POSITIVE_INFINITY : MOST);
  const urls = rule.nonResourceURLs ?? [];
  if (urls.length > 0) return `${list(rule.verbs)} on ${list(urls)}`;
  const names = rule.resourceNames ?? [];
  const groups = (rule.apiGroups ?? []).map((group) => group || '""');
  return `${list(rule.verbs)} on ${list(rule.resources)} in ${list(groups)}${names.length === 0 ? '' : ` named ${list(names)}`}`;
}

/** The texts with commas; of many the first few and how many more. */
export function listText(texts: readonly string[], most = Number.POSITIVE_INFINITY): string {
  if (texts.length <= most) return texts.join(',');
  return `${texts.slice(0, most).join(',')},… (${texts.length - most} more)`;
}
