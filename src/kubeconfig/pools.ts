import { buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { Credentials } from './credentials.ts';
import type { Endpoint } from './endpoint.ts';

export interface PoolLimits {
  /** null: as many as are needed. */
  readonly connections: number | null;
  readonly headersTimeoutMs: number;
  /** Longest silence within a body; 0: any, as watches need it. */
  readonly bodyTimeoutMs: number;
}

const CONNECT_TIMEOUT_MS = 30_000;

/** Connections to the endpoint, with a client certificate when there is one. HTTP/1.1 only: one pool, one meaning. */
export function createPool(
  { server, tls, proxy }: Endpoint,
  { cert, key }: Credentials,
  { connections, headersTimeoutMs: headersTimeout, bodyTimeoutMs: bodyTimeout }: PoolLimits,
): Dispatcher {
  const connect = {
    ...tls,
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    timeout: CONNECT_TIMEOUT_MS,
    allowH2: false,
  };
  const options = { allowH2: false, headersTimeout, bodyTimeout, connections };
  return proxy === undefined
    ? new Pool(new URL(server).origin, { ...options, connect: connectorOf(connect) })
    : new ProxyAgent({ ...options, uri: proxy, requestTls: connect });
}

/**
 * Where an answer has neither a length nor chunks, its connection's end is its own, and undici takes a reset for such an end.
 * Under another code the reset is an error for it, and half an answer nobody's whole one (RFC 9112 §8).
 */
function connectorOf(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options);
  return (asked, opened) =>
    connect(asked, (...[error, socket]) => {
      if (error !== null) return opened(error, null);
      socket.prependListener('error', (broken: NodeJS.ErrnoException) => {
        if (broken.code === 'ECONNRESET') broken.code = 'UND_ERR_SOCKET';
      });
      opened(null, socket);
    });
}

/** Things that hold connections: one for each client certificate that is in use. */
export interface PerCertificate<T> {
  /** The one for these credentials; that of another certificate is retired. */
  of(credentials: Credentials): T;
  close(): Promise<void>;
}

interface Closing {
  /** Ends when the running requests have ended. */
  close(): Promise<unknown>;
  /** Ends running requests, too. */
  destroy(): Promise<unknown>;
}

/** A connection's certificate is that of its handshake: a new certificate needs new connections. */
export function perCertificate<T extends Closing>(make: (credentials: Credentials) => T): PerCertificate<T> {
  let current:
    | { readonly cert: string | undefined; readonly key: string | undefined; readonly made: T }
    | undefined;
  const retiring = new Set<T>();
  const retire = (made: T) => {
    retiring.add(made);
    void made.close().finally(() => retiring.delete(made));
  };
  return {
    of(credentials) {
      const { cert, key } = credentials;
      if (current !== undefined && current.cert === cert && current.key === key) return current.made;
      if (current !== undefined) retire(current.made);
      const made = make(credentials);
      current = { cert, key, made };
      return made;
    },
    async close() {
      const all = [...retiring, ...(current === undefined ? [] : [current.made])];
      await Promise.all(all.map((made) => made.destroy()));
    },
  };
}
