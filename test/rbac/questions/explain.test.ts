import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/kube/index.ts';
import { createPolicy, defaultPolicyObjects, type PolicyObject } from '../../../src/rbac/index.ts';
import { explain, type NearMissKind } from '../../../src/rbac/questions/explain.ts';
import { pathRequest, resourceRequest, user } from '../attributes.ts';
import { aggregated, clusterRole, clusterRoleBinding, role, roleBinding } from '../objects.ts';

const jane = user('jane', 'devs', 'system:authenticated');
const robot = user(
  'system:serviceaccount:dev:robot',
  'system:serviceaccounts',
  'system:serviceaccounts:dev',
  'system:authenticated',
);
const dev = { namespace: 'dev' };
const VIEW = 'ClusterRole "view", given to User "jane" by RoleBinding "b" in namespace "dev",';
const READER = 'Role "reader", given to User "jane" by RoleBinding "b" in namespace "dev",';

function policyOf(...objects: readonly PolicyObject[]) {
  const policy = createPolicy();
  for (const object of objects) policy.put('manifests', object);
  return policy;
}

/** A Role of jane's in dev. */
function janesRole(...rules: string[]): PolicyObject[] {
  return [role('dev', 'reader', rules), roleBinding('dev', 'b', 'Role reader', 'User jane')];
}

/** A ClusterRole of somebody's in dev. */
function viewFor(...subjects: string[]): PolicyObject[] {
  return [clusterRole('view', ['get pods']), roleBinding('dev', 'b', 'ClusterRole view', ...subjects)];
}

interface Case {
  readonly title: string;
  readonly objects: readonly PolicyObject[];
  readonly request: Attributes;
  readonly kind: NearMissKind;
  readonly message: string;
  readonly remedyText: string;
}

