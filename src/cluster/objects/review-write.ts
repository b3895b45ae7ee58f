import type { AdmissionAttributes, Operation, Requester, RequestHooks } from '../admission/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { isNamespaces } from './behaviour.ts';
import type { ObjectContext } from './object-context.ts';

/** For whom a write is, so that webhooks and policies can look at it. */
export interface WriteReview {
  readonly requester: Requester;
  /** Of the path; '' of the main one. */
  readonly subresource: string;
  /** What the path shows of an object, where that is no such object itself, and back: of /scale a Scale. */
  readonly form?: ReviewedForm;
}

export interface ReviewedForm {
  shown(object: KubeObject): KubeObject;
  /** @param object before it was shown */
  taken(shown: KubeObject, object: KubeObject): KubeObject;
}

export interface ReviewedCall {
  readonly type: ResourceType;
  readonly namespace: string;
  readonly dryRun: boolean;
  /** Undefined for what the API server does for itself: that, nobody looks at. */
  readonly review?: WriteReview;
}

/** One write and who looks at it. */
export interface Reviewers extends RequestHooks {
  attributes(
    name: string,
    object: KubeObject | undefined,
    oldObject: KubeObject | undefined,
  ): AdmissionAttributes;
}

/** Who looks at a write; undefined when nobody does. */
export function reviewersOf(
  { hooks }: Pick<ObjectContext, 'hooks'>,
  { type, namespace, dryRun, review }: ReviewedCall,
  operation: Operation,
): Reviewers | undefined {
  if (review === undefined) return undefined;
  const { requester, subresource } = review;
  const found = hooks.of({ type, subresource, operation });
  if (found === undefined) return undefined;
  return {
    ...found,
    attributes: (name, object, oldObject) => ({
      requester,
      dryRun,
      operation,
      type,
      subresource,
      namespace: isNamespaces(type) ? name : namespace,
      name,
      object,
      oldObject,
    }),
  };
}
