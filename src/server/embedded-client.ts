import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Cluster } from '../cluster/index.ts';
import { InnerResponse } from '../gateway/embedded/index.ts';
import { resolveRequestInfo, type UserInfo } from '../kube/index.ts';
import { ApiError } from '../kubeconfig/errors/index.ts';
import type { ApiClient } from '../kubeconfig/index.ts';

/** What the gateway writes into its own cluster, nobody has to allow: who may have it written was asked before. */
const GATEWAY: UserInfo = {
  username: 'system:sallyport',
  groups: ['system:masters', 'system:authenticated'],
};

/** The embedded API, asked by the gateway itself as it asks a real one. */
export function embeddedClient(cluster: Pick<Cluster, 'handle'>): Pick<ApiClient, 'get' | 'post' | 'delete'> {
  async function ask(method: string, target: string, body?: object): Promise<unknown> {
    const json = body === undefined ? '' : JSON.stringify(body);
    const headers: IncomingHttpHeaders = {
      accept: 'application/json',
      'user-agent': 'sallyport',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const response = new InnerResponse();
    const requestInfo = resolveRequestInfo(method, target);
    await cluster.handle(
      {
        method,
        target,
        requestInfo,
        user: GATEWAY,
        headers,
        body: Readable.from(json === '' ? [] : [Buffer.from(json)]),
        signal: new AbortController().signal,
        authorize: () => ({ decision: 'allow', reason: '' }),
      },
      response.asServerResponse(),
    );
    const { status } = await response.head;
    return answerOf(status, await text(response));
  }

  return {
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
    delete: (path) => ask('DELETE', path),
  };
}

/** @throws ApiError for a status that is not 2xx */
function answerOf(status: number, body: string): unknown {
  const answer: unknown = JSON.parse(body);
  if (status >= 200 && status < 300) return answer;
  const { reason = '', message = '' } = answer as { reason?: string; message?: string };
  throw new ApiError(status, reason, message);
}
