import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Attributes, Decision, RequestInfo, UserInfo } from '../../kube/index.ts';
import type { RequestNotes, Target } from '../exchange.ts';
import { offeredProtocols, type UpgradeOffer } from '../upgrade/index.ts';

/** What the gateway needs of an API that runs in its own process. */
export interface EmbeddedApi {
  handle(
    request: {
      readonly method: string;
      readonly target: string;
      readonly requestInfo: RequestInfo;
      readonly user: UserInfo;
      /** Who sent it: another than `user` where somebody acts as that user. */
      readonly caller: UserInfo;
      readonly auditId: string;
      readonly headers: IncomingHttpHeaders;
      readonly body: Readable;
      readonly signal: AbortSignal;
      readonly upgrade: UpgradeOffer | undefined;
      readonly trail?: RequestNotes | undefined;
      authorize(attributes: Attributes): Decision;
    },
    response: ServerResponse,
  ): Promise<void>;
}

/** An API in the same process: the identity goes along as a value, so there is no header to forge. */
export function createEmbeddedTarget(api: EmbeddedApi): Target {
  return {
    forward({
      request,
      body,
      response,
      target,
      requestInfo,
      user,
      caller,
      auditId,
      upgrade,
      trail,
      authorize,
    }) {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      return api.handle(
        {
          method: request.method ?? '',
          target,
          requestInfo,
          user,
          caller,
          auditId,
          headers: upgrade === undefined ? request.headers : withoutToken(request.headers),
          body,
          signal: gone.signal,
          upgrade,
          trail,
          authorize,
        },
        response,
      );
    },
    notReady: () => undefined,
    close: async () => {},
  };
}

function withoutToken(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const offered = offeredProtocols(headers['sec-websocket-protocol']).join(', ');
  return { ...headers, 'sec-websocket-protocol': offered };
}
