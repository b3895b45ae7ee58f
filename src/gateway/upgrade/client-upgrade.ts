import type { Duplex } from 'node:stream';

/** The protocols of Kubernetes' streaming clients. No other is spoken. */
export type StreamingProtocol = 'websocket' | 'SPDY/3.1';

/** A request's wish to go on in another protocol, and the connection on which it would. */
export interface ClientUpgrade {
  readonly protocol: StreamingProtocol;
  readonly socket: Duplex;
  /** What the client has sent behind the request's headers. */
  readonly head: Buffer;
}

/** What a target gets of it. */
export interface UpgradeOffer extends ClientUpgrade {
  /** To be called once, right before the 101 is written on the socket: from then on the response is not to be used. */
  switching(): void;
}
