import { rootCertificates } from 'node:tls';
import { lazyAgent } from '../../../http/index.ts';

/** As openid-client has its requests made. */
export interface FetchOptions {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export interface BoundedFetch {
  fetch(url: string, options: FetchOptions): Promise<Response>;
  close(): Promise<void>;
}

export interface BoundedFetchOptions {
  /** PEM texts of authorities beside the system's. */
  readonly rootCAs: readonly string[];
  /** Milliseconds, for one answer as a whole. Default: 10 s. */
  readonly timeout?: number;
}

const maximumBytes = 1024 * 1024;

/**
 * Requests to a provider: in bounded time, for an answer of at most 1 MiB that is not compressed. No redirect is followed, so
 * that no secret goes where it was not meant for.
 */
export function createBoundedFetch({ rootCAs, timeout = 10_000 }: BoundedFetchOptions): BoundedFetch {
  const agent = lazyAgent({
    connect: { ...(rootCAs.length === 0 ? {} : { ca: [...rootCertificates, ...rootCAs] }), timeout },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connections: 8,
  });
  return {
    async fetch(url, { method, headers, body, signal }) {
      const inTime = AbortSignal.timeout(timeout);
      const answer = await agent.request(url, {
        method: method === 'POST' ? 'POST' : 'GET',
        headers: { ...headers, 'accept-encoding': 'identity' },
        body: body === undefined || body === null ? null : String(body),
        signal: signal === undefined ? inTime : AbortSignal.any([signal, inTime]),
      });
      const encoding = answer.headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity') throw new Error(`an answer is compressed: ${String(encoding)}`);
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        size += chunk.length;
        // Leaving the loop destroys the body, and with it the connection.
        if (size > maximumBytes) throw new Error('an answer is larger than 1 MiB');
        chunks.push(chunk);
      }
      const type = answer.headers['content-type'];
      const told = type === undefined ? {} : { 'content-type': String(type) };
      const bodyless = answer.statusCode === 204 || answer.statusCode === 304;
      return new Response(bodyless ? null : Buffer.concat(chunks), {
        status: answer.statusCode,
        headers: told,
      });
    },
    close: () => agent.close(),
  };
}
