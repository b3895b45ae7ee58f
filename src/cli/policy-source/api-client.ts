import { Agent, request } from 'undici';
import { CommandError } from '../command.ts';
import { printable } from '../output/index.ts';
import type { Connection } from './connection.ts';

/** One API server, asked as one caller. */
export interface ApiClient {
  /** @throws ApiError for a status that is not 2xx; CommandError when there is no answer */
  get(path: string, accept?: string): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
  close(): Promise<void>;
}

/** The server's refusal, in its own words. */
export class ApiError extends CommandError {
  readonly status: number;
  /** `reason` of the Status, for example Forbidden or Expired; '' when the answer is no Status. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

const TIMEOUT_MS = 30_000;
/** 500 RBAC objects come nowhere near; a server that sends more is not answering the question. */
const MAXIMUM_BYTES = 64 << 20;

export function createApiClient({ server, tls, token, renewal }: Connection): ApiClient {
  const agent = new Agent({
    allowH2: false,
    connect: { ...tls, timeout: TIMEOUT_MS },
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    maxResponseSize: MAXIMUM_BYTES,
  });
  const send = async (method: 'GET' | 'POST', path: string, accept: string, body?: object) => {
    const answer = await request(`${server}${path}`, {
      dispatcher: agent,
      method,
      headers: {
        accept,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  };
  const ask: typeof send = (...asked) =>
    send(...asked).catch((error: unknown) => {
      throw new CommandError(`cannot reach ${server}: ${describe(error)}`);
    });
  return {
    get: async (path, accept = 'application/json') => resultOf(await ask('GET', path, accept), renewal),
    post: async (path, body) => resultOf(await ask('POST', path, 'application/json', body), renewal),
    close: () => agent.destroy(),
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
  const said = typeof message === 'string' && message !== '' ? printable(message) : `HTTP ${status}`;
  throw new ApiError(
    status,
    typeof reason === 'string' ? reason : '',
    status === 401
      ? `the server does not take the credentials (${said}): they may have expired; ${renewal}`
      : said,
  );
}

/** undici's and Node.js' words for the failures that people meet. */
function describe(error: unknown): string {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  if (code === 'ECONNREFUSED') return 'nothing listens there (connection refused)';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host name cannot be resolved';
  if (/TIMEOUT/.test(code)) return `no answer within ${TIMEOUT_MS / 1000} seconds`;
  if (/CERT|SELF_SIGNED|VERIFY|ALTNAME/.test(code)) {
    return `its certificate is not trusted (${message}); is the kubeconfig's certificate-authority right?`;
  }
  return printable(message || code || 'unknown error');
}
