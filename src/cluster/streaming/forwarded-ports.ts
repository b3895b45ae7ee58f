import type { Duplex } from 'node:stream';

/** What is at the other end of a port-forward. */
export interface ForwardedPorts {
  /**
   * Connects a stream to a port of the pod. What it returns, or throws, is told the client when it is no success.
   * Resolves when the connection is over.
   */
  connect(port: number, stream: Duplex): Promise<string | undefined>;
}
