import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Readable } from 'node:stream';
import { isHttp2 } from '../../http/index.ts';
import type { UserInfo } from '../../kube/index.ts';
import { createAdmission } from './admission.ts';
import { cutStalledStream } from './cut-stalled-stream.ts';
import { endLateBody } from './end-late-body.ts';
import type { GatewayLimits } from './gateway-limits.ts';
import { limitBody } from './limit-body.ts';
import type { LimitEvents } from './limit-events.ts';

/** What one user may cost the others at a service that is no Kubernetes API. */
export interface ServiceLimits {
  /**
   * Gives a request its seat, a WebSocket its stream; see Admission. Nothing of a service's paths tells what takes long, so a
   * long poll keeps its seat.
   * @returns a promise when the request has to wait. @throws StatusError 429
   */
  admit(kind: 'request' | 'webSocket', user: UserInfo, response: ServerResponse): Promise<void> | undefined;
  /**
   * What may be read of a request's body.
   * @throws StatusError 413 when more is declared; the stream ends with it when more comes
   */
  body(request: IncomingMessage, username: string): Readable;
  /** Requests that have their seat, and that wait for one; open WebSockets. */
  inFlight(): number;
  waiting(): number;
  streams(): number;
}

export interface ServiceLimitsDeps {
  /** `bodyBytes` may be Infinity: uploads are a service's own business. */
  readonly limits: Pick<
    GatewayLimits,
    | 'bodyBytes'
    | 'concurrency'
    | 'concurrencyPerUser'
    | 'queuePerUser'
    | 'queueWait'
    | 'requestTimeout'
    | 'stalledReader'
    | 'streamsPerUser'
  >;
  readonly events: LimitEvents;
  /** Milliseconds, on any clock that never goes back. */
  now(): number;
}

export function createServiceLimits(deps: ServiceLimitsDeps): ServiceLimits {
  const { bodyBytes, requestTimeout, stalledReader } = deps.limits;
  const { events } = deps;
  const admission = createAdmission(deps);
  return {
    inFlight: admission.inFlight,
    waiting: admission.waiting,
    streams: admission.streams,
    admit: (kind, user, response) => admission.enter(kind === 'webSocket', user, response),
    body(request, username) {
      if (isHttp2(request)) {
        const { stream } = request as unknown as Http2ServerRequest;
        cutStalledStream(stream, stalledReader, () => events.refused('stalled-reader', username));
        endLateBody(stream, requestTimeout, () => events.refused('slow-request', username));
      }
      if (bodyBytes === Number.POSITIVE_INFINITY) return request;
      return limitBody(request, bodyBytes, () => events.refused('body', username));
    },
  };
}
