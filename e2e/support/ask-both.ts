import { setTimeout as pause } from 'node:timers/promises';
import { type Agent, request } from 'undici';

/** An API server as one of two ways to it. */
export interface Way {
  readonly origin: string;
  readonly dispatcher: Agent;
  /** Stands where requests have `<namespace>`. */
  readonly namespace: string;
}

export interface SameRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  /** A member's value may be left to JSON. */
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SameAnswer {
  readonly status: number;
  readonly type: string | undefined;
  readonly warnings: string | undefined;
  readonly body: string;
}

/** Asks one after the other. @returns what each has answered, without what is never the same twice */
export async function askBoth(
  ways: readonly [Way, Way],
  token: string,
  asked: SameRequest,
): Promise<readonly [SameAnswer, SameAnswer]> {
  return [await ask(ways[0], token, asked), await ask(ways[1], token, asked)];
}

async function ask(way: Way, token: string, asked: SameRequest): Promise<SameAnswer> {
  const { origin, dispatcher, namespace } = way;
  const { method = 'GET', path, body, headers = {} } = asked;
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  const here = (template: string) => template.replaceAll('<namespace>', namespace);
  const answer = await request(`${origin}${here(path)}`, {
    method,
    dispatcher,
    headers: {
      'user-agent': 'same',
      authorization: `Bearer ${token}`,
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: here(text) }),
  });
  if (answer.statusCode === 429) {
    // A busy machine: both ask their clients to come again then.
    await answer.body.dump();
    await pause(1000 * Number(answer.headers['retry-after'] ?? 1));
    return ask(way, token, asked);
  }
  const { warning, 'content-type': type } = answer.headers;
  return {
    status: answer.statusCode,
    type: type?.toString(),
    warnings: warning?.toString(),
    body: masked(await answer.body.text(), namespace),
  };
}

/** UIDs, times, revisions, generated names, and the namespace. */
function masked(text: string, namespace: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>')
    .replaceAll(/resourceVersion(\\*"?):( ?)(\\*")\d+/g, 'resourceVersion$1:$2$3<revision>')
    .replaceAll(/"continue":"[^"]+"/g, '"continue":"<continue>"')
    .replaceAll(/"\d+m?s"/g, '"<age>"')
    .replaceAll(new RegExp(`\\b${namespace}\\b`, 'g'), '<namespace>');
}
