import type { Attributes, Decision } from '../kube/index.ts';
import { allowBy } from './binding.ts';
import type { Answer, Caller, Callers, NamedAnswer, Reach } from './callers.ts';
import { allowsUrl, coversButName } from './role-slot.ts';
import { allowsName } from './rule.ts';
import type { Shapes } from './shapes.ts';

export interface AuthorizeDeps {
  readonly callers: Callers;
  readonly shapes: Shapes;
}

const SUPERUSER: Decision = { decision: 'allow', reason: '' };

/**
 * Makes the RBAC authorizer: the superuser group first, then the caller's own bindings, cluster-wide before the
 * request's namespace. The first rule that allows wins; nothing denies. Source: Kubernetes
 * plugin/pkg/auth/authorizer/rbac/rbac.go.
 */
export function createAuthorize({ callers, shapes }: AuthorizeDeps) {
  function authorizeResource(caller: Caller, attributes: Attributes): Decision {
    const reach = callers.reach(caller, attributes.namespace);
    const shape = shapes.idOf(attributes);
    const known = shape === undefined ? undefined : reach.answers.get(shape);
    const answer = known ?? answerFor(reach, attributes);
    if (known === undefined && shape !== undefined) {
      callers.remember(reach, shape, answer);
    }
    for (const { rule, decision } of answer.named) {
      if (allowsName(rule, attributes.name)) {
        return decision;
      }
    }
    return answer.otherwise;
  }

  return (attributes: Attributes): Decision => {
    const caller = callers.of(attributes.user);
    if (caller.isSuperuser) {
      return SUPERUSER;
    }
    return attributes.isResourceRequest
      ? authorizeResource(caller, attributes)
      : authorizePath(caller, attributes);
  };
}

function answerFor({ grants, refusal }: Reach, attributes: Attributes): Answer {
  const named: NamedAnswer[] = [];
  for (const { binding, subject } of grants) {
    for (const rule of binding.slot.role?.resourceRules ?? []) {
      if (coversButName(rule, attributes)) {
        const decision = allowBy(binding, subject, attributes.user);
        if (rule.resourceNames.length === 0) {
          return { named, otherwise: decision };
        }
        named.push({ rule, decision });
      }
    }
  }
  return { named, otherwise: refusal };
}

// A path has no namespace: only ClusterRoleBindings count.
function authorizePath({ everywhere }: Caller, attributes: Attributes): Decision {
  for (const { binding, subject } of everywhere.urlGrants) {
    if (allowsUrl(binding.slot.role, attributes)) {
      return allowBy(binding, subject, attributes.user);
    }
  }
  return everywhere.refusal;
}