const CASES: readonly Case[] = [
  {
    title: 'a method that Kubernetes has no verb for',
    objects: janesRole('get pods'),
    request: resourceRequest(jane, '', 'pods', dev),
    kind: 'emptyVerb',
    message:
      'The request has no verb, because Kubernetes has none for its HTTP method: only a rule with verb * allows it.',
    remedyText: 'Send it with GET, HEAD, POST, PUT, PATCH or DELETE.',
  },
  {
    title: 'no credentials',
    objects: janesRole('get pods'),
    request: resourceRequest(user('system:anonymous', 'system:unauthenticated'), 'get', 'pods', dev),
    kind: 'anonymous',
    message: 'The request is anonymous: it came as User "system:anonymous", without credentials.',
    remedyText: 'Log in, and send the token with the request.',
  },
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
  {
    title: 'another API group',
    objects: janesRole('list @extensions:deployments'),
    request: resourceRequest(jane, 'list', 'deployments', { ...dev, apiGroup: 'apps' }),
    kind: 'apiGroup',
    message: `${READER} allows list deployments in namespace "dev" in API group "extensions", but the request is for API group "apps".`,
    remedyText: 'Add API group "apps" to the rule, or ask for the resource in a group that the rule has.',
  },
  {
    title: 'pods for pods/log',
    objects: janesRole('get pods'),
    request: resourceRequest(jane, 'get', 'pods', { ...dev, subresource: 'log', name: 'web' }),
    kind: 'subresource',
    message: `${READER} has the verb on pods, which does not include the subresource pods/log.`,
    remedyText: 'Add the resource pods/log to a rule: each subresource is granted by itself.',
  },
  {
    title: 'pods/log for pods',
    objects: janesRole('get pods/log'),
    request: resourceRequest(jane, 'get', 'pods', { ...dev, name: 'web' }),
    kind: 'subresource',
    message: `${READER} has the verb on the subresource pods/log, which does not include pods itself.`,
    remedyText: 'Add the resource pods to a rule: each subresource is granted by itself.',
  },
  {
    title: 'pods/exec for pods/log',
    objects: janesRole('get pods/exec'),
    request: resourceRequest(jane, 'get', 'pods', { ...dev, subresource: 'log', name: 'web' }),
    kind: 'subresource',
    message: `${READER} has the verb on the subresource pods/exec, not on pods/log.`,
    remedyText: 'Add the resource pods/log to a rule: each subresource is granted by itself.',
  },
  {
    title: 'pods/* for pods/log',
    objects: janesRole('get pods/*'),
    request: resourceRequest(jane, 'get', 'pods', { ...dev, subresource: 'log', name: 'web' }),
    kind: 'subresource',
    message: `${READER} names pods/*, which matches nothing, not even pods/log: a resource takes no such wildcard.`,
    remedyText: 'Add the resource pods/log to a rule: each subresource is granted by itself.',
  },
  ...['Pods', 'pod', 'po*'].map((spelling) => ({
    title: `${spelling} for pods`,
    objects: janesRole(`get ${spelling}`),
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'resource' as const,
    message: `${READER} names the resource ${spelling}, which is not pods: a rule has the plural name in lower case, without API group and wildcard.`,
    remedyText: 'Write pods in the rule.',
  })),
  {
    title: 'deployments.apps for deployments',
    objects: janesRole('get @apps:deployments.apps'),
    request: resourceRequest(jane, 'get', 'deployments', { ...dev, apiGroup: 'apps' }),
    kind: 'resource',
    message: `${READER} names the resource deployments.apps, which is not deployments: a rule has the plural name in lower case, without API group and wildcard.`,
    remedyText: 'Write deployments in the rule.',
  },
  {
    title: 'get without create on pods/exec',
    objects: janesRole('get pods/exec'),
    request: resourceRequest(jane, 'create', 'pods', { ...dev, subresource: 'exec', name: 'web' }),
    kind: 'webSocketVerb',
    message: `${READER} allows get on pods/exec, not create: exec over a WebSocket needs get and create.`,
    remedyText: 'Give both get and create on pods/exec.',
  },
  {
    title: 'create without get on pods/portforward',
    objects: janesRole('create pods/portforward'),
    request: resourceRequest(jane, 'get', 'pods', { ...dev, subresource: 'portforward', name: 'web' }),
    kind: 'webSocketVerb',
    message: `${READER} allows create on pods/portforward, not get: portforward over a WebSocket needs get and create.`,
    remedyText: 'Give both get and create on pods/portforward.',
  },
  {
    title: 'get for list',
    objects: janesRole('get pods'),
    request: resourceRequest(jane, 'list', 'pods', dev),
    kind: 'verb',
    message: `${READER} allows get on pods, not list: list reads a collection.`,
    remedyText: 'Add the verb list to the rule.',
  },
  {
    title: 'get and list for watch',
    objects: janesRole('get,list pods'),
    request: resourceRequest(jane, 'watch', 'pods', dev),
    kind: 'verb',
    message: `${READER} allows get and list on pods, not watch: watch follows a collection.`,
    remedyText: 'Add the verb watch to the rule.',
  },
  {
    title: 'delete for deletecollection',
    objects: janesRole('get,list,watch,create,delete pods'),
    request: resourceRequest(jane, 'deletecollection', 'pods', dev),
    kind: 'verb',
    message: `${READER} allows get, list, watch, create and 1 more on pods, not deletecollection: deletecollection removes a whole collection.`,
    remedyText: 'Add the verb deletecollection to the rule.',
  },
  {
    title: 'another verb on a URL',
    objects: [clusterRole('view', ['get /metrics']), clusterRoleBinding('cb', 'view', 'Group devs')],
    request: pathRequest(jane, 'post', '/metrics'),
    kind: 'verb',
    message:
      'ClusterRole "view", given to Group "devs" by ClusterRoleBinding "cb", allows get on /metrics, not post.',
    remedyText: 'Add the verb post to the rule.',
  },
  {
    title: 'resourceNames for a list',
    objects: janesRole('list secrets#a,b'),
    request: resourceRequest(jane, 'list', 'secrets', dev),
    kind: 'resourceNamesNeverMatch',
    message: `${READER} allows list on secrets only for the names "a" and "b", and this request names no object: resourceNames never match it.`,
    remedyText:
      'Allow list in a rule without resourceNames, or ask for one of the names with --field-selector=metadata.name=NAME.',
  },
  ...['create', 'deletecollection'].map((verb) => ({
    title: `resourceNames for a ${verb}`,
    objects: janesRole(`${verb} secrets#a`),
    request: resourceRequest(jane, verb, 'secrets', dev),
    kind: 'resourceNamesNeverMatch' as const,
    message: `${READER} allows ${verb} on secrets only for the names "a", and this request names no object: resourceNames never match it.`,
    remedyText: `Allow ${verb} in a rule without resourceNames.`,
  })),
  {
    title: 'a name that is not listed',
    objects: janesRole('get secrets#a,*'),
    request: resourceRequest(jane, 'get', 'secrets', { ...dev, name: 'c' }),
    kind: 'resourceName',
    message: `${READER} allows get on secrets only for the names "a" and "*" (* is no wildcard there), not for "c".`,
    remedyText: 'Add "c" to the rule\'s resourceNames.',
  },
  ...[
    ['/x/*', '/x', 'has the URL /x/*, which covers what is below /x, not /x itself'],
    ['/x', '/x/y', 'has the URL /x, which covers itself only, not /x/y below it'],
    ['/x/', '/x', 'has the URL /x/, which is not /x: the slash counts'],
    ['/x', '/x/', 'has the URL /x, which is not /x/: the slash counts'],
    ['/X', '/x', 'has the URL /X, which is not /x: case matters'],
    ['/a/*/c', '/a/b/c', 'has the URL /a/*/c, which does not cover /a/b/c: * counts at the end only'],
  ].map(([url = '', path = '', lacks = '']) => ({
    title: `${url} for ${path}`,
    objects: [clusterRole('view', [`get ${url}`]), clusterRoleBinding('cb', 'view', 'User jane')],
    request: pathRequest(jane, 'get', path),
    kind: 'nonResourceURL' as const,
    message: `ClusterRole "view", given to User "jane" by ClusterRoleBinding "cb", ${lacks}.`,
    remedyText: `Add ${path} to the rule's nonResourceURLs.`,
  })),
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
  {
    title: "somebody else's binding",
    objects: viewFor('User bob'),
    request: resourceRequest(jane, 'get', 'pods', dev),
    kind: 'otherUser',
    message:
      'ClusterRole "view", given to User "bob" by RoleBinding "b" in namespace "dev", allows this, but the caller is somebody else.',
    remedyText: 'Bind the role to the caller as well, if all that it allows is wanted.',
  },
  {
    title: 'nothing at all',
    objects: [],
    request: resourceRequest(jane, 'get', 'pods', { ...dev, subresource: 'log', name: 'web' }),
    kind: 'nothingNear',
    message:
      'No rule, role or binding was found that comes near to allowing get pods/log "web" in namespace "dev".',
    remedyText: 'Grant what was asked for.',
  },
];

