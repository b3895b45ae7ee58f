import { type ApiRequest, type ApiTransport, createApiTransport, readText } from './api-transport.ts';
import type { Connection } from './connection.ts';
import { fixedCredentials } from './credential-source.ts';
import { ApiError, CredentialError, UnreachableError } from './kubeconfig-errors.ts';

/** One API server, asked as one caller. */
export interface ApiClient {
  /** @throws ApiError for a status that is not 2xx; UnreachableError when there is no answer */
  get(path: string, accept?: string): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
  /** By merge patch (RFC 7386). */
  patch(path: string, body: object): Promise<unknown>;
  delete(path: string): Promise<unknown>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 30_000;
/** 500 RBAC objects come nowhere near; a server that sends more is not answering the question. */
const MAXIMUM_BYTES = 64 << 20;

/**
 * A client for a few questions: every one is answered in time, or not at all.
 * @param timeoutMs until an answer begins; half a minute when left out
 */
export function createApiClient(
  { endpoint, credentials, renewal }: Connection,
  timeoutMs = TIMEOUT_MS,
): ApiClient {
  const limits = { connections: 16, headersTimeoutMs: timeoutMs, bodyTimeoutMs: TIMEOUT_MS };
  const access = { endpoint, credentials: fixedCredentials(credentials) };
  return askThrough(createApiTransport(access, limits), { server: endpoint.server, renewal, timeoutMs });
}

/** The same over a transport that there is already; closing the client closes it. */
export function askThrough(
  transport: Pick<ApiTransport, 'request' | 'close'>,
  {
    server,
    renewal,
    timeoutMs = TIMEOUT_MS,
  }: { readonly server: string; readonly renewal: string; readonly timeoutMs?: number },
): ApiClient {
  const ask = async (method: ApiRequest['method'], path: string, accept: string, body?: object) => {
    try {
      const answer = await transport.request({
        method,
        path,
        accept,
        ...(body === undefined ? {} : { body }),
      });
      return { status: answer.status, text: await readText(answer.body, MAXIMUM_BYTES) };
    } catch (error) {
      if (error instanceof CredentialError) throw error;
      throw new UnreachableError(`cannot reach ${server}: ${describe(error, timeoutMs)}`);
    }
  };
  return {
    get: async (path, accept = 'application/json') => resultOf(await ask('GET', path, accept), renewal),
    post: async (path, body) => resultOf(await ask('POST', path, 'application/json', body), renewal),
    patch: async (path, body) => resultOf(await ask('PATCH', path, 'application/json', body), renewal),
    delete: async (path) => resultOf(await ask('DELETE', path, 'application/json'), renewal),
    close: () => transport.close(),
  };
}

function resultOf({ status, text }: { status: number; text: string }, renewal: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (status >= 200 && status < 300 && value !== undefined) return value;
  const { reason, message } = (value ?? {}) as { reason?: unknown; message?: unknown };
  const said = typeof message === 'string' && message !== '' ? oneLine(message) : `HTTP ${status}`;
  throw new ApiError(
    status,
    typeof reason === 'string' ? reason : '',
    status === 401
      ? `the server does not take the credentials (${said}): they may have expired; ${renewal}`
      : said,
  );
}

/** undici's and Node.js' words for the failures that people meet. */
function describe(error: unknown, timeoutMs: number): string {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  if (code === 'ECONNREFUSED') return 'nothing listens there (connection refused)';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host name cannot be resolved';
  if (/TIMEOUT/.test(code)) return `no answer within ${timeoutMs / 1000} seconds`;
  if (/CERT|SELF_SIGNED|VERIFY|ALTNAME/.test(code)) {
    return `its certificate is not trusted (${message}); is the kubeconfig's certificate-authority right?`;
  }
  return oneLine(message || code || 'unknown error');
}

/** A server's words must not look like a line of ours. */
function oneLine(text: string): string {
  return text.replaceAll('\n', '\\n');
}
