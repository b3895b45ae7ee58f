import type { Attributes, UserInfo } from '../../kube/index.ts';
import type { AuditGroupResources, AuditPolicy, AuditRule, AuditVerdict } from './audit-policy.ts';

/** What a rule looks at besides the user; a RequestInfo is one. */
export type AuditAttributes = Pick<
  Attributes,
  'verb' | 'isResourceRequest' | 'path' | 'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'name'
>;

const NOT_RECORDED: AuditVerdict = { level: 'None', omitStages: new Set(), omitManagedFields: false };

/** `group/resource` of what carries credentials in its bodies. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  '/secrets',
  '/configmaps',
  '/serviceaccounts/token',
  'authentication.k8s.io/tokenreviews',
]);

/** What holds secrets that nobody's log is for, of accounts and clients: no rule has their bodies recorded. */
const PASSWORDS: ReadonlySet<string> = new Set([
  'sallyport.dev/users',
  'sallyport.dev/users/password',
  'sallyport.dev/users/reset',
  'sallyport.dev/oauthclients/secret',
]);

/**
 * What the policy says about a request: the first rule that matches, else level None. Asked about the authenticated user,
 * not the impersonated one; undefined when nobody was authenticated, so that no rule with users or groups matches.
 * Source: Kubernetes apiserver/pkg/audit/policy/checker.go. One difference: bodies of secrets, config maps and tokens are
 * recorded only by a rule that names exactly that resource, and of the gateway's own users by none; any other records them
 * at level Metadata.
 */
export function matchAuditLevel(
  policy: AuditPolicy,
  attributes: AuditAttributes,
  user: UserInfo | undefined,
): AuditVerdict {
  for (const rule of policy.rules) {
    if (!ruleMatches(rule, attributes, user)) continue;
    const { level } = rule.verdict;
    if (level === 'None' || level === 'Metadata' || !attributes.isResourceRequest) return rule.verdict;
    const resource = combinedResource(attributes);
    if (PASSWORDS.has(`${attributes.apiGroup}/${resource}`)) return rule.withoutBodies;
    if (!CREDENTIALS.has(`${attributes.apiGroup}/${resource}`)) return rule.verdict;
    return names(rule, attributes.apiGroup, resource) ? rule.verdict : rule.withoutBodies;
  }
  return NOT_RECORDED;
}

function ruleMatches(rule: AuditRule, attributes: AuditAttributes, user: UserInfo | undefined): boolean {
  if (rule.verbs !== undefined && !rule.verbs.has(attributes.verb)) return false;
  if (rule.users !== undefined && (user === undefined || !rule.users.has(user.username))) return false;
  const { userGroups } = rule;
  if (userGroups !== undefined && user?.groups.some((group) => userGroups.has(group)) !== true) return false;
  if (rule.namespaces !== undefined || rule.resources !== undefined) return resourceMatches(rule, attributes);
  if (rule.nonResourceURLs === undefined) return true;
  return (
    !attributes.isResourceRequest && rule.nonResourceURLs.some((url) => pathMatches(attributes.path, url))
  );
}

function resourceMatches(rule: AuditRule, attributes: AuditAttributes): boolean {
  if (!attributes.isResourceRequest) return false;
  // Cluster-scoped requests have the empty namespace.
  if (rule.namespaces !== undefined && !rule.namespaces.has(attributes.namespace)) return false;
  return rule.resources === undefined || rule.resources.some((entry) => entryMatches(entry, attributes));
}

function entryMatches(
  { group, resources, resourceNames }: AuditGroupResources,
  asked: AuditAttributes,
): boolean {
  if (group !== asked.apiGroup && group !== '*') return false;
  if (resources.length === 0) return true;
  if (resourceNames.length > 0 && !resourceNames.includes(asked.name)) return false;
  const { resource, subresource } = asked;
  const combined = combinedResource(asked);
  return resources.some(
    (pattern) =>
      pattern === '*' ||
      pattern === combined ||
      (subresource !== '' && pattern.startsWith('*/') && pattern.slice(2) === subresource) ||
      // `pods/*` covers `pods` itself too, other than in RBAC.
      (pattern.endsWith('/*') && pattern.slice(0, -2) === resource),
  );
}

function combinedResource({ resource, subresource }: AuditAttributes): string {
  return subresource === '' ? resource : `${resource}/${subresource}`;
}

function names(rule: AuditRule, group: string, resource: string): boolean {
  return (
    rule.resources?.some((entry) => entry.group === group && entry.resources.includes(resource)) === true
  );
}

function pathMatches(path: string, pattern: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1));
}
