/** What one client may cost the others. Sizes in bytes, times in milliseconds. */
export interface GatewayLimits {
  /** Request line and headers together. */
  readonly headerBytes: number;
  /** Path and query of a request. */
  readonly targetBytes: number;
  readonly bodyBytes: number;
  /** For all headers of a request to arrive. */
  readonly headersTimeout: number;
  /** For all of a request to arrive, its body included. */
  readonly requestTimeout: number;
  /** How long a connection without a request is kept. */
  readonly keepAlive: number;
  /** How long a client may take nothing of an answer that waits for it. */
  readonly stalledReader: number;
  /** Requests that execute at the same time; long-running ones are not among them. */
  readonly concurrency: number;
  /** How many of these may be one user's; half of them when undefined. */
  readonly concurrencyPerUser?: number | undefined;
  /** Requests of one user that wait for their turn. */
  readonly queuePerUser: number;
  /** How long one waits. */
  readonly queueWait: number;
  /** Long-running requests of one user. */
  readonly streamsPerUser: number;
  /** undefined: any number. */
  readonly connectionsPerAddress?: number | undefined;
}
