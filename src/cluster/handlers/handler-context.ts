import type { ServerResponse } from 'node:http';
import type { ClusterRequest } from '../cluster.ts';
import type { ClusterDeps, Schedule } from '../cluster-deps.ts';
import type { SimulatedNode } from '../node/index.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import type { ResourceType } from '../resources/index.ts';
import type { ServiceAccountTokens } from '../service-accounts/index.ts';
import type { Sessions } from '../streaming/index.ts';
import type { Watches } from '../watch/index.ts';
import type { RequestQuery } from './request-query.ts';

/** What every handler works with. */
export interface HandlerContext {
  readonly deps: ClusterDeps;
  readonly objects: ObjectContext;
  readonly schedule: Schedule;
  readonly maxBodyBytes: number;
  /** Aborted when the cluster closes. */
  readonly closing: AbortSignal;
  readonly watches: Watches;
  readonly sessions: Sessions;
  readonly tokens: ServiceAccountTokens;
  /** Where pods run; undefined when none do. */
  readonly node: SimulatedNode | undefined;
}

/** One request on a served resource. */
export interface Call {
  readonly request: ClusterRequest;
  readonly response: ServerResponse;
  readonly query: RequestQuery;
  readonly type: ResourceType;
  /** '' for a cluster-scoped type, and for a list over all namespaces. */
  readonly namespace: string;
  /** From the path; '' on a collection. */
  readonly name: string;
  readonly subresource: string;
}

export type Handler = (context: HandlerContext, call: Call) => Promise<void>;
