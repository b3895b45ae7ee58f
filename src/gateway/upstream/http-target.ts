import { Pool } from 'undici';
import { badRequest, serviceUnavailable } from '../../kube/index.ts';
import type { AuthorizedRequest, Target } from '../exchange.ts';
import { respondStatus } from '../respond-status.ts';
import { impersonationHeaders } from './impersonation-headers.ts';
import { outboundHeaders } from './outbound-headers.ts';
import { relayResponse } from './relay-response.ts';

export interface HttpTargetDeps {
  /** Origin of the API server, for example https://10.0.0.1:6443. */
  readonly server: string;
  /** PEM; the system's authorities when absent. */
  readonly certificateAuthority?: string;
  /** The gateway's own credential, read anew at each request so that rotation needs no restart. */
  token(): string;
  readonly log: { warn(fields: object, message: string): void };
}

/**
 * A Kubernetes API server behind HTTP, reached by impersonation: the gateway's account, which should be able to do
 * nothing but impersonate, speaks for the caller. Should the headers ever be lost, the request fails closed.
 */
export function createHttpTarget(deps: HttpTargetDeps): Target {
  const origin = new URL(deps.server).origin;
  const options = {
    // Upgrades and per-stream limits behave differently over HTTP/2; one connection pool, one meaning.
    allowH2: false,
    bodyTimeout: 0,
    headersTimeout: 60_000,
    ...(deps.certificateAuthority === undefined ? {} : { connect: { ca: deps.certificateAuthority } }),
  };
  const pool = new Pool(origin, { ...options, connections: 64 });
  // A watch holds its connection for minutes: in the common pool, 64 of them would starve every other request.
  const watches = new Pool(origin, { ...options, connections: null });
  return {
    forward(authorized) {
      const identity = impersonationHeaders(authorized.user);
      if (identity === undefined) {
        throw badRequest('the user name or a group has characters that no header can carry');
      }
      identity.push('authorization', `Bearer ${deps.token()}`);
      dispatch(isLongRunning(authorized) ? watches : pool, authorized, identity, deps);
    },
    notReady: () => undefined,
    close: async () => {
      await Promise.all([pool.destroy(), watches.destroy()]);
    },
  };
}

function dispatch(
  pool: Pool,
  { request, response, target, auditId }: AuthorizedRequest,
  identity: readonly string[],
  { log }: HttpTargetDeps,
): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  pool.dispatch(
    {
      path: target,
      method: (request.method ?? 'GET') as 'GET',
      headers: outboundHeaders(request, identity, auditId),
      body: hasBody ? request : null,
    },
    relayResponse(response, {
      onFailure(error) {
        log.warn({ auditId, err: error }, 'API server did not answer');
        respondStatus(request, response, serviceUnavailable('the API server did not answer').status);
      },
    }),
  );
}

/** Source: Kubernetes server/filters BasicLongRunningRequestCheck. */
function isLongRunning({ requestInfo }: AuthorizedRequest): boolean {
  return (
    requestInfo.verb === 'watch' ||
    requestInfo.verb === 'proxy' ||
    LONG_RUNNING_SUBRESOURCES.has(requestInfo.subresource)
  );
}

const LONG_RUNNING_SUBRESOURCES = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);
