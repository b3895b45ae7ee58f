import { resourceRequest, user } from '../../attributes.ts';
import { dev, jane, type NearMissCase, robot, viewFor } from './support.ts';

export const subjectCases: readonly NearMissCase[] = [
  {
    title: 'a user in other letters',
    objects: viewFor('User Jane'),
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'subjectCase',
    message:
      'ClusterRole "view", given to User "Jane" by RoleBinding "b" in namespace "dev", allows this, but the caller is User "jane": case matters.',
    remedyText: 'Name User "jane" in the binding\'s subjects.',
  },
  {
    title: 'a group in other letters',
    objects: viewFor('Group Devs'),
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'subjectCase',
    message:
      'ClusterRole "view", given to Group "Devs" by RoleBinding "b" in namespace "dev", allows this, but the caller has Group "devs": case matters.',
    remedyText: 'Name Group "devs" in the binding\'s subjects.',
  },
  ...[
    ['jane', 'oidc:jane'],
    ['https://issuer.example#jane', 'jane'],
    ['https://issuer.example#jane', 'https://other.example#jane'],
  ].map(([bound = '', caller = '']) => ({
    title: `User ${bound} for ${caller}`,
    objects: viewFor(`User ${bound}`).map((object) =>
      object.kind === 'RoleBinding' ? { ...object, subjects: [{ kind: 'User', name: bound }] } : object,
    ),
    request: resourceRequest(user(caller), 'get', 'pods', dev),
    kind: 'subjectPrefix' as const,
    message: `ClusterRole "view", given to User "${bound}" by RoleBinding "b" in namespace "dev", allows this, but the caller is User "${caller}": an issuer's prefix is a part of the name.`,
    remedyText: `Name User "${caller}" in the binding's subjects, or change the issuer's prefix.`,
  })),
  {
    title: 'a ServiceAccount of another namespace',
    objects: viewFor('ServiceAccount prod:robot'),
    request: resourceRequest(robot, 'get', 'pods', dev),
    kind: 'serviceAccountNamespace',
    message:
      'ClusterRole "view", given to ServiceAccount "robot" of namespace "prod" by RoleBinding "b" in namespace "dev", allows this, but the caller is ServiceAccount "robot" of namespace "dev".',
    remedyText: 'Name ServiceAccount "robot" of namespace "dev" in the binding\'s subjects.',
  },
  {
    title: 'a User named like the ServiceAccount',
    objects: viewFor('User robot'),
    request: resourceRequest(robot, 'get', 'pods', dev),
    kind: 'subjectKind',
    message:
      'ClusterRole "view", given to User "robot" by RoleBinding "b" in namespace "dev", allows this, but the caller is ServiceAccount "robot" of namespace "dev": the kind of the subject matters.',
    remedyText: 'Name ServiceAccount "robot" of namespace "dev" in the binding\'s subjects.',
  },
  {
    title: 'a ServiceAccount named like the user',
    objects: viewFor('ServiceAccount jane'),
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'subjectKind',
    message:
      'ClusterRole "view", given to ServiceAccount "jane" of namespace "dev" by RoleBinding "b" in namespace "dev", allows this, but the caller is User "jane": the kind of the subject matters.',
    remedyText: 'Name User "jane" in the binding\'s subjects.',
  },
  {
    title: 'a Group named like the user',
    objects: viewFor('Group jane'),
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'subjectKind',
    message:
      'ClusterRole "view", given to Group "jane" by RoleBinding "b" in namespace "dev", allows this, but the caller is User "jane": the kind of the subject matters.',
    remedyText: 'Name User "jane" in the binding\'s subjects.',
  },
  {
    title: 'a User named like the group',
    objects: viewFor('User devs'),
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'subjectKind',
    message:
      'ClusterRole "view", given to User "devs" by RoleBinding "b" in namespace "dev", allows this, but the caller has Group "devs": the kind of the subject matters.',
    remedyText: 'Name Group "devs" in the binding\'s subjects.',
  },
  {
    title: 'a group that the caller is not in',
    objects: viewFor('Group admins'),
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'missingGroup',
    message:
      'ClusterRole "view", given to Group "admins" by RoleBinding "b" in namespace "dev", allows this, but the caller is not in that group.',
    remedyText:
      'Put the caller into group "admins" where the groups are kept, if all that it may do is wanted.',
  },
  {
    title: "somebody else's binding",
    objects: viewFor('User bob'),
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'otherUser',
    message:
      'ClusterRole "view", given to User "bob" by RoleBinding "b" in namespace "dev", allows this, but the caller is somebody else.',
    remedyText: 'Bind the role to the caller as well, if all that it allows is wanted.',
  },
];
