import { pathRequest, resourceRequest } from '../../attributes.ts';
import { clusterRole, roleBinding } from '../../objects.ts';
import { jane, janesRole, type NearMissCase, READER, VIEW, viewFor } from './support.ts';

export const placeCases: readonly NearMissCase[] = [
  {
    title: 'the right role in another namespace',
    objects: viewFor('User jane'),
    request: resourceRequest(jane, 'get', 'pods', { namespace: 'prod', name: 'web' }),
    kind: 'otherNamespace',
    message: `${VIEW} allows this in that namespace, but the request is in namespace "prod".`,
    remedyText: 'Create a RoleBinding to ClusterRole "view" in namespace "prod" as well.',
  },
  {
    title: 'the right Role in another namespace',
    objects: janesRole('get pods'),
    request: resourceRequest(jane, 'get', 'pods', { namespace: 'prod' }),
    kind: 'otherNamespace',
    message: `${READER} allows this in that namespace, but the request is in namespace "prod".`,
    remedyText: 'Create a RoleBinding to a Role like "reader" in namespace "prod" as well.',
  },
  {
    title: 'a RoleBinding for a list of all namespaces',
    objects: [clusterRole('view', ['list pods']), roleBinding('dev', 'b', 'ClusterRole view', 'User jane')],
    request: resourceRequest(jane, 'list', 'pods'),
    kind: 'roleBindingConfines',
    message: `${VIEW} has the rule for this, but a RoleBinding grants inside its own namespace only, and the request is for all namespaces, or for a resource that is in none.`,
    remedyText: 'Ask in namespace "dev", or bind the ClusterRole with a ClusterRoleBinding.',
  },
  {
    title: 'a RoleBinding for a cluster-scoped object',
    objects: [clusterRole('view', ['get nodes']), roleBinding('dev', 'b', 'ClusterRole view', 'User jane')],
    request: resourceRequest(jane, 'get', 'nodes', { name: 'n1' }),
    kind: 'roleBindingConfines',
    message: `${VIEW} has the rule for this, but a RoleBinding grants inside its own namespace only, and the request is for an object that is in no namespace.`,
    remedyText: 'Bind the ClusterRole with a ClusterRoleBinding.',
  },
  {
    title: 'a RoleBinding for a non-resource URL',
    objects: [
      clusterRole('view', ['get /metrics']),
      roleBinding('dev', 'b', 'ClusterRole view', 'User jane'),
    ],
    request: pathRequest(jane, 'get', '/metrics'),
    kind: 'roleBindingConfines',
    message: `${VIEW} has the rule for this, but a RoleBinding grants inside its own namespace only, and a non-resource URL is in no namespace.`,
    remedyText: 'Bind the ClusterRole with a ClusterRoleBinding.',
  },
];
