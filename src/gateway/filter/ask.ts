import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { attributesOf, checkRequestTarget, forbidden, resolveRequestInfo } from '../../kube/index.ts';
import type { AuthorizedRequest, Target } from '../exchange.ts';
import { type AnswerHead, InnerResponse } from '../list/index.ts';

export interface Answer extends AnswerHead {
  /** To be read to its end or destroyed. */
  readonly body: Readable;
}

/** Asks the target one question for the caller of a request. */
export type Ask = (target: string) => Promise<Answer>;

/** What the narrower requests have of the client's headers; the target takes its own choice of them as ever. */
const KEPT = ['user-agent', 'accept-language', 'kubectl-command', 'kubectl-session'] as const;

/**
 * Sends narrower requests to the target in place of the one that the client sent: as the same caller, under the same
 * audit id. Each is described and decided anew, like any other request, so that whatever went wrong before it, nobody
 * gets what he could not have asked for himself.
 * @param accept for all of them, in place of the client's
 * @throws StatusError 403 by the returned function when a request is not allowed (any more); what the target throws
 */
export function createAsk(target: Target, authorized: AuthorizedRequest, accept: string): Ask {
  const { request, user } = authorized;
  const headers: IncomingHttpHeaders = { accept };
  for (const name of KEPT) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return async (path) => {
    const requestInfo = resolveRequestInfo('GET', path);
    const attributes = attributesOf(requestInfo, user);
    const { decision, reason } = authorized.authorize(attributes);
    if (decision !== 'allow' || checkRequestTarget(path) !== undefined) throw forbidden(attributes, reason);
    const response = new InnerResponse();
    const forwarded = Promise.try(() =>
      target.forward({
        ...authorized,
        request: narrowed(request, path, headers),
        body: Readable.from([]),
        response: response.asServerResponse(),
        ownHeaders: [],
        target: path,
        requestInfo,
        upgrade: undefined,
      }),
    );
    forwarded.catch((error: unknown) => response.destroy(error as Error));
    return { ...(await response.head), body: response };
  };
}

/** The client's request, but for what it asks. */
function narrowed(request: IncomingMessage, url: string, headers: IncomingHttpHeaders): IncomingMessage {
  return Object.create(request, { url: { value: url }, headers: { value: headers } });
}
