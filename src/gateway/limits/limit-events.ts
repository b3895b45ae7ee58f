/**
 * Which limit turned something away. The first three are reasons of kube-apiserver's
 * apiserver_flowcontrol_rejected_requests_total, by its names.
 */
export type LimitName =
  | 'queue-full'
  | 'time-out'
  | 'cancelled'
  | 'streams'
  | 'target'
  | 'body'
  | 'headers'
  | 'slow-request'
  | 'stalled-reader'
  | 'connections'
  | 'overload';

/** Told what the limits do, for logs and metrics. Must not throw. */
export interface LimitEvents {
  /** @param who a user's name or an address, where it is known */
  refused(limit: LimitName, who: string): void;
  /** A request has got its seat after waiting. @param ms how long it waited */
  waited(ms: number): void;
}