describe('an explained refusal', () => {
  it.each(CASES)('names as the nearest miss: $title', ({ objects, request, kind, message, remedyText }) => {
    const policy = policyOf(...objects);
    const { decision, nearMisses } = explain(policy, request);
    expect(decision).toBe('noOpinion');
    expect({ ...nearMisses[0], remedy: undefined, grant: undefined }).toEqual({
      kind,
      message,
      remedy: undefined,
      remedyText,
      grant: undefined,
    });
    for (const object of nearMisses[0]?.remedy ?? []) policy.put('manifests', object);
    const isMendedByGrant = kind !== 'emptyVerb' && kind !== 'anonymous';
    expect(policy.authorize(request).decision).toBe(isMendedByGrant ? 'allow' : 'noOpinion');
  });

  it('has a case for every kind of near miss', () => {
    const kinds: Record<NearMissKind, number> = Object.create(null);
    for (const { kind } of CASES) kinds[kind] = (kinds[kind] ?? 0) + 1;
    expect(Object.keys(kinds)).toHaveLength(23);
  });

  it('ranks by nearness, says nothing twice, and stops at the limit', () => {
    const policy = policyOf(
      clusterRole('view', ['get pods', 'list pods/log', 'get pods', 'watch pods']),
      roleBinding('dev', 'b1', 'ClusterRole view', 'User jane', 'User jane', 'Group devs'),
      roleBinding('dev', 'b2', 'ClusterRole view', 'User jane'),
      clusterRole('lister', ['list pods']),
      roleBinding('prod', 'b3', 'ClusterRole lister', 'User jane'),
      roleBinding('dev', 'b4', 'ClusterRole lister', 'User Jane', 'User bob', 'Group admins'),
    );
    const request = resourceRequest(jane, 'list', 'pods', dev);
    const kinds = (limit?: number) =>
      explain(policy, request, limit === undefined ? {} : { limit }).nearMisses.map(({ kind }) => kind);
    expect(kinds(10)).toEqual([
      'otherNamespace',
      'subresource',
      'verb',
      'verb',
      'subjectCase',
      'missingGroup',
      'otherUser',
    ]);
    expect(kinds()).toEqual(['otherNamespace', 'subresource', 'verb', 'verb', 'subjectCase']);
    expect(kinds(1)).toEqual(['otherNamespace']);
    expect(kinds(0)).toEqual([]);
  });

  it('lets no kind crowd out the others', () => {
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    const policy = policyOf(
      clusterRole('lister', ['list pods']),
      ...names.map((namespace) => roleBinding(namespace, 'b', 'ClusterRole lister', 'User jane')),
      ...janesRole('get pods'),
    );
    const { nearMisses } = explain(policy, resourceRequest(jane, 'list', 'pods', dev));
    expect(nearMisses.map(({ kind }) => kind)).toEqual(['otherNamespace', 'otherNamespace', 'verb']);
  });

  it('carries the facts: binding, subject, roleRef, role and rule, with their source', () => {
    const policy = createPolicy();
    policy.put('cluster', clusterRole('view', ['get nodes', 'get pods']));
    policy.put('manifests', roleBinding('dev', 'b', 'ClusterRole view', 'User jane'));
    const [nearest] = explain(policy, resourceRequest(jane, 'list', 'pods', dev)).nearMisses;
    expect(nearest?.grant).toEqual({
      binding: { kind: 'RoleBinding', namespace: 'dev', name: 'b', source: 'manifests' },
      subject: { kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' },
      roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' },
      role: { kind: 'ClusterRole', namespace: '', name: 'view', source: 'cluster' },
      rule: { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
      ruleIndex: 1,
    });
  });

  it('never proposes the groups and users of the system under the default policy', () => {
    const policy = policyOf(...defaultPolicyObjects());
    for (const request of [
      resourceRequest(jane, 'get', 'pods', dev),
      resourceRequest(jane, 'delete', 'nodes', { name: 'n1' }),
      pathRequest(jane, 'get', '/metrics'),
    ]) {
      expect(explain(policy, request).nearMisses.map(({ kind }) => kind)).toEqual(['nothingNear']);
    }
  });

  it('looks at a bounded part of a large policy', () => {
    const policy = policyOf(clusterRole('view', ['get pods']));
    for (let index = 0; index < 10_000; index++) {
      const namespace = `n${index}`;
      policy.put('manifests', clusterRole(`role${index}`, ['get nodes']));
      policy.put('manifests', roleBinding(namespace, 'b', `ClusterRole role${index}`, 'User jane'));
      policy.put(
        'manifests',
        clusterRoleBinding(`b${index}`, `role${index}`, `User u${index}`, `Group g${index}`),
      );
    }
    policy.put('manifests', roleBinding('dev', 'b', 'ClusterRole ghost', 'User jane'));
    let looks = 0;
    const counted = <T>(items: Iterable<T>) =>
      (function* () {
        for (const item of items) {
          looks++;
          yield item;
        }
      })();
    const view = policy.view();
    const counting = {
      ...policy,
      view: () => ({
        ...view,
        roles: () => counted(view.roles()),
        bindings: () => counted(view.bindings()),
        slots: () => counted(view.slots()),
        subjectNames: (type: 'user' | 'group') => counted(view.subjectNames(type)),
        bindingsNaming: (type: 'user' | 'group', name: string) => counted(view.bindingsNaming(type, name)),
      }),
    };
    const { nearMisses } = explain(counting, resourceRequest(jane, 'get', 'pods', dev));
    expect(nearMisses.map(({ kind }) => kind)).toEqual(['roleRefMissing']);
    expect(looks).toBeGreaterThan(100);
    expect(looks).toBeLessThan(5_000);
  });

  it('quotes what is no plain word, so that no name can forge a line or a terminal sequence', () => {
    const policy = policyOf(
      role('dev', 'x"\n\u001b[31m', ['get pods']),
      roleBinding('dev', 'b', 'Role x"\n\u001b[31m', 'User jane'),
    );
    const [nearest] = explain(policy, resourceRequest(jane, 'li\nst', 'pods', dev)).nearMisses;
    expect(nearest?.message).toBe(
      String.raw`Role "x\"\n\x1b[31m", given to User "jane" by RoleBinding "b" in namespace "dev", allows get on pods, not "li\nst".`,
    );
  });

  it('says nothing of the caller but names: no uid, no extra', () => {
    const secretive = { ...jane, uid: 'UID-7', extra: { scopes: ['EXTRA-7'] } };
    const text = JSON.stringify(
      explain(policyOf(...viewFor('User bob')), resourceRequest(secretive, 'get', 'pods', dev)),
    );
    expect(text).toContain('bob');
    expect(text).not.toMatch(/UID-7|EXTRA-7/);
  });
});

describe('the remedy', () => {
  it('is a Role and a RoleBinding with the very name, for a request in a namespace', () => {
    const request = resourceRequest(robot, 'get', 'deployments', {
      ...dev,
      apiGroup: 'apps',
      subresource: 'scale',
      name: 'web',
    });
    const [nearest] = explain(policyOf(), request).nearMisses;
    const name = expect.stringMatching(/^allow-get-deployments-scale-[0-9a-f]{12}$/);
    expect(nearest?.remedy).toEqual([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { namespace: 'dev', name },
        rules: [
          { apiGroups: ['apps'], resources: ['deployments/scale'], resourceNames: ['web'], verbs: ['get'] },
        ],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { namespace: 'dev', name },
        subjects: [{ kind: 'ServiceAccount', namespace: 'dev', name: 'robot' }],
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      },
    ]);
  });

  it('is cluster-wide where nothing else helps', () => {
    const [nearest] = explain(policyOf(), pathRequest(jane, 'get', '/metrics')).nearMisses;
    expect(nearest?.remedy?.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding']);
  });

  it.each<[string, Attributes]>([
    ['every verb', resourceRequest(jane, '*', 'pods', dev)],
    ['every resource', resourceRequest(jane, 'get', '*', dev)],
    ['a subresource of every resource', resourceRequest(jane, 'get', '*', { ...dev, subresource: 'log' })],
    ['every API group', resourceRequest(jane, 'get', 'pods', { ...dev, apiGroup: '*' })],
    ['every path below', pathRequest(jane, 'get', '/x/*')],
    ['a user without a name', resourceRequest(user(''), 'get', 'pods', dev)],
  ])('is not given for %s, which no least grant allows', (_title, request) => {
    const [nearest] = explain(policyOf(), request).nearMisses;
    expect(nearest).toMatchObject({ kind: 'nothingNear', remedy: undefined });
  });
});

describe('an explained allow', () => {
  it('names rule, role, binding and subject', () => {
    const policy = createPolicy();
    policy.put('cluster', clusterRole('view', ['list pods', 'get pods']));
    policy.put('manifests', roleBinding('dev', 'b', 'ClusterRole view', 'Group devs', 'User jane'));
    expect(explain(policy, resourceRequest(jane, 'get', 'pods', dev))).toEqual({
      decision: 'allow',
      reason: 'RBAC: allowed by RoleBinding "b/dev" of ClusterRole "view" to Group "devs"',
      grant: {
        binding: { kind: 'RoleBinding', namespace: 'dev', name: 'b', source: 'manifests' },
        role: { kind: 'ClusterRole', namespace: '', name: 'view', source: 'cluster' },
        rule: { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
        ruleIndex: 1,
        subject: { kind: 'Group', name: 'devs', apiGroup: 'rbac.authorization.k8s.io' },
      },
      nearMisses: [],
    });
  });

  it('says of a superuser that no rule was asked', () => {
    const request = resourceRequest(user('root', 'system:masters'), 'get', 'pods', dev);
    expect(explain(policyOf(...viewFor('User root')), request)).toEqual({
      decision: 'allow',
      reason: '',
      superuser: true,
      nearMisses: [],
    });
  });
});
