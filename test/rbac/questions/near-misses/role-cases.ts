import { resourceRequest } from '../../attributes.ts';
import { aggregated, clusterRole, role, roleBinding } from '../../objects.ts';
import { dev, jane, type NearMissCase, VIEW } from './support.ts';

export const roleCases: readonly NearMissCase[] = [
  {
    title: 'a Role meant where a ClusterRole exists',
    objects: [clusterRole('view', ['get pods']), roleBinding('dev', 'b', 'Role view', 'User jane')],
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'roleRefOfOtherKind',
    message:
      'RoleBinding "b" in namespace "dev" gives User "jane" Role "view", which does not exist; but ClusterRole "view" does, which allows this.',
    remedyText:
      'Delete the binding and create it again with roleRef ClusterRole "view": a roleRef cannot be changed.',
  },
  {
    title: 'a ClusterRole meant where a Role exists',
    objects: [
      role('dev', 'reader', ['get pods']),
      roleBinding('dev', 'b', 'ClusterRole reader', 'User jane'),
    ],
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'roleRefOfOtherKind',
    message:
      'RoleBinding "b" in namespace "dev" gives User "jane" ClusterRole "reader", which does not exist; but Role "reader" does, which allows this.',
    remedyText:
      'Delete the binding and create it again with roleRef Role "reader": a roleRef cannot be changed.',
  },
  {
    title: 'a misspelt roleRef',
    objects: [
      clusterRole('viewer', ['get pods']),
      clusterRole('editor', ['get pods']),
      roleBinding('dev', 'b', 'ClusterRole veiwer', 'User jane'),
    ],
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'roleRefMisspelt',
    message:
      'RoleBinding "b" in namespace "dev" gives User "jane" ClusterRole "veiwer", which does not exist; the closest name is ClusterRole "viewer", which allows this.',
    remedyText:
      'Delete the binding and create it again with roleRef ClusterRole "viewer": a roleRef cannot be changed.',
  },
  {
    title: 'an aggregated role that gathers nothing',
    objects: [
      aggregated('view', [{ 'aggregate-to-view': 'true' }]),
      clusterRole('view-pods', ['get pods'], { 'aggregate-to-view': 'yes' }),
      roleBinding('dev', 'b', 'ClusterRole view', 'User jane'),
    ],
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'roleWithoutRules',
    message: `${VIEW} has no rules and so allows nothing; if it is aggregated, no ClusterRole has the labels that it selects.`,
    remedyText:
      'Label a ClusterRole that has the rules as the aggregationRule selects, or give the role rules.',
  },
  {
    title: 'a roleRef that leads nowhere',
    objects: [roleBinding('dev', 'b', 'Role ghost', 'User jane')],
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'roleRefMissing',
    message: 'RoleBinding "b" in namespace "dev" gives User "jane" Role "ghost", which does not exist.',
    remedyText: 'Create Role "ghost", or delete the binding.',
  },
];
