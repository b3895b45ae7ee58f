import type { ApiClient } from '../kubeconfig/index.ts';
import type { RulesReviewStatus } from '../rbac/index.ts';
import type { Question } from './question.ts';

/** The server's own word on what the caller may do: it counts every authorizer, not only RBAC. */
export interface AccessReview {
  readonly allowed: boolean;
  /** '' when there is none. */
  readonly reason: string;
}

const API_VERSION = 'authorization.k8s.io/v1';

/** Asks the server as `kubectl auth can-i` does. */
export async function reviewAccess(server: ApiClient, question: Question): Promise<AccessReview> {
  const status = (await create(server, 'SelfSubjectAccessReview', specOf(question))) as {
    allowed?: boolean;
    reason?: string;
    evaluationError?: string;
  };
  const reason = [status.reason, status.evaluationError].filter((text) => text).join(' - ');
  return { allowed: status.allowed === true, reason };
}

/** The caller's rules in the namespace, as `kubectl auth can-i --list` gets them. */
export async function reviewRules(server: ApiClient, namespace: string): Promise<RulesReviewStatus> {
  const status = (await create(server, 'SelfSubjectRulesReview', {
    namespace,
  })) as Partial<RulesReviewStatus>;
  return {
    ...status,
    resourceRules: status.resourceRules ?? [],
    nonResourceRules: status.nonResourceRules ?? [],
    incomplete: status.incomplete === true,
  };
}

function specOf(question: Question): object {
  if ('path' in question) return { nonResourceAttributes: question };
  const { apiGroup: group, ...rest } = question;
  return { resourceAttributes: { ...rest, group } };
}

async function create(server: ApiClient, kind: string, spec: object): Promise<object> {
  const path = `/apis/${API_VERSION}/${kind.toLowerCase()}s`;
  const review = await server.post(path, { apiVersion: API_VERSION, kind, spec });
  return (review as { status?: object }).status ?? {};
}
