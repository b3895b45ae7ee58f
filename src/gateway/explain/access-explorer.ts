import { type Attributes, type Decision, resourceAttributes, type UserInfo } from '../../kube/index.ts';
import {
  diffPolicies,
  type PathQuery,
  type Policy,
  type PolicyObject,
  RBAC_GROUP,
  RESOURCE_OF_KIND,
  type ResourceQuery,
  type SubjectChange,
  scanManifests,
  suggest,
  type WhatCan,
  type WhoCan,
  whatCan,
  whoCan,
} from '../../rbac/index.ts';
import { mayActAs } from '../impersonate/index.ts';
import type { PolicySurvey } from './policy-survey.ts';
import type { Denial, RecentDenials } from './recent-denials.ts';
import { withManifests } from './with-manifests.ts';

/** What there is to know about rights in one cluster whose policy is here, each as far as the person may know it. */
export interface AccessExplorer {
  /** Whether exactly this is allowed, as for a request. */
  allows(attributes: Attributes): boolean;
  /**
   * All that bindings allow somebody. For themselves, or for who may act as them (`asUser`).
   * @param namespace only what holds there; undefined for everywhere
   * @throws TooManyRightsError
   */
  rightsOf(user: UserInfo, namespace: string | undefined): WhatCan;
  /** Somebody else as whom the person may act (the verb `impersonate`); undefined: they may not. */
  asUser(person: UserInfo, username: string, groups: readonly string[]): UserInfo | undefined;
  /** undefined: the person may not list the roles and bindings of the place. */
  whoCan(person: UserInfo, query: ResourceQuery | PathQuery): WhoCan | undefined;
  /** What manifests would change if they were applied; undefined: the person may not list all roles and bindings. */
  changes(person: UserInfo, manifests: string): ManifestChanges | undefined;
  /** The policy as a whole; undefined: the person may not list all roles and bindings. */
  survey(person: UserInfo): PolicySurvey | undefined;
  denialsOf(user: UserInfo): readonly Denial[];
  /** The least that would have allowed what somebody was refused recently. */
  suggestFor(user: UserInfo): readonly PolicyObject[];
}

export interface ManifestChanges {
  /** Why the text cannot be read, with line and column; then there are no changes. */
  readonly problems: readonly string[];
  readonly changes: readonly SubjectChange[];
}

export interface AccessExplorerDeps {
  readonly policy: Policy;
  authorize(attributes: Attributes): Decision;
  readonly denials: Pick<RecentDenials, 'of'>;
  readonly survey: PolicySurvey;
}

export function createAccessExplorer(deps: AccessExplorerDeps): AccessExplorer {
  const { policy, authorize, denials } = deps;
  const allows = (attributes: Attributes) => authorize(attributes).decision === 'allow';

  /** Who may list them all learns nothing from a question about them. @param namespace '' for all of them */
  function mayReadPolicy(user: UserInfo, namespace: string): boolean {
    return (['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'] as const).every((kind) =>
      allows(
        resourceAttributes({
          user,
          verb: 'list',
          apiGroup: RBAC_GROUP,
          resource: RESOURCE_OF_KIND[kind],
          namespace: kind.startsWith('Cluster') ? '' : namespace,
        }),
      ),
    );
  }

  return {
    allows,
    rightsOf: ({ username, groups }, namespace) =>
      whatCan(
        policy,
        { kind: 'User', name: username, groups },
        { ...(namespace === undefined ? {} : { namespace }) },
      ),
    asUser: (person, username, groups) => mayActAs(authorize, person, { username, groups }),
    whoCan(person, query) {
      const place = 'resource' in query ? (query.namespace ?? '') : '';
      return mayReadPolicy(person, place === '*' ? '' : place) ? whoCan(policy, query) : undefined;
    },
    changes(person, manifests) {
      if (!mayReadPolicy(person, '')) return undefined;
      const { objects, problems } = scanManifests(manifests, 'manifests', { otherKinds: 'skip' });
      if (problems.length > 0) return { problems: problems.map(({ message }) => message), changes: [] };
      const after = withManifests(
        policy,
        objects.map(({ object }) => object),
      );
      return { problems: [], changes: diffPolicies(policy, after) };
    },
    survey: (person) => (mayReadPolicy(person, '') ? deps.survey : undefined),
    denialsOf: ({ username }) => denials.of(username),
    suggestFor: (user) => suggest(denials.of(user.username).map(({ asked }) => eventOf(user, asked))),
  };
}

/** A refusal as the audit log would have it. */
function eventOf(user: UserInfo, asked: Denial['asked']) {
  const { username, uid = '', groups, extra = {} } = user;
  const { verb, isResourceRequest, path, apiGroup, resource, subresource, namespace, name } = asked;
  return {
    stage: 'ResponseComplete',
    requestURI: path,
    verb,
    user: { username, uid, groups, extra },
    impersonatedUser: undefined,
    impersonationConstraint: undefined,
    objectRef: isResourceRequest ? { apiGroup, resource, subresource, namespace, name } : undefined,
    code: 403,
    annotations: {},
  };
}
