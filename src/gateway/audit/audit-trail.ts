import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Decision, Status, UserInfo } from '../../kube/index.ts';
import type { AuditLevel } from './audit-policy.ts';
import type { BodyCapture } from './body-capture.ts';

/**
 * The events of one request, from its authentication to its end. Every trail ends with exactly one terminal event
 * (ResponseComplete or Panic; ResponseStarted for a failed authentication), whoever ends it first and how often.
 */
export interface AuditTrail {
  readonly level: AuditLevel;
  /** watch, logs, exec and the like: these have an event when the answer begins, too. */
  readonly longRunning: boolean;
  /** Where to show the request's body as it passes; undefined when it is not to be recorded. */
  readonly requestBody: BodyCapture | undefined;
  /** The same for the answer's body, decoded if it had a content encoding. */
  readonly responseBody: BodyCapture | undefined;
  /**
   * Where storing the first event takes time: the request must not go on before it resolves, nor its answer end when that
   * is a later event. Rejects with StatusError 500 when a strict backend cannot store the event; then the trail has ended.
   */
  readonly stored: Promise<void> | undefined;

  /** @param constraint the mode that let it through, for example `impersonate:user-info` */
  impersonated(user: UserInfo, constraint?: string): void;
  /** @param decision the authorizer's; 'error' when it could not answer */
  decided(decision: Decision['decision'] | 'error', reason: string): void;
  /** @param least noted only in an event of this level or a higher one; in any when absent */
  annotate(key: string, value: string, least?: 'Request'): void;
  /** Tells the Status that the answer is going to carry; call it before the answer's headers go out. */
  respondsWith(status: Status): void;
  /** The answer's headers go out; 101 for an upgrade. Only the first call counts. */
  responseStarted(code: number, status?: Status): void;
  /** The request is over. Without a code, and without one from responseStarted, the connection closed early. */
  complete(code?: number, status?: Status): void;
  /** The request ended in a failure of the program. @param what a word for the log; no secrets, no client's text */
  panicked(what: string): void;
  /** Completes the trail with this response, whatever happens to it or to its connection. Call it once, right away. */
  follow(response: ServerResponse | Http2ServerResponse): void;
}
