import type { ServerResponse } from 'node:http';
import { type Attributes, type Decision, methodNotAllowed } from '../../kube/index.ts';
import type { ReviewAnswerer } from '../reviews/index.ts';
import { answerAccessReview } from './answer-access-review.ts';
import { answerTokenReview, type TokenReviewDeps } from './answer-token-review.ts';
import { type ReviewType, readWebhookReview, type WebhookReview } from './read-webhook-review.ts';
import { type WebhookPath, webhookPaths } from './webhook-paths.ts';

export interface WebhooksDeps extends TokenReviewDeps {
  /** Which of the two are served. */
  readonly paths: ReadonlySet<string>;
  /** The policy, about anybody. */
  authorize(attributes: Attributes): Decision;
}

const TYPES: Readonly<Record<WebhookPath, ReviewType>> = {
  [webhookPaths.authentication]: {
    kind: 'TokenReview',
    apiVersions: ['authentication.k8s.io/v1', 'authentication.k8s.io/v1beta1'],
  },
  [webhookPaths.authorization]: {
    kind: 'SubjectAccessReview',
    apiVersions: ['authorization.k8s.io/v1', 'authorization.k8s.io/v1beta1'],
  },
};

/**
 * Answers what a cluster's own API server asks when the gateway is its authentication or authorization webhook. Who may
 * ask is decided before, as for every request: `post` on the path.
 */
export function createWebhooks(deps: WebhooksDeps): ReviewAnswerer {
  return {
    answers: ({ isResourceRequest, path }) => !isResourceRequest && deps.paths.has(path),
    async answer({ request, body, response, requestInfo, auditId }) {
      if (request.method !== 'POST') {
        response.setHeader('Allow', 'POST');
        throw methodNotAllowed();
      }
      const path = requestInfo.path as WebhookPath;
      const type = TYPES[path];
      const review = await readWebhookReview({ headers: request.headers, body }, type);
      const status =
        path === webhookPaths.authentication
          ? await answerTokenReview(review, path, auditId, deps)
          : answerAccessReview(review, deps.authorize);
      respond(response, type, review, status);
    },
  };
}

/** The spec is not repeated: a TokenReview's is a credential. */
function respond(
  response: ServerResponse,
  { kind }: ReviewType,
  { apiVersion }: WebhookReview,
  status: object,
): void {
  const body = `${JSON.stringify({ kind, apiVersion, metadata: {}, spec: {}, status })}\n`;
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
