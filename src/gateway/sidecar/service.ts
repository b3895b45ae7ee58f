import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { badRequest } from '../../kube/index.ts';
import {
  type Access,
  type Admitted,
  type Asked,
  createDoor,
  type DoorDeps,
  type Passage,
} from '../access/index.ts';
import { checkFraming } from '../check-framing.ts';
import { checkHeaders } from '../check-headers.ts';
import type { ServiceLimits } from '../limits/index.ts';
import type { OpenStreams } from '../open-streams.ts';
import { type ClientUpgrade, serveUpgrades, streamingProtocol, upgradeProblem } from '../upgrade/index.ts';
import { createServiceHeaders, type IdentityHeaders } from './service-headers.ts';
import { createServiceTarget, type Upstream } from './service-target.ts';

export interface ServiceOptions {
  readonly access: Access;
  readonly upstream: Upstream;
  /** The Host that the service gets; the upstream's own when absent. */
  readonly host?: string | undefined;
  readonly identityHeaders: IdentityHeaders;
  readonly passAuthorization: boolean;
}

export interface ServiceDeps extends DoorDeps {
  readonly limits: ServiceLimits;
  /** Ends what outlives its right. */
  readonly streams: OpenStreams;
}

/** A service with the gateway in front of it; all of this belongs to one listening server. */
export interface Service {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Only WebSockets are carried; every other upgrade stays an ordinary request (RFC 9110 §7.8). */
  readonly mayUpgrade: (request: IncomingMessage) => boolean;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Ends open WebSockets now, and the connections to the service when the listening server has ended. */
  close(drained: Promise<void>): Promise<void>;
}

/** Puts the gateway in front of any HTTP service, as kube-rbac-proxy does. */
export function createService(options: ServiceOptions, deps: ServiceDeps): Service {
  const { access, upstream } = options;
  const { limits } = deps;
  const target = createServiceTarget(upstream, deps.log);
  const webSockets = new Set<ServerResponse>();
  const outbound = createServiceHeaders({
    host: options.host ?? new URL(upstream.origin).host,
    identityHeaders: options.identityHeaders,
    passAuthorization: options.passAuthorization,
    decidedOn: access.authorization.rewrites?.byHttpHeader?.name,
  });
  const watch = (response: ServerResponse, { attributes, expiresAt, hasEnded }: Admitted) => {
    if (attributes.length > 0) deps.streams.add({ response, attributes, expiresAt, hasEnded });
  };

  const door = createDoor(deps, { access });
  const plain: Passage = {
    asked: readAsked,
    turn: (response, user) => limits.admit('request', user, response),
    admit(request, response, admitted) {
      const { auditId, user } = admitted;
      const body = limits.body(request, user?.username ?? '');
      watch(response, admitted);
      target.forward({ request, response, body, headers: outbound(request, user, auditId), auditId });
    },
  };
  const webSocket = (upgrade: ClientUpgrade): Passage => ({
    asked(request) {
      const problem = upgradeProblem(request);
      if (problem !== undefined) throw badRequest(problem);
      return readAsked(request);
    },
    turn: (response, user) => limits.admit('webSocket', user, response),
    admit(request, response, admitted) {
      const { auditId, user, trail } = admitted;
      watch(response, admitted);
      webSockets.add(response);
      response.once('close', () => webSockets.delete(response));
      const switching = () => {
        response.statusCode = 101;
        trail?.responseStarted(101);
      };
      const forwarded = { request, response, headers: outbound(request, user, auditId), auditId };
      return target.forwardUpgrade(forwarded, { ...upgrade, switching });
    },
  });

  return {
    handle: (request, response) => door(request, response, plain),
    mayUpgrade: ({ headers }) => streamingProtocol(headers) === 'websocket',
    onUpgrade: serveUpgrades((request, response, upgrade) => door(request, response, webSocket(upgrade))),
    close: async (drained) => {
      for (const response of webSockets) response.destroy();
      await drained;
      await target.close();
    },
  };
}

/** @throws StatusError 400 when framing or headers can be read in two ways */
function readAsked(request: IncomingMessage): Asked {
  const { method = '', url: target = '', rawHeaders } = request;
  const ambiguity = checkFraming(request) ?? checkHeaders(rawHeaders);
  if (ambiguity !== undefined) throw badRequest(`ambiguous request: ${ambiguity}`);
  return { method, target, rawHeaders };
}
