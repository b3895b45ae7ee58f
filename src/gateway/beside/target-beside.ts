import type { RequestInfo } from '../../kube/index.ts';
import { whenAnswered } from '../delegate/index.ts';
import type { Target } from '../exchange.ts';
import { setOwnHeaders } from '../own-headers.ts';
import { createEmbeddedTarget } from '../upstream/embedded-target.ts';
import { createGatheredDocuments } from './gathered-documents.ts';
import type { OwnApi } from './own-api.ts';

/**
 * A target with one group more than it has: requests for that go to the API in this process, also where the API behind the
 * target has a group of this name. Documents that list all groups are the target's with the group put in.
 */
export function createTargetBeside(target: Target, api: OwnApi): Target {
  const own = createEmbeddedTarget({
    handle: (request, response) =>
      api.handle(
        { ...request, decide: async (attributes) => whenAnswered(() => request.authorize(attributes)) },
        response,
      ),
  });
  const documents = createGatheredDocuments(target, api.listed);
  const isOwn = ownRequests(api.group);
  return {
    ...target,
    forward(authorized) {
      const { requestInfo, response, ownHeaders, upgrade } = authorized;
      const mine = isOwn(requestInfo);
      if (!mine && !documents.has(authorized)) return target.forward(authorized);
      // Whoever sends them with an answer of its own has not got this request.
      if (target.sendsOwnHeaders === true && upgrade === undefined) setOwnHeaders(response, ownHeaders);
      return mine ? own.forward(authorized) : documents.answer(authorized);
    },
  };
}

function ownRequests(group: string): (requestInfo: RequestInfo) => boolean {
  const paths = [`/apis/${group}`, `/openapi/v3/apis/${group}`];
  return ({ isResourceRequest, apiGroup, path }) =>
    isResourceRequest ? apiGroup === group : paths.some((own) => path === own || path.startsWith(`${own}/`));
}
