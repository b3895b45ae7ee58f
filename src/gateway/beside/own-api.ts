import type { EmbeddedApi } from '../upstream/embedded-target.ts';

/** An API in this process that has one group. */
export interface OwnApi extends EmbeddedApi {
  readonly group: string;
  readonly listed: {
    /** An APIGroup, for an APIGroupList. */
    readonly apiGroup: object;
    /** An APIGroupDiscovery, for an APIGroupDiscoveryList. */
    aggregated(version: 'v2' | 'v2beta1'): object;
    /** For the index of OpenAPI v3, by path of the group version. */
    openapiPaths(): Readonly<Record<string, object>>;
  };
}
