import { buildConnector, type Dispatcher, Pool } from 'undici';
import { connectEndpoint } from './connect-endpoint.ts';
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
/** As undici has it for connections of its own. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Connections to the endpoint, with a client certificate when there is one. HTTP/1.1 only: one pool, one meaning. A proxy is
 * asked for tunnels; undici's own way through one makes of headers with the same name the last of them.
 */
export function createPool(
  endpoint: Endpoint,
  credentials: Credentials,
  { connections, headersTimeoutMs: headersTimeout, bodyTimeoutMs: bodyTimeout }: PoolLimits,
): Dispatcher {
  const connect =
    endpoint.proxy === undefined ? direct(endpoint, credentials) : through(endpoint, credentials);
  const options = { allowH2: false, headersTimeout, bodyTimeout, connections };
  return new Pool(new URL(endpoint.server).origin, { ...options, connect: resetsVisible(connect) });
}

function direct({ tls }: Endpoint, { cert, key }: Credentials): buildConnector.connector {
  return buildConnector({
    ...tls,
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    timeout: CONNECT_TIMEOUT_MS,
    allowH2: false,
  });
}

function through(endpoint: Endpoint, credentials: Credentials): buildConnector.connector {
  return (_asked, opened) => {
    connectEndpoint(endpoint, credentials).then(
      (socket) => opened(null, socket.setKeepAlive(true, KEEP_ALIVE_MS)),
      (error: Error) => opened(error, null),
    );
  };
}

/**
 * Where an answer has neither a length nor chunks, its connection's end is its own, and undici takes a reset for such an end.
 * Under another code the reset is an error for it, and half an answer nobody's whole one (RFC 9112 §8).
 */
function resetsVisible(connect: buildConnector.connector): buildConnector.connector {
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
