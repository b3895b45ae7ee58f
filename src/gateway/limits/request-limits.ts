import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Readable } from 'node:stream';
import { type RequestInfo, requestUriTooLong } from '../../kube/index.ts';
import { isLongRunning } from '../long-running.ts';
import { type Admission, type AdmissionDeps, createAdmission } from './admission.ts';
import { cutStalledStream } from './cut-stalled-stream.ts';
import { endLateBody } from './end-late-body.ts';
import type { GatewayLimits } from './gateway-limits.ts';
import { limitBody } from './limit-body.ts';

export interface RequestLimitsDeps extends AdmissionDeps {
  readonly limits: GatewayLimits;
}

/** The limits that the pipeline's steps ask about. */
export interface RequestLimits extends Omit<Admission, 'enter'> {
  /** @throws StatusError 414, before anything looks at the target */
  checkTarget(target: string): void;
  /**
   * What may be read of a request's body.
   * @throws StatusError 413 when more is declared; the stream ends with it when more comes
   */
  body(
    request: IncomingMessage | Http2ServerRequest,
    requestInfo: RequestInfo,
    user: { readonly username: string },
  ): Readable;
}

export function createRequestLimits(deps: RequestLimitsDeps): RequestLimits {
  const { targetBytes, bodyBytes, stalledReader, requestTimeout } = deps.limits;
  const admission = createAdmission(deps);
  return {
    ...admission,
    admit(requestInfo, user, response) {
      if ('stream' in response) {
        cutStalledStream(response.stream, stalledReader, () =>
          deps.events.refused('stalled-reader', user.username),
        );
      }
      return admission.admit(requestInfo, user, response);
    },
    checkTarget(target) {
      // Node gives a target as latin1: a character is a byte.
      if (target.length <= targetBytes) return;
      deps.events.refused('target', '');
      throw requestUriTooLong(targetBytes);
    },
    body(request, requestInfo, user) {
      if ('stream' in request && !isLongRunning(requestInfo)) {
        endLateBody(request.stream, requestTimeout, () => deps.events.refused('slow-request', user.username));
      }
      if (isProxied(requestInfo)) return request;
      return limitBody(request, bodyBytes, () => deps.events.refused('body', user.username));
    },
  };
}

/** What goes to a pod, service or node through the API server is no API object: kube-apiserver has no limit for it. */
function isProxied({ verb, isResourceRequest, subresource }: RequestInfo): boolean {
  return isResourceRequest && (verb === 'proxy' || subresource === 'proxy');
}
