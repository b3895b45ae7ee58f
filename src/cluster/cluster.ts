import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Attributes, Decision, RequestInfo, UserInfo } from '../kube/index.ts';
import type { KubeObject } from './resources/resource-type.ts';
import type { ServiceAccountOutcome } from './service-accounts/index.ts';
import type { UpgradeOffer } from './upgrade-offer.ts';

/** One request that the gateway has authenticated and authorized. */
export interface ClusterRequest {
  readonly method: string;
  /** The raw request target, path and query. */
  readonly target: string;
  readonly requestInfo: RequestInfo;
  readonly user: UserInfo;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
  /** Present when the client asks to change the protocol; then the answer is either 101 on the socket or a plain answer on the response. */
  readonly upgrade?: UpgradeOffer | undefined;
  /** Where its audit event is annotated, if it leaves one. A key that is there already keeps its value. */
  readonly trail?: { annotate(key: string, value: string, least?: 'Request'): void } | undefined;
  /** Asks the gateway's authorizer a further question (create-on-update). */
  authorize(attributes: Attributes): Decision;
}

export interface PolicyFollower {
  put(object: KubeObject): void;
  remove(object: KubeObject): void;
}

export interface Cluster {
  /** Answers the request on the response. Never rejects for a client's mistake. */
  handle(request: ClusterRequest, response: ServerResponse): Promise<void>;
  /** Whether a bearer token is one of a service account here, and whose. */
  authenticate(token: string): Promise<ServiceAccountOutcome>;
  /** The certificate of the authority that signs what was approved, PEM. Made when it is first asked for. */
  clientAuthority(): Promise<string>;
  /** All RBAC objects now, then every change, in order; a change is delivered before its writer is answered. */
  followPolicy(follower: PolicyFollower): Promise<void>;
  /** Ends all watches and background work. */
  close(): Promise<void>;
}
