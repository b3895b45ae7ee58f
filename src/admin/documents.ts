import {
  aggregatedGroups,
  apiGroup,
  apiResourceList,
  type Call,
  type DiscoveryVersion,
  type OpenapiV2Part,
  openapiDocumentOf,
  openapiV2PartOf,
  type ResourceType,
  respondJson,
  respondNotFoundPage,
  respondOpenapi,
  type ServedGroupVersion,
} from '../cluster/index.ts';
import { goTrimRight } from '../kube/index.ts';
import { ADMIN_GROUP, ADMIN_VERSION } from './group.ts';

export interface AdminDocuments {
  /** Answers requests for the group's own documents. */
  respond(call: Pick<Call, 'request' | 'response' | 'query'>): void;
  /** What of the group belongs into documents that list all groups. */
  readonly listed: {
    /** An APIGroup, for an APIGroupList. */
    readonly apiGroup: object;
    /** An APIGroupDiscovery, for an APIGroupDiscoveryList. */
    aggregated(version: DiscoveryVersion): object;
    /** For the index of OpenAPI v3, by path of the group version. */
    openapiPaths(): Readonly<Record<string, object>>;
    /** For the document of OpenAPI v2. */
    openapiV2(): OpenapiV2Part;
  };
}

/** Discovery and OpenAPI of the group, made of what its kinds say of themselves. */
export function createDocuments(types: readonly ResourceType[], now: () => number): AdminDocuments {
  const groupVersion = `${ADMIN_GROUP}/${ADMIN_VERSION}`;
  const path = `apis/${groupVersion}`;
  const served: ServedGroupVersion = {
    group: ADMIN_GROUP,
    version: ADMIN_VERSION,
    groupVersion,
    path,
    types,
  };
  const group = apiGroup(ADMIN_GROUP, [served]);
  let openapi: ReturnType<typeof openapiDocumentOf> | undefined;
  let openapiV2: OpenapiV2Part | undefined;
  // The schemas of metadata are unpacked only when somebody asks.
  const openapiOf = () => (openapi ??= openapiDocumentOf(served));
  const byPath: Readonly<Record<string, object>> = {
    [`/apis/${ADMIN_GROUP}`]: { kind: 'APIGroup', apiVersion: 'v1', ...group },
    [`/${path}`]: apiResourceList(served),
  };

  return {
    respond(call) {
      const { request, response, query } = call;
      const asked = goTrimRight(request.requestInfo.path, '/');
      if (asked === `/openapi/v3/${path}`) return respondOpenapi(call, openapiOf(), path, now());
      const document = Object.hasOwn(byPath, asked) ? byPath[asked] : undefined;
      if (document === undefined) return respondNotFoundPage(response);
      respondJson(request, query, response, 200, document);
    },
    listed: {
      apiGroup: group,
      aggregated(version) {
        const { items } = aggregatedGroups(version, [served]) as { items: readonly [object] };
        return items[0];
      },
      openapiPaths: () => ({
        [path]: { serverRelativeURL: `/openapi/v3/${path}?hash=${openapiOf().hash}` },
      }),
      openapiV2: () => (openapiV2 ??= openapiV2PartOf(served)),
    },
  };
}
