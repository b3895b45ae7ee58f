import type { Attributes, Decision, UserInfo } from '../kube/index.ts';
import { allowBy } from './binding.ts';
import { aggregateErrors } from './resolved-rules.ts';
import { allowsNamed, allowsUrl, missingRoleReason, VERDICT, verdictOf } from './role-slot.ts';
import type { RoleTable } from './role-table.ts';
import type { Shapes } from './shapes.ts';
import { type Holding, holdingAt, holdingsOf, type Scope, type SubjectIndex } from './subject-index.ts';

export interface AuthorizeDeps {
  readonly subjects: SubjectIndex;
  readonly roles: RoleTable;
  readonly shapes: Shapes;
}

export const SUPERUSER_GROUP = 'system:masters';
const SUPERUSER: Decision = { decision: 'allow', reason: '' };
const NO_OPINION: Decision = { decision: 'noOpinion', reason: '' };

/**
 * Makes the RBAC authorizer: the superuser group first, then the caller's own bindings, cluster-wide before the
 * request's namespace. The first rule that allows wins; nothing denies. Source: Kubernetes
 * plugin/pkg/auth/authorizer/rbac/rbac.go.
 */
export function createAuthorize({ subjects, roles, shapes }: AuthorizeDeps) {
  // Whether the look at the current request came upon a roleRef without a role. Decisions are synchronous.
  let sawMissing = false;

  function findForResource(scope: Scope, attributes: Attributes, shape: number): Decision | undefined {
    const { user } = attributes;
    const epoch = shapes.epoch;
    for (let subject = -1; subject < user.groups.length; subject++) {
      const holding = holdingAt(scope, user, subject);
      const count = holding?.slots.length ?? 0;
      for (let index = 0; index < count; index++) {
        const slot = holding?.slots[index];
        const verdict = slot === undefined ? VERDICT.no : verdictOf(slot, shape, epoch, attributes);
        if (
          verdict === VERDICT.allow ||
          (verdict === VERDICT.dependsOnName && allowsNamed(slot?.role, attributes))
        ) {
          return allowThrough(holding, index, user);
        }
        sawMissing ||= verdict === VERDICT.missing;
      }
    }
    return undefined;
  }

  function authorizeResource(attributes: Attributes): Decision {
    const shape = shapes.idOf(attributes);
    const { namespace } = attributes;
    const local = namespace === '' ? undefined : subjects.namespaces.get(namespace);
    return (
      findForResource(subjects.clusterWide, attributes, shape) ??
      (local && findForResource(local, attributes, shape)) ??
      (sawMissing ? explainMissing(attributes.user, local) : NO_OPINION)
    );
  }

  // A path has no namespace: only ClusterRoleBindings count.
  function authorizePath(attributes: Attributes): Decision {
    const { user } = attributes;
    for (const holding of holdingsOf(subjects.clusterWide, user)) {
      for (const [index, slot] of holding.slots.entries()) {
        if (allowsUrl(slot.role, attributes)) {
          return allowThrough(holding, index, user);
        }
        sawMissing ||= slot.role === undefined;
      }
    }
    return sawMissing ? explainMissing(user, undefined) : NO_OPINION;
  }

  function explainMissing(user: UserInfo, local: Scope | undefined): Decision {
    const holdings = [subjects.clusterWide, local].flatMap((scope) => holdingsOf(scope, user));
    const missing = holdings.flatMap(({ slots }) => slots.filter((slot) => slot.role === undefined));
    return { decision: 'noOpinion', reason: `RBAC: ${aggregateErrors(missing.map(missingRoleReason))}` };
  }

  return (attributes: Attributes): Decision => {
    if (attributes.user.groups.includes(SUPERUSER_GROUP)) {
      return SUPERUSER;
    }
    roles.refresh();
    sawMissing = false;
    return attributes.isResourceRequest ? authorizeResource(attributes) : authorizePath(attributes);
  };
}

function allowThrough(holding: Holding | undefined, index: number, user: UserInfo): Decision {
  const grant = holding?.roles[index]?.first;
  // Cannot be: `roles` is in step with `slots`. Then nothing is allowed.
  return grant === undefined ? NO_OPINION : allowBy(grant.binding, grant.subject, user);
}
