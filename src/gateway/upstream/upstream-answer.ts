import { errors } from 'undici';
import { StatusError, serviceUnavailable } from '../../kube/index.ts';
import type { ApiAccess, Credentials } from '../../kubeconfig/index.ts';
import type { AuthorizedRequest } from '../exchange.ts';
import type { UpstreamMetrics } from '../metrics/index.ts';
import { setOwnHeaders } from '../own-headers.ts';
import { respondStatus } from '../respond-status.ts';
import { traceFields } from '../trace-context/index.ts';
import type { CredentialMode } from './outbound-identity.ts';
import type { RelayEvents } from './relay-response.ts';

/** What is the same for all answers of one API server. */
export interface UpstreamAnswerContext {
  readonly mode: CredentialMode;
  readonly credentials: ApiAccess['credentials'];
  /** Longest silence in the middle of an answer, in milliseconds. */
  readonly stalledMs: number;
  readonly log: { warn(fields: object, message: string): void };
  /** undefined: nothing is counted. */
  readonly metrics: UpstreamMetrics | undefined;
}

/** What becomes of one request's answer, or of its absence. A class, since there is one for each request. */
export class UpstreamAnswer implements RelayEvents {
  readonly ownHeaders: readonly string[];
  readonly #context: UpstreamAnswerContext;
  readonly #authorized: AuthorizedRequest;
  readonly #own: Credentials;
  readonly #sentAt: number;

  /** @param own the credentials that the request is sent with */
  constructor(context: UpstreamAnswerContext, authorized: AuthorizedRequest, own: Credentials) {
    this.ownHeaders = authorized.ownHeaders;
    this.#context = context;
    this.#authorized = authorized;
    this.#own = own;
    this.#sentAt = context.metrics?.sent() ?? 0;
  }

  onFailure(error: Error): void {
    // Not the API server's failure: the caller's body was over its limit, and sending it has been broken off.
    if (error instanceof StatusError) {
      this.#refuse(error);
      return;
    }
    const { metrics, log } = this.#context;
    metrics?.failed('unreachable');
    log.warn({ ...this.#ids(), err: error }, 'API server did not answer');
    this.#refuse(serviceUnavailable('the API server did not answer'));
  }

  onBroken(error: Error): void {
    if (!(error instanceof errors.BodyTimeoutError)) return;
    const { metrics, log, stalledMs } = this.#context;
    metrics?.failed('stalled');
    log.warn({ ...this.#ids(), stalledMs }, 'the API server fell silent in the middle of an answer');
  }

  intercept(status: number): boolean {
    const { metrics, mode, credentials, log } = this.#context;
    metrics?.answered(this.#sentAt);
    // The caller's token is good: a 401 would send them to sign in again, and again.
    if (status !== 401 || mode === 'passThrough') return false;
    credentials.refused(this.#own);
    metrics?.failed('credentials');
    log.warn(this.#ids(), "the API server does not take the gateway's credentials");
    this.#refuse(serviceUnavailable("the API server does not take the gateway's credentials"));
    return true;
  }

  #ids(): object {
    const { auditId, request } = this.#authorized;
    return { auditId, ...traceFields(request.headers) };
  }

  #refuse(error: StatusError): void {
    const { request, response } = this.#authorized;
    setOwnHeaders(response, this.ownHeaders);
    respondStatus(request, response, error.status);
  }
}
