import type { Dispatcher } from 'undici';
import { serviceUnavailable } from '../../kube/index.ts';
import {
  type ApiAccess,
  type ApiClient,
  type ApiTransport,
  askThrough,
  type Credentials,
  connectEndpoint,
  createApiTransport,
  createPool,
  perCertificate,
} from '../../kubeconfig/index.ts';
import type { AuthorizedRequest, Target } from '../exchange.ts';
import { isLongRunning } from '../long-running.ts';
import type { UpstreamMetrics } from '../metrics/index.ts';
import { traceFields } from '../trace-context/index.ts';
import type { UpgradeOffer } from '../upgrade/index.ts';
import { forwardUpgrade } from './forward-upgrade.ts';
import { hasBody } from './has-body.ts';
import { outboundHeaders } from './outbound-headers.ts';
import { type CredentialMode, outboundIdentity } from './outbound-identity.ts';
import { checkOwnRights, type OwnRights } from './own-rights.ts';
import { relayResponse } from './relay-response.ts';
import { upgradeHeaders } from './upgrade-headers.ts';
import { UpstreamAnswer } from './upstream-answer.ts';

export interface ApiServerTargetDeps {
  readonly access: ApiAccess;
  readonly mode: CredentialMode;
  /**
   * Connections for all that is not long-running; 64 when undefined. Fewer than the requests that execute at the same time
   * would be a second queue, in which nobody takes turns.
   */
  readonly concurrency?: number | undefined;
  /** Longest silence in the middle of an answer that is not long-running; 60 000 when undefined. */
  readonly stalledMs?: number | undefined;
  readonly log: { warn(fields: object, message: string): void };
  /** undefined: nothing is counted. */
  readonly metrics?: UpstreamMetrics | undefined;
}

/** A Kubernetes API server behind HTTP. */
export interface ApiServerTarget extends Target {
  /** For requests of the gateway itself, as its own account, over connections of their own. Closed with the target. */
  readonly client: ApiTransport;
  /** The same, for what is answered in one piece. */
  readonly questions: Pick<ApiClient, 'get' | 'post' | 'delete'>;
  /**
   * Asks the API server what the gateway's own account may do, and warns of too little and of too much.
   * @param writesBindings whether it makes the bindings of access requests
   * @throws ApiError, UnreachableError when the API server does not say
   */
  checkOwnRights(writesBindings: boolean): Promise<OwnRights>;
  /** Ends what never ends by itself, watches above all; what else is under way goes on. For a server that stops. */
  endStreams(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 60_000;
/** Without a certificate: what passes through is the caller's, and must not arrive as the gateway's. */
const NOBODY: Credentials = {};

export function createApiServerTarget({
  access,
  mode,
  concurrency: connections = 64,
  stalledMs = 60_000,
  log,
  metrics,
}: ApiServerTargetDeps): ApiServerTarget {
  const { endpoint, credentials } = access;
  const { origin, pathname, host } = new URL(endpoint.server);
  const base = pathname === '/' ? '' : pathname;
  const limits = { headersTimeoutMs: HEADERS_TIMEOUT_MS, bodyTimeoutMs: stalledMs, connections };
  const pools = perCertificate((current) => createPool(endpoint, current, limits));
  // A watch holds its connection for minutes: in the common pool, some of them would starve every other request.
  const unlimited = { ...limits, bodyTimeoutMs: 0, connections: null };
  const watches = perCertificate((current) => createPool(endpoint, current, unlimited));
  const client = createApiTransport(access);
  const renewal = "renew the credentials of the gateway's account";
  const questions = askThrough(client, { server: endpoint.server, renewal });

  const context = { mode, credentials, stalledMs, log, metrics };

  function send(authorized: AuthorizedRequest, own: Credentials): void {
    const { request, response, target, auditId } = authorized;
    const identity = outboundIdentity(mode, authorized, own);
    const options = {
      origin,
      path: base + target,
      method: methodOf(request),
      headers: outboundHeaders(request, identity, auditId),
      body: hasBody(request) ? authorized.body : null,
    };
    const pool = (isLongRunning(authorized.requestInfo) ? watches : pools).of(own);
    pool.dispatch(options, relayResponse(response, new UpstreamAnswer(context, authorized, own)));
  }

  function sendUpgrade(authorized: AuthorizedRequest, offer: UpgradeOffer, own: Credentials): Promise<void> {
    const { request, response, target, auditId } = authorized;
    const identity = outboundIdentity(mode, authorized, own);
    const headers = upgradeHeaders(request, offer.protocol, identity, { auditId, host });
    const connect = () => connectEndpoint(endpoint, own);
    const forward = { method: methodOf(request), path: base + target, headers, connect, auditId };
    return forwardUpgrade(forward, response, offer, new UpstreamAnswer(context, authorized, own));
  }

  function sendEither(authorized: AuthorizedRequest, own: Credentials): void | Promise<void> {
    const { upgrade } = authorized;
    return upgrade === undefined ? send(authorized, own) : sendUpgrade(authorized, upgrade, own);
  }

  return {
    forward(authorized) {
      const own = mode === 'passThrough' ? NOBODY : credentials.current();
      if (!(own instanceof Promise)) return sendEither(authorized, own);
      return own.then(
        (got) => sendEither(authorized, got),
        (error: unknown) => {
          metrics?.failed('credentials');
          log.warn(
            { auditId: authorized.auditId, ...traceFields(authorized.request.headers), err: error },
            'no credentials for the API server',
          );
          throw serviceUnavailable('the gateway has no credentials for the API server');
        },
      );
    },
    sendsOwnHeaders: true,
    notReady: () => undefined,
    client,
    questions,
    checkOwnRights: (writesBindings) => checkOwnRights({ client: questions, mode, writesBindings, log }),
    endStreams: () => watches.close(),
    close: async () => {
      await Promise.all([pools.close(), watches.close(), client.close()]);
    },
  };
}

function methodOf({ method = 'GET' }: AuthorizedRequest['request']): Dispatcher.HttpMethod {
  return method as Dispatcher.HttpMethod;
}
