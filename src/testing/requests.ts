import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { TestAnswer, TestCluster } from './entry.d.ts';

export interface Requests {
  /** Requests with this bearer token. */
  as(token: string): TestCluster['request'];
  /** Ends its connections. */
  close(): void;
}

/** Requests to one cluster, over connections that are kept. @param ca PEM */
export function createRequests(url: string, ca: string): Requests {
  const agent = new Agent({ ca, keepAlive: true });
  return {
    as: (token) => (method, path, body, headers) =>
      new Promise((done, failed) => {
        const sent = request(url + path, {
          agent,
          method,
          headers: {
            accept: 'application/json',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            authorization: `Bearer ${token}`,
            ...headers,
          },
        });
        sent.once('error', failed);
        sent.once('response', (response) => {
          text(response).then((content) => {
            const { statusCode = 0, headers: answered } = response;
            const isJson = answered['content-type']?.startsWith('application/json') === true;
            const answer: TestAnswer = {
              status: statusCode,
              headers: answered,
              body: isJson ? JSON.parse(content) : content,
            };
            done(answer);
          }, failed);
        });
        sent.end(body === undefined ? undefined : JSON.stringify(body));
      }),
    close: () => agent.destroy(),
  };
}
