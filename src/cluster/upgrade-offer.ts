import type { Duplex } from 'node:stream';

/** A client's wish to go on in another protocol, on a connection that is its own by now. */
export interface UpgradeOffer {
  readonly protocol: 'websocket' | 'SPDY/3.1';
  /** The client's connection; what it has sent already is in `head`. */
  readonly socket: Duplex;
  readonly head: Buffer;
  /** To be called once, right before the 101 is written on the socket: from then on the response is not to be used. */
  switching(): void;
}
