import { constants as cryptoConstants } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import { areHeadersTooLong, HEADERS_TOO_LONG, refuseLongHeaders } from './headers-too-long.ts';
import { Http2Response } from './http2-response.ts';

/** Concurrent requests on one HTTP/2 connection, as kube-apiserver allows; a client with more opens another connection. */
const MAX_STREAMS = 100;
/** Header fields of one request over HTTP/2. */
const MAX_HEADERS = 200;

/**
 * A connection has one handshake: with TLS 1.2 a client could begin others, each at our cost (CVE-2011-1473), and come back
 * as somebody else. To be given with every new secure context, too.
 */
export const NO_RENEGOTIATION = cryptoConstants.SSL_OP_NO_RENEGOTIATION;

export interface SecureServerOptions {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  /** How clients' certificates are asked for and verified; without it they are not. */
  readonly clientCertificates?: TlsOptions;
  /** Bytes of a request's header block. */
  readonly maxHeaderSize: number;
  /** Milliseconds. */
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  /** How long a connection without a request is kept; Node's own when undefined. */
  readonly keepAliveTimeout?: number;
  /** How often Node looks for requests that are late. */
  readonly connectionsCheckingInterval?: number;
  readonly handshakeTimeout: number;
  readonly handler: RequestListener;
  /** Whether a request that asks for another protocol may get it; otherwise it goes to the handler like any other. */
  mayUpgrade(request: IncomingMessage): boolean;
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/**
 * A TLS server for HTTP/1.1 and HTTP/2 (by ALPN), with one handler for both: node:http2's compatibility classes have what
 * a handler uses of node:http's. Where they differ (`Connection` headers, the raw socket), the handler asks `isHttp2`.
 */
export function createSecureHttpServer(options: SecureServerOptions): Http2SecureServer {
  const { cert, key, maxHeaderSize, headersTimeout, requestTimeout, handshakeTimeout } = options;
  const { keepAliveTimeout, connectionsCheckingInterval } = options;
  const server = createSecureServer({
    secureOptions: NO_RENEGOTIATION,
    ...options.clientCertificates,
    allowHTTP1: true,
    cert,
    key,
    handshakeTimeout,
    maxHeaderListPairs: MAX_HEADERS,
    // Else Node leaves out a field with a blank at an end of its value, and nobody sees that it was sent.
    strictFieldWhitespaceValidation: false,
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      // Beyond this, nghttp2 resets a stream without a word; up to it, there are words for what is too long.
      maxHeaderListSize: 2 * maxHeaderSize,
      enablePush: false,
    },
    Http2ServerResponse: Http2Response,
  });
  // What node:http takes as options, and node:http2 as properties of the server.
  Object.assign(server, {
    maxHeaderSize,
    headersTimeout,
    requestTimeout,
    ...(keepAliveTimeout === undefined ? {} : { keepAliveTimeout }),
    ...(connectionsCheckingInterval === undefined ? {} : { connectionsCheckingInterval }),
    shouldUpgradeCallback: options.mayUpgrade,
  });
  const handle = options.handler as unknown as (a: Http2ServerRequest, b: Http2ServerResponse) => void;
  const handler: typeof handle = (request, response) => {
    if (!isHttp2(request) || !areHeadersTooLong(request.rawHeaders, maxHeaderSize)) {
      return handle(request, response);
    }
    server.emit(HEADERS_TOO_LONG, request);
    refuseLongHeaders(response, maxHeaderSize);
  };
  server.on('request', handler);
  server.on('checkContinue', (request, response) => {
    // Node takes whatever has `100-continue` in it; what else is asked for, nobody here can promise (RFC 9110 §10.1.1).
    if (request.headers['expect']?.toLowerCase() !== '100-continue') {
      response
        .writeHead(417, { 'content-length': 0, ...(isHttp2(request) ? {} : { connection: 'close' }) })
        .end();
      return;
    }
    response.writeContinue();
    handler(request, response);
  });
  server.on('upgrade', options.onUpgrade);
  // A connection that breaks is its client's affair; without a listener it would be the process'.
  server.on('sessionError', () => {});
  return server;
}

/**
 * Whether the answer goes out over HTTP/2, where a connection is shared and has no headers of its own. `httpVersionMajor`
 * does not say so: it is what the client wrote, and node:http takes `GET / HTTP/2.0` in a line of HTTP/1.
 */
export function isHttp2(message: IncomingMessage | ServerResponse['req'] | Http2ServerRequest): boolean {
  return 'stream' in message;
}
