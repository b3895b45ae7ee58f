import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { StatusError, serviceUnavailable } from '../../kube/index.ts';
import { connectEndpoint, createPool } from '../../kubeconfig/index.ts';
import { respondStatus } from '../respond-status.ts';
import type { UpgradeOffer } from '../upgrade/index.ts';
import { forwardUpgrade } from '../upstream/forward-upgrade.ts';
import { hasBody } from '../upstream/has-body.ts';
import { type RelayEvents, relayResponse } from '../upstream/relay-response.ts';

/** Where a service is, and by what it is recognised. */
export interface Upstream {
  /** For example http://127.0.0.1:8080. */
  readonly origin: string;
  /** PEM; the system's authorities when absent. */
  readonly certificateAuthority?: string | undefined;
}

/** A request that the service is to get. */
export interface ServiceRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What may be read of the request's body. */
  readonly body: Readable;
  /** All that the service gets, names and values alternating. */
  readonly headers: string[];
  readonly auditId: string;
}

export interface ServiceTarget {
  forward(forwarded: ServiceRequest): void;
  /** A WebSocket: the bytes flow after the service's 101, and only then. */
  forwardUpgrade(forwarded: Omit<ServiceRequest, 'body'>, offer: UpgradeOffer): Promise<void>;
  close(): Promise<void>;
}

/** As many connections as there are requests: a long poll must not keep others waiting. Milliseconds. */
const LIMITS = { connections: null, headersTimeoutMs: 300_000, bodyTimeoutMs: 0 };

/** Hands requests to a service and its answers back, both as streams. Redirects are the client's to follow. */
export function createServiceTarget(
  { origin, certificateAuthority }: Upstream,
  log: { warn(fields: object, message: string): void },
): ServiceTarget {
  const ca = certificateAuthority === undefined ? {} : { ca: certificateAuthority };
  const endpoint = { server: origin, tls: { rejectUnauthorized: true, ...ca } };
  const pool = createPool(endpoint, {}, LIMITS);
  const eventsOf = ({ request, response, auditId }: Omit<ServiceRequest, 'body'>) =>
    ({
      // An application's cookies are its business.
      cookies: true,
      intercept: () => false,
      onFailure(error) {
        response.setHeader('Cache-Control', 'no-cache, private');
        // Not the service's failure: the caller's body was over its limit, and sending it has been broken off.
        if (error instanceof StatusError) return respondStatus(request, response, error.status);
        log.warn({ auditId, err: error }, 'the service did not answer');
        respondStatus(request, response, serviceUnavailable('the service did not answer').status);
      },
    }) satisfies RelayEvents;
  return {
    forward(forwarded) {
      const { request, response, headers } = forwarded;
      const { method = 'GET', url: path = '' } = request;
      const body = hasBody(request) ? forwarded.body : null;
      pool.dispatch(
        { origin, path, method: method as Dispatcher.HttpMethod, headers, body },
        relayResponse(response, eventsOf(forwarded)),
      );
    },
    forwardUpgrade(forwarded, offer) {
      const { request, response, auditId } = forwarded;
      const headers = [...forwarded.headers, 'connection', 'Upgrade', 'upgrade', offer.protocol];
      const connect = () => connectEndpoint(endpoint, {});
      const forward = { method: 'GET', path: request.url ?? '', headers, connect, auditId };
      return forwardUpgrade(forward, response, offer, eventsOf(forwarded));
    },
    close: () => pool.destroy(),
  };
}
