import type { Agent, Dispatcher } from 'undici';

/** An HTTP client with connections of its own, which is read and made at its first request. */
export interface LazyAgent {
  /** No redirect is followed. @throws Error when no answer came */
  request(
    url: string,
    options: Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'method'> & Method,
  ): Promise<Dispatcher.ResponseData>;
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

interface Method {
  readonly method?: Dispatcher.HttpMethod;
}

/** The library is an eighth of what a start reads, and most processes never ask anybody anything. */
export function lazyAgent(options: Agent.Options): LazyAgent {
  let made: Promise<{ agent: Agent; request: typeof import('undici').request }> | undefined;
  const make = () => import('undici').then(({ Agent, request }) => ({ agent: new Agent(options), request }));
  return {
    async request(url, how) {
      made ??= make();
      const { agent, request } = await made;
      return await request(url, { ...how, dispatcher: agent });
    },
    async close() {
      await (await made)?.agent.destroy();
    },
  };
}
