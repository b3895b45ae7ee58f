import type { ServerResponse } from 'node:http';
import {
  type Attributes,
  type Decision,
  encodeGoJson,
  methodNotAllowed,
  resourceAttributes,
} from '../kube/index.ts';
import { type PolicyObject, RBAC_GROUP, RESOURCE_OF_KIND } from '../rbac/index.ts';
import type { ReviewAnswerer } from './reviews/index.ts';

/** Below the prefix of a cluster, where there are several. */
export const MANIFESTS_PATH = '/sallyport.dev/manifests';

export interface ServedManifestsDeps {
  /** What the gateway decides by besides the API's own objects, as it is now. */
  objects(): readonly PolicyObject[];
  authorize(attributes: Attributes): Decision;
}

export interface ServedManifests {
  /** Decides about the path; all else as before. */
  authorize(attributes: Attributes): Decision;
  /** Puts the path before what else the gateway answers itself. */
  before(reviews: ReviewAnswerer): ReviewAnswerer;
}

/**
 * Shows the RBAC objects of the gateway's manifests, which no API server has, to whoever may list all RBAC objects of the API
 * server: without them, what that one lists is not what decides.
 */
export function createServedManifests({ objects, authorize }: ServedManifestsDeps): ServedManifests {
  return {
    authorize(attributes) {
      const isShown = !attributes.isResourceRequest && attributes.path === MANIFESTS_PATH;
      return isShown && attributes.verb === 'get' ? mayListAll(attributes, authorize) : authorize(attributes);
    },
    before: (reviews) => ({
      answers: (requestInfo) => isShownAt(requestInfo) || reviews.answers(requestInfo),
      async answer(authorized) {
        if (!isShownAt(authorized.requestInfo)) return reviews.answer(authorized);
        if (authorized.request.method !== 'GET') {
          authorized.response.setHeader('Allow', 'GET');
          throw methodNotAllowed();
        }
        respond(authorized.response, objects());
      },
    }),
  };
}

function isShownAt({ isResourceRequest, path }: { isResourceRequest: boolean; path: string }): boolean {
  return !isResourceRequest && path === MANIFESTS_PATH;
}

function mayListAll({ user }: Attributes, authorize: ServedManifestsDeps['authorize']): Decision {
  let decision: Decision = { decision: 'noOpinion', reason: '' };
  for (const resource of Object.values(RESOURCE_OF_KIND)) {
    decision = authorize(resourceAttributes({ user, verb: 'list', apiGroup: RBAC_GROUP, resource }));
    if (decision.decision !== 'allow')
      return { decision: 'noOpinion', reason: `it takes the right to list ${resource}` };
  }
  return decision;
}

function respond(response: ServerResponse, items: readonly PolicyObject[]): void {
  const body = `${encodeGoJson({ kind: 'List', apiVersion: 'v1', metadata: {}, items })}\n`;
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
