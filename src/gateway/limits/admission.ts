import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { type RequestInfo, tooManyRequests, type UserInfo } from '../../kube/index.ts';
import { isClosed, onClose, onExchangeEnd } from '../exchange-end.ts';
import { isLongRunning } from '../long-running.ts';
import { createFairQueue, type Flow } from './fair-queue.ts';
import type { GatewayLimits } from './gateway-limits.ts';
import type { LimitEvents } from './limit-events.ts';
import { createStreamQuota } from './stream-quota.ts';

/** Seconds after which a refused client is to ask again. A seat is free soon; a stream may be open for hours. */
const SEAT_RETRY = 1;
const STREAM_RETRY = 5;

/** Whom Kubernetes never lets wait, so that somebody can still mend things. Source: FlowSchema `exempt`. */
const EXEMPT = 'system:masters';

export interface Admission {
  /**
   * Gives a request its seat, or its stream; it is given back at the end of the exchange, whatever that end is.
   * @param user as whom the request runs, as Kubernetes has it
   * @returns undefined when it may go on at once. Else a promise: kept when it has its seat; rejected with StatusError 429
   *   when too many of the user's wait or it waited too long; never settled when its client has left, since then nobody
   *   is there to go on for.
   * @throws StatusError 429 when the user has too many streams open
   */
  admit(
    requestInfo: RequestInfo,
    user: UserInfo,
    response: ServerResponse | Http2ServerResponse,
  ): Promise<void> | undefined;
  /** The same for what has no RequestInfo. @param isStream whether it may go on for hours */
  enter(
    isStream: boolean,
    user: UserInfo,
    response: ServerResponse | Http2ServerResponse,
  ): Promise<void> | undefined;
  /** Seats in use. */
  inFlight(): number;
  waiting(): number;
  streams(): number;
}

export interface AdmissionDeps {
  readonly limits: Pick<
    GatewayLimits,
    'concurrency' | 'concurrencyPerUser' | 'queuePerUser' | 'queueWait' | 'streamsPerUser'
  >;
  readonly events: LimitEvents;
  /** Milliseconds, on any clock that never goes back. */
  now(): number;
}

/** Source of what waits and what does not: Kubernetes apiserver/pkg/server/filters/priority-and-fairness.go. */
export function createAdmission({ limits, events, now }: AdmissionDeps): Admission {
  const { concurrency, concurrencyPerUser, queuePerUser, queueWait, streamsPerUser } = limits;
  const queue = createFairQueue({
    seats: concurrency,
    seatsPerFlow: Math.min(concurrency, concurrencyPerUser ?? Math.ceil(concurrency / 2)),
    queueLength: queuePerUser,
  });
  const streams = createStreamQuota(streamsPerUser);

  function admitStream(user: string, response: ServerResponse | Http2ServerResponse): void {
    if (!streams.enter(user)) {
      events.refused('streams', user);
      const message = `Too many open streams: ${streamsPerUser} of this user's watches, logs and sessions are open, please try again later.`;
      throw tooManyRequests(STREAM_RETRY, message);
    }
    onExchangeEnd(response, () => streams.leave(user));
  }

  function waitForSeat(flow: Flow, response: ServerResponse | Http2ServerResponse): Promise<void> {
    const since = now();
    return new Promise((resolve, reject) => {
      let state: 'waiting' | 'seated' | 'refused' = 'waiting';
      const seated = () => {
        clearTimeout(patience);
        state = 'seated';
        events.waited(now() - since);
        resolve();
      };
      if (!queue.wait(flow, seated)) throw refused('queue-full', flow);
      const patience = setTimeout(() => {
        queue.leave(flow, seated);
        state = 'refused';
        reject(refused('time-out', flow));
      }, queueWait);
      onExchangeEnd(response, () => {
        if (state === 'seated') flow.release();
        if (state !== 'waiting') return;
        clearTimeout(patience);
        queue.leave(flow, seated);
        events.refused('cancelled', flow.name);
      });
    });
  }

  function refused(reason: 'queue-full' | 'time-out', flow: Flow): Error {
    events.refused(reason, flow.name);
    return tooManyRequests(SEAT_RETRY);
  }

  function enter(
    isStream: boolean,
    user: UserInfo,
    response: ServerResponse | Http2ServerResponse,
  ): Promise<void> | undefined {
    if (isClosed(response)) return new Promise(() => {});
    if (user.groups.includes(EXEMPT)) return undefined;
    if (isStream) {
      admitStream(user.username, response);
      return undefined;
    }
    const flow = queue.flow(user.username);
    if (!queue.take(flow)) return waitForSeat(flow, response);
    // Comes once, even for an answer whose turn never came; and needs no function of this request's own.
    onClose(response, flow.release);
    return undefined;
  }

  return {
    admit: (requestInfo, user, response) => enter(isLongRunning(requestInfo), user, response),
    enter,
    inFlight: () => queue.executing(),
    waiting: () => queue.waiting(),
    streams: () => streams.open(),
  };
}
