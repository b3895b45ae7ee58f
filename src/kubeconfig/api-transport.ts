import type { Readable } from 'node:stream';
import type { CredentialSource } from './credential-source.ts';
import type { Credentials } from './credentials.ts';
import type { Endpoint } from './endpoint.ts';
import { createPool, type PoolLimits, perCertificate } from './pools.ts';

/** How to reach an API server, and as whom. */
export interface ApiAccess {
  readonly endpoint: Endpoint;
  readonly credentials: CredentialSource;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query, below the endpoint's own path. */
  readonly path: string;
  readonly accept?: string;
  /** Sent as JSON, by PATCH as a merge patch; a text is JSON already. */
  readonly body?: object | string;
  readonly signal?: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  /** Seconds that the server asks to wait; undefined when it does not. */
  readonly retryAfter: number | undefined;
  /** Read it, or destroy it. */
  readonly body: Readable;
}

/** Our own requests to an API server (not those of callers), over connections of their own. */
export interface ApiTransport {
  /** @throws what the network says; CredentialError when there are no credentials to send */
  request(request: ApiRequest): Promise<ApiAnswer>;
  close(): Promise<void>;
}

const LIMITS: PoolLimits = { connections: 16, headersTimeoutMs: 30_000, bodyTimeoutMs: 0 };

export function createApiTransport({ endpoint, credentials }: ApiAccess, limits = LIMITS): ApiTransport {
  const pools = perCertificate((current) => createPool(endpoint, current, limits));
  const { origin, pathname } = new URL(endpoint.server);
  const base = pathname === '/' ? '' : pathname;
  return {
    async request({ method, path, accept = 'application/json', body, signal }) {
      const current = await credentials.current();
      const answer = await pools.of(current).request({
        origin,
        path: base + path,
        method,
        headers: {
          accept,
          'user-agent': 'sallyport',
          ...bearerOf(current),
          ...(body === undefined ? {} : { 'content-type': contentTypeOf(method) }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      if (answer.statusCode === 401) credentials.refused(current);
      const retryAfter = Number(answer.headers['retry-after']);
      return {
        status: answer.statusCode,
        retryAfter: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined,
        body: answer.body,
      };
    },
    close: () => pools.close(),
  };
}

function contentTypeOf(method: ApiRequest['method']): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}

function bearerOf({ token }: Credentials): { authorization?: string } {
  return token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
}

/**
 * The whole body as text.
 * @param limit bytes
 * @throws RangeError when there is more
 */
export async function readText(body: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit) throw new RangeError(`the answer is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
