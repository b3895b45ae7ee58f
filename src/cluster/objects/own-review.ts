import type { UserInfo } from '../../kube/index.ts';
import type { ObjectContext } from './object-context.ts';
import type { WriteReview } from './review-write.ts';

/** Whose work a cluster's own controllers do: of the service accounts that the real ones have. */
export function controllerUser(name: string): UserInfo {
  return {
    username: `system:serviceaccount:kube-system:${name}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  };
}

/** The same context for what a controller does, which webhooks and policies look at. */
export function asController(context: ObjectContext, name: string): ObjectContext {
  return { ...context, writer: controllerUser(name) };
}

/**
 * How a write that nobody has requested is shown to webhooks and policies; nothing for what is done in nobody's name. There
 * is nobody to warn, and no audit event. What the writer may do, only the gateway knows: nothing, as far as expressions can see.
 * @param subresource that the real writer would use; '' for the main path
 */
export function ownReview(
  { writer }: Pick<ObjectContext, 'writer'>,
  kind: 'CreateOptions' | 'UpdateOptions' | 'DeleteOptions',
  subresource = '',
): { readonly review?: WriteReview } {
  if (writer === undefined) return {};
  return {
    review: {
      requester: {
        user: writer,
        options: { kind, apiVersion: 'meta.k8s.io/v1' },
        authorize: () => ({ decision: 'noOpinion', reason: '' }),
        warn: () => {},
        annotate: () => {},
      },
      subresource,
    },
  };
}
