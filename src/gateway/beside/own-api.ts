import type { ServerResponse } from 'node:http';
import type { Attributes, Decision } from '../../kube/index.ts';
import type { EmbeddedApi } from '../upstream/embedded-target.ts';

type EmbeddedRequest = Parameters<EmbeddedApi['handle']>[0];

export interface OwnRequest extends EmbeddedRequest {
  /** Asks the authorizer a further question about this user, whoever has to be asked for the answer. */
  decide(attributes: Attributes): Promise<Decision>;
}

/** An API in this process that has one group. */
export interface OwnApi {
  readonly group: string;
  handle(request: OwnRequest, response: ServerResponse): Promise<void>;
  readonly listed: {
    /** An APIGroup, for an APIGroupList. */
    readonly apiGroup: object;
    /** An APIGroupDiscovery, for an APIGroupDiscoveryList. */
    aggregated(version: 'v2' | 'v2beta1'): object;
    /** For the index of OpenAPI v3, by path of the group version. */
    openapiPaths(): Readonly<Record<string, object>>;
    /** For the document of OpenAPI v2: its members, and the same in protobuf. */
    openapiV2(): {
      readonly paths: Readonly<Record<string, object>>;
      readonly definitions: Readonly<Record<string, object>>;
      readonly protobuf: Buffer;
    };
  };
  /** Ends what never ends by itself. */
  close(): void;
}
