import { createHash } from 'node:crypto';
import type { Attributes } from '../../../kube/index.ts';
import {
  type PolicyObject,
  type PolicyRule,
  RBAC_API_VERSION,
  RBAC_GROUP,
  type Subject,
} from '../../model.ts';
import { combinedResource } from '../../rule.ts';
import { validatePolicyObject } from '../../validate.ts';
import { serviceAccountOf } from './name-likeness.ts';

const MAX_SLUG = 60;

/**
 * A role with the one rule that the request needs and the binding that gives it to the caller: in the request's
 * namespace, or cluster-wide where only that helps. undefined when there is no such rule that grants nothing else (a
 * wildcard was asked for), or when kube-apiserver would not take the objects.
 */
export function leastGrant(attributes: Attributes): PolicyObject[] | undefined {
  const rule = leastRule(attributes);
  if (rule === undefined) return undefined;
  const { namespace } = attributes;
  const name = grantName(attributes);
  const rules = [rule];
  const subjects = [subjectFor(attributes.user.username)];
  const apiVersion = RBAC_API_VERSION;
  const objects: PolicyObject[] =
    attributes.isResourceRequest && namespace !== ''
      ? [
          { apiVersion, kind: 'Role', metadata: { namespace, name }, rules },
          {
            apiVersion,
            kind: 'RoleBinding',
            metadata: { namespace, name },
            subjects,
            roleRef: ref('Role', name),
          },
        ]
      : [
          { apiVersion, kind: 'ClusterRole', metadata: { name }, rules },
          {
            apiVersion,
            kind: 'ClusterRoleBinding',
            metadata: { name },
            subjects,
            roleRef: ref('ClusterRole', name),
          },
        ];
  return objects.every((object) => validatePolicyObject(object).length === 0) ? objects : undefined;
}

function leastRule(attributes: Attributes): PolicyRule | undefined {
  const { verb, apiGroup, resource, subresource, name, path } = attributes;
  if (verb === '' || verb === '*') return undefined;
  if (!attributes.isResourceRequest) {
    return path.endsWith('*') ? undefined : { verbs: [verb], nonResourceURLs: [path] };
  }
  const combined = combinedResource(resource, subresource);
  // `*/log` as an entry of a rule means the subresource of all resources.
  if (apiGroup === '*' || combined === '*' || combined.startsWith('*/')) return undefined;
  const resourceNames = name === '' ? {} : { resourceNames: [name] };
  return { apiGroups: [apiGroup], resources: [combined], ...resourceNames, verbs: [verb] };
}

function ref(kind: 'Role' | 'ClusterRole', name: string) {
  return { apiGroup: RBAC_GROUP, kind, name };
}

function subjectFor(username: string): Subject {
  const account = serviceAccountOf(username);
  return account === undefined
    ? { apiGroup: RBAC_GROUP, kind: 'User', name: username }
    : { kind: 'ServiceAccount', ...account };
}

// The digest keeps the grant from replacing any other object: nothing else has its content in its name.
function grantName({ user, isResourceRequest, ...asked }: Attributes): string {
  const { verb, apiGroup, resource, subresource, namespace, name, path } = asked;
  const what = isResourceRequest ? [verb, resource, subresource, apiGroup, namespace, name] : [verb, path];
  const slug = what
    .slice(0, 3)
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  const digest = createHash('sha256')
    .update(JSON.stringify([user.username, ...what]))
    .digest('hex');
  return `allow-${slug.slice(0, MAX_SLUG)}-${digest.slice(0, 12)}`.replaceAll(/-+/g, '-');
}
