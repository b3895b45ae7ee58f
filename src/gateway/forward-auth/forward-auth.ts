import type { IncomingMessage, ServerResponse } from 'node:http';
import { createAddressSet } from '../../http/index.ts';
import { badRequest, resourceNotFound, StatusError } from '../../kube/index.ts';
import { type Access, createDoor, createIdentityText, type Door, type DoorDeps } from '../access/index.ts';
import { checkFraming } from '../check-framing.ts';
import { checkHeaders } from '../check-headers.ts';
import { respondStatus } from '../respond-status.ts';
import { type AskingProxy, originalRequest } from './original-request.ts';

/** One application behind a proxy; the endpoint is `/<name>`. */
export interface ForwardAuthService extends Access {
  readonly name: string;
  readonly proxy: AskingProxy;
}

export interface ForwardAuthOptions {
  readonly services: readonly ForwardAuthService[];
  /** CIDR ranges of the proxies. */
  readonly trustedProxies: readonly string[];
}

/** oauth2-proxy's, whose users have them in their configurations already. */
const identityText = createIdentityText(',');

/**
 * Answers proxies that ask whether a request may go on: 200 with who it is from, or a refusal. The request itself never
 * comes here. Both identity headers are in every 200, empty when there is nothing to say, so that a proxy that copies them
 * always overwrites the client's.
 */
export function createForwardAuth(
  { services, trustedProxies }: ForwardAuthOptions,
  deps: DoorDeps,
): (request: IncomingMessage, response: ServerResponse) => void {
  const isTrusted = createAddressSet(trustedProxies);
  const endpoints = services.map((service) => ({
    ...service,
    base: `/${service.name}`,
    door: createDoor(deps, { access: service, refusal: asDenial }),
  }));
  return (request, response) => {
    if (!isTrusted(request.socket.remoteAddress ?? '')) {
      deps.log.warn({ address: request.socket.remoteAddress }, 'forward-auth asked by an unknown proxy');
      respondStatus(request, response, denied('this address is not one of forwardAuth.trustedProxies'));
      return;
    }
    const path = pathOf(request.url ?? '');
    const endpoint = endpoints.find(({ base, proxy }) =>
      proxy === 'envoy' ? path.startsWith(`${base}/`) : path === base,
    );
    if (endpoint === undefined) {
      respondStatus(request, response, resourceNotFound().status);
      return;
    }
    ask(endpoint, request, response, deps);
  };
}

function ask(
  { base, proxy, door }: { base: string; proxy: AskingProxy; door: Door },
  request: IncomingMessage,
  response: ServerResponse,
  { log }: DoorDeps,
): void {
  door(request, response, {
    asked: () => {
      // Else the proxy and this server could disagree about which question an answer is to.
      const ambiguity = checkFraming(request) ?? checkHeaders(request.rawHeaders);
      if (ambiguity !== undefined) throw badRequest(`ambiguous request: ${ambiguity}`);
      try {
        return originalRequest(proxy, base, request);
      } catch (error) {
        log.warn({ err: error, proxy, endpoint: base }, 'a proxy does not say what is asked for');
        throw error;
      }
    },
    admit(_request, answer, { user }) {
      const text = user === undefined ? { user: '', groups: '' } : identityText(user);
      answer.setHeader('Cache-Control', 'no-cache, private');
      answer.setHeader('X-Auth-Request-User', text.user);
      answer.setHeader('X-Auth-Request-Groups', text.groups);
      answer.setHeader('Content-Length', 0);
      answer.writeHead(200).end();
    },
  });
}

/**
 * nginx takes 401 and 403 for a refusal and everything else for a broken server, so that a request which is refused for
 * what it is (400, 404, 405) is a 403. What is not the client's doing (500, 503) stays, and denies too.
 */
function asDenial(error: StatusError): StatusError {
  const { code, message } = error.status;
  return code >= 500 || code === 401 || code === 403 ? error : new StatusError(denied(message));
}

function denied(message: string): StatusError['status'] {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'Forbidden',
    code: 403,
  };
}

function pathOf(target: string): string {
  const queryStart = target.indexOf('?');
  return queryStart < 0 ? target : target.slice(0, queryStart);
}
