import {
  forbiddenObject,
  notFound,
  type RequestInfo,
  type StatusError,
  type UserInfo,
  untypedError,
} from '../kube/index.ts';
import { RBAC_GROUP, validatePolicyContent } from '../rbac/decide/index.ts';
import type { EscalationRefusal, Policy, PolicyObject } from '../rbac/index.ts';

/** An API keeps every kind as JSON; of the four RBAC kinds the policy engine knows the shape. */
interface StoredObject {
  readonly kind?: string;
}

interface GuardedRequest {
  readonly user: UserInfo;
  readonly requestInfo: Pick<RequestInfo, 'namespace' | 'name'>;
}

/**
 * What an API that stores RBAC objects needs of the policy engine: their validation, the check against escalation, and
 * a follower that keeps the engine's `source` up with what is stored.
 */
export function guardPolicy(policy: Policy, source: string) {
  return {
    validateRbac: (object: StoredObject, old: StoredObject | undefined) =>
      validatePolicyContent(asPolicyObject(object), old && asPolicyObject(old)),

    /** @throws StatusError when the write would hand out more than its author holds */
    confirmNoEscalation(
      { user, requestInfo }: GuardedRequest,
      object: StoredObject,
      old: StoredObject | undefined,
    ): void {
      const refusal = policy.confirmNoEscalation({
        user,
        object: asPolicyObject(object),
        ...(old === undefined ? {} : { oldObject: asPolicyObject(old) }),
        namespace: requestInfo.namespace,
        name: requestInfo.name,
      });
      if (refusal !== undefined) throw escalationStatus(refusal);
    },

    follower: {
      put: (object: StoredObject) => policy.put(source, asPolicyObject(object)),
      remove: (object: StoredObject) => {
        const { kind, metadata } = asPolicyObject(object);
        policy.remove(source, kind, metadata.namespace ?? '', metadata.name ?? '');
      },
    },
  };
}

/** How kube-apiserver words the refusal. */
function escalationStatus(refusal: EscalationRefusal): StatusError {
  switch (refusal.kind) {
    case 'forbidden':
      return forbiddenObject({ group: RBAC_GROUP, resource: refusal.resource }, refusal.name, refusal.text);
    case 'notFound':
      return notFound({ group: RBAC_GROUP, resource: refusal.resource }, refusal.name);
    case 'internal':
      return untypedError(refusal.text);
  }
}

function asPolicyObject(object: StoredObject): PolicyObject {
  return object as unknown as PolicyObject;
}
