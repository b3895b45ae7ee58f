import type { IncomingMessage } from 'node:http';
import type { Decision, RequestInfo } from '../../kube/index.ts';
import type { AuthenticationOutcome } from '../authenticate/index.ts';
import { onClose } from '../exchange-end.ts';
import { isLongRunning } from '../long-running.ts';
import { createKnownResources, type KnownResources } from './known-resources.ts';
import type { Count, Level, MetricRegistry } from './metric-registry.ts';
import { requestKind } from './request-labels.ts';
import { createRequestSeries, type RequestSeries, type RequestSeriesTable } from './request-series.ts';

/** Counts requests. One call at each step of the pipeline; what is never called is not counted. */
export interface RequestMetrics {
  /** A request has come. It is counted when its response closes, whatever has become of it. */
  begin(request: MeasuredRequest, response: MeasuredResponse): RequestRecord;
}

export interface RequestRecord {
  described(requestInfo: RequestInfo): void;
  authenticated(outcome: AuthenticationOutcome['outcome']): void;
  /** Only the first call counts: what has to be fetched is asked for again. */
  decided(decision: Decision['decision']): void;
}

export type MeasuredRequest = Pick<IncomingMessage, 'method' | 'headers'>;

/** What is looked at of a response; ServerResponse and Http2ServerResponse are such. */
export interface MeasuredResponse {
  readonly headersSent: boolean;
  readonly statusCode: number;
  on(event: 'close', listener: () => void): unknown;
}

/** `RBAC`: the gateway's own policy; `Webhook`: the API server, by SubjectAccessReview. */
export type Authorizer = 'RBAC' | 'Webhook';

export interface RequestMetricsDeps {
  readonly registry: MetricRegistry;
  /** Kubernetes' word for who decides. */
  readonly authorizer: Authorizer;
  /** Milliseconds from any moment on. */
  readonly now: () => number;
}

export function createRequestMetrics({ registry, authorizer, now }: RequestMetricsDeps): RequestMetrics {
  const attempts = registry.counter(
    'authentication_attempts',
    'Authenticated requests and requests without valid credentials, by result: success, failure. Anonymous ones that are let in are a success.',
    ['result'],
  );
  const decisions = registry.counter(
    'apiserver_authorization_decisions_total',
    'Decisions about requests, by authorizer (RBAC; Webhook for SubjectAccessReview) and decision: allowed, denied.',
    ['type', 'decision'],
  );
  const inflight = registry.gauge(
    'apiserver_current_inflight_requests',
    'Requests that are being answered now and are not long-running, by kind: readOnly, mutating.',
    ['request_kind'],
  );
  const context: Context = {
    now,
    known: createKnownResources(),
    series: createRequestSeries(registry),
    success: attempts.labels('success'),
    failure: attempts.labels('failure'),
    allowed: decisions.labels(authorizer, 'allowed'),
    denied: decisions.labels(authorizer, 'denied'),
    inflight: { readOnly: inflight.labels('readOnly'), mutating: inflight.labels('mutating') },
  };
  context.inflight.readOnly.set(0);
  context.inflight.mutating.set(0);
  return { begin: (request, response) => new Measured(context, request, response) };
}

interface Context {
  readonly now: () => number;
  readonly known: KnownResources;
  readonly series: RequestSeriesTable;
  readonly success: Count;
  readonly failure: Count;
  readonly allowed: Count;
  readonly denied: Count;
  readonly inflight: Readonly<Record<'readOnly' | 'mutating', Level>>;
}

class Measured implements RequestRecord {
  readonly #context: Context;
  readonly #request: MeasuredRequest;
  readonly #startedAt: number;
  #requestInfo: RequestInfo | undefined;
  #level: Level | undefined;
  #longRunning = false;
  #allowed: boolean | undefined;

  constructor(context: Context, request: MeasuredRequest, response: MeasuredResponse) {
    this.#context = context;
    this.#request = request;
    this.#startedAt = context.now();
    onClose(response, () => this.#finished(codeOf(response)));
  }

  described(requestInfo: RequestInfo): void {
    const { series, known, inflight } = this.#context;
    this.#requestInfo = requestInfo;
    this.#longRunning = isLongRunning(requestInfo);
    this.#level = this.#longRunning
      ? series.of(this.#request, requestInfo, known).longRunning
      : inflight[requestKind(requestInfo)];
    this.#level.inc();
  }

  authenticated(outcome: AuthenticationOutcome['outcome']): void {
    const { failure, success } = this.#context;
    (outcome === 'unauthorized' ? failure : success).inc();
  }

  decided(decision: Decision['decision']): void {
    if (this.#allowed !== undefined) return;
    const { allowed, denied } = this.#context;
    this.#allowed = decision === 'allow';
    (this.#allowed ? allowed : denied).inc();
  }

  #finished(code: number): void {
    this.#level?.dec();
    const { series, now } = this.#context;
    const counted = series.remembered(this.#requestInfo) ?? this.#seriesOf(code);
    counted.code(code).inc();
    if (!this.#longRunning) counted.duration.observe((now() - this.#startedAt) / 1000);
  }

  #seriesOf(code: number): RequestSeries {
    const { series, known } = this.#context;
    const requestInfo = this.#requestInfo;
    if (this.#allowed === true && requestInfo !== undefined && code > 0 && code < 400)
      known.learn(requestInfo);
    return series.of(this.#request, requestInfo, known);
  }
}

/** 0 when nothing was answered. A 101 goes out past the response, which only knows its code. */
function codeOf({ headersSent, statusCode }: MeasuredResponse): number {
  return headersSent || statusCode === 101 ? statusCode : 0;
}
