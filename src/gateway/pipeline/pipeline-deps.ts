import type { Attributes, Decision } from '../../kube/index.ts';
import type { NearMiss } from '../../rbac/index.ts';
import type { Auditor } from '../audit/index.ts';
import type { Authenticate } from '../authenticate/index.ts';
import type { Target } from '../exchange.ts';
import type { ExplainRefusal } from '../explain/index.ts';
import type { FilteredLists } from '../filter/index.ts';
import type { Impersonate } from '../impersonate/index.ts';
import type { RequestLimits } from '../limits/index.ts';
import type { RequestMetrics } from '../metrics/index.ts';
import type { OpenStreams } from '../open-streams.ts';
import type { ReviewAnswerer } from '../reviews/index.ts';

/** What the steps of one cluster's pipeline work with. */
export interface PipelineDeps {
  /** The cluster's name where there are several; for the audit events. */
  readonly cluster?: string | undefined;
  readonly authenticate: Authenticate;
  readonly impersonate: Impersonate;
  readonly limits: RequestLimits;
  authorize(attributes: Attributes): Decision;
  /** undefined: refusals are not explained. */
  readonly explain?: ExplainRefusal | undefined;
  /** Address of the page that shows why a request was refused; undefined: there is none. */
  readonly explanationPage?: ((refused: Attributes) => string) | undefined;
  /** Address of the page where a role that nearly allowed a request can be asked for; undefined: there is none, or none for this user. */
  readonly requestPage?:
    | ((refused: Attributes, nearMisses: readonly NearMiss[]) => string | undefined)
    | undefined;
  readonly reviews: ReviewAnswerer;
  readonly target: Target;
  /** undefined: a list over all namespaces is all or nothing. */
  readonly filteredLists?: FilteredLists | undefined;
  /** Ends what outlives its right. */
  readonly streams: OpenStreams;
  /** undefined: nothing is audited. */
  readonly auditor?: Auditor | undefined;
  /** undefined: nothing is counted. */
  readonly metrics?: RequestMetrics | undefined;
  /** undefined when requests can be decided, else the reason why not yet: then they are refused. */
  notReady(): string | undefined;
  readonly log: PipelineLog;
}

export interface PipelineLog {
  debug(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
