import type { RequestInfo } from '../../kube/index.ts';
import type { Question } from './asked.ts';

/**
 * What an audit event says of a request to a service: its first question, or the path alone when there is none.
 * @param method for the verb of a request without a question
 */
export function recordedInfo(question: Question | undefined, path: string, method = ''): RequestInfo {
  return {
    isResourceRequest: question?.isResourceRequest ?? false,
    path,
    verb: question?.verb ?? method.toLowerCase(),
    apiPrefix: '',
    apiGroup: question?.apiGroup ?? '',
    apiVersion: question?.apiVersion ?? '',
    namespace: question?.namespace ?? '',
    resource: question?.resource ?? '',
    subresource: question?.subresource ?? '',
    name: question?.name ?? '',
    parts: [],
    fieldSelector: '',
    labelSelector: '',
  };
}
