import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ADMIN_GROUP } from '../admin/index.ts';
import { InnerResponse } from '../gateway/embedded/index.ts';
import type { OwnAccess, OwnApi } from '../gateway/index.ts';
import {
  type Attributes,
  attributesOf,
  type Decision,
  forbidden,
  resolveRequestInfo,
  resourceAttributes,
  type Status,
  type UserInfo,
} from '../kube/index.ts';
import type { AdminDesk, DeskAnswer, DeskRequest } from '../portal/index.ts';

/**
 * Asks the gateway's own API for pages: each request is decided by the same authorizer, in the name of the person, and
 * recorded on the identity provider's trail, as one of kubectl's is.
 */
export function createAdminDesk(
  api: Pick<OwnApi, 'handle'>,
  access: Pick<OwnAccess, 'ask' | 'explorer'>,
): AdminDesk {
  async function decide(attributes: Attributes): Promise<Decision> {
    // Without the reasons, which nobody is told here.
    const { explorer } = access;
    if (explorer !== undefined) {
      return { decision: explorer.allows(attributes) ? 'allow' : 'noOpinion', reason: '' };
    }
    const { allowed, reason } = await access.ask(attributes);
    return { decision: allowed ? 'allow' : 'noOpinion', reason };
  }

  async function answer(user: UserInfo, { method, target, body }: DeskRequest): Promise<DeskAnswer> {
    const requestInfo = resolveRequestInfo(method, target);
    const attributes = attributesOf(requestInfo, user);
    const { decision, reason } = await decide(attributes);
    if (decision !== 'allow') return { done: false, ...forbidden(attributes, reason).status };
    const response = new InnerResponse();
    const json = body === undefined ? [] : [Buffer.from(JSON.stringify(body))];
    await api.handle(
      {
        method,
        target,
        requestInfo,
        user,
        caller: user,
        auditId: randomUUID(),
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: Readable.from(json),
        upgrade: undefined,
        signal: new AbortController().signal,
        authorize: () => ({ decision: 'noOpinion', reason: '' }),
        decide,
      },
      response.asServerResponse(),
    );
    const { status } = await response.head;
    const answered: unknown = JSON.parse(await text(response));
    if (status >= 200 && status < 300) return { done: true, body: answered };
    const { message, details } = answered as Status;
    return { done: false, code: status, message: String(message), causes: details?.causes ?? [] };
  }

  return {
    async may(user, verb, of) {
      const [resource = '', subresource = ''] = of.split('/');
      const asked = resourceAttributes({ user, verb, apiGroup: ADMIN_GROUP, resource, subresource });
      return (await decide(asked)).decision === 'allow';
    },
    ask: answer,
  };
}
