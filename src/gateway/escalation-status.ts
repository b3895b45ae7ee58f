import { forbiddenObject, notFound, type StatusError, untypedError } from '../kube/index.ts';
import { type EscalationRefusal, RBAC_GROUP } from '../rbac/index.ts';

/** How kube-apiserver words a write that would hand out more than its author holds. */
export function escalationStatus(refusal: EscalationRefusal): StatusError {
  switch (refusal.kind) {
    case 'forbidden':
      return forbiddenObject({ group: RBAC_GROUP, resource: refusal.resource }, refusal.name, refusal.text);
    case 'notFound':
      return notFound({ group: RBAC_GROUP, resource: refusal.resource }, refusal.name);
    case 'internal':
      return untypedError(refusal.text);
  }
}
