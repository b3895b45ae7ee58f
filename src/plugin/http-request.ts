import type { Agent, IncomingMessage, RequestOptions } from 'node:http';
import { errorCode, exitCode, PluginError } from './exit.ts';
import type { IssuerTrust } from './target.ts';
import { oneLine } from './terminal-text.ts';

export interface HttpAnswer {
  readonly status: number;
  /** The parsed JSON body; undefined when there is none, or it is not JSON. */
  readonly body: unknown;
  /** The server's clock, in milliseconds since the epoch; undefined when it does not say. */
  readonly date: number | undefined;
  /** Where a redirect leads; nobody goes there. */
  readonly location: string | undefined;
}

export interface HttpRequest {
  /** Sent as application/x-www-form-urlencoded with POST; without it the request is a GET. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as a bearer token (RFC 6750 §2.1). */
  readonly bearer?: string;
  /** Instead of GET, or of POST with a form. */
  readonly method?: 'DELETE';
  /** Left out where an interrupted request would lose what the server has already given away. */
  readonly signal?: AbortSignal;
}

/** One request to the issuer. Redirects are not followed: no endpoint of ours has a reason to send one. */
export type SendRequest = (url: URL, request?: HttpRequest) => Promise<HttpAnswer>;

const timeoutMs = 10_000;
const maximumBytes = 1 << 20;

/**
 * Requests that trust the given authorities, or else the system's and Node.js' own, and go through the proxy that
 * HTTP_PROXY, HTTPS_PROXY and NO_PROXY name. Throws PluginError (unreachable).
 */
export function createSendRequest(
  trust: IssuerTrust,
  env: Readonly<Record<string, string | undefined>> = {},
): SendRequest {
  let authorities: Promise<readonly string[]> | undefined;
  return async (url, { form, bearer, method, signal } = {}) => {
    const body = form === undefined ? undefined : new URLSearchParams(form).toString();
    const options: RequestOptions = {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        accept: 'application/json',
        // What the list of a person's sessions calls this machine.
        'user-agent': `kubectl-sallyport (${process.platform})`,
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined
          ? {}
          : {
              'content-type': 'application/x-www-form-urlencoded',
              'content-length': Buffer.byteLength(body),
            }),
      },
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]),
    };
    try {
      if (url.protocol === 'http:') {
        const { request, Agent } = await import('node:http');
        return await exchange(
          (listener) => request(url, { ...options, agent: new Agent(proxied(env)) }, listener),
          body,
        );
      }
      const { request, Agent } = await import('node:https');
      authorities ??= loadAuthorities(trust);
      const ca = [...(await authorities)];
      const agent: Agent = new Agent({ ...proxied(env), ca });
      return await exchange((listener) => request(url, { ...options, agent }, listener), body);
    } catch (error) {
      if (error instanceof PluginError) throw error;
      if (signal?.aborted === true) throw new PluginError(exitCode.interrupted, 'interrupted');
      throw new PluginError(exitCode.unreachable, `cannot reach ${url.origin}: ${describe(error)}`);
    }
  };
}

/** One connection for each request; a proxy where the environment names one. */
function proxied(env: Readonly<Record<string, string | undefined>>) {
  return { keepAlive: false, proxyEnv: { ...env } };
}

type Send = (listener: (response: IncomingMessage) => void) => import('node:http').ClientRequest;

function exchange(send: Send, body: string | undefined): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = send((response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > maximumBytes) response.destroy(new Error('the answer is too large'));
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          date: readDate(response.headers.date),
          location: response.headers.location,
          body: parseJson(Buffer.concat(chunks).toString('utf8')),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

function readDate(text: string | undefined): number | undefined {
  const date = Date.parse(text ?? '');
  return Number.isNaN(date) ? undefined : date;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function loadAuthorities({ file, data }: IssuerTrust): Promise<readonly string[]> {
  if (data !== undefined) return [Buffer.from(data, 'base64').toString('utf8')];
  if (file !== undefined) {
    const { readFile } = await import('node:fs/promises');
    try {
      return [await readFile(file, 'utf8')];
    } catch (error) {
      throw new PluginError(
        exitCode.usage,
        `cannot read --certificate-authority ${file}: ${errorCode(error)}`,
      );
    }
  }
  const { getCACertificates } = await import('node:tls');
  return [...getCACertificates('default'), ...getCACertificates('system')];
}

/** Node.js' words for the failures that users meet; certificate failures also name the way out. */
function describe(error: unknown): string {
  const code = errorCode(error) ?? '';
  if (code === 'ECONNREFUSED') return 'nothing listens there (connection refused)';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host name cannot be resolved';
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
    return `no answer within ${timeoutMs / 1000} seconds`;
  }
  const message = oneLine(error instanceof Error && error.message !== '' ? error.message : code);
  return /CERT|SELF_SIGNED|VERIFY/.test(code) ? `${message} (is --certificate-authority right?)` : message;
}
