import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { isIP } from 'node:net';
import { goJsonProblem } from '../../kube/index.ts';
import { type ClientConfig, caBundleOf, type WebhookService } from './client-config.ts';
import { networkProblem } from './network-problem.ts';
import { refusalText } from './refusal-text.ts';
import type { Address } from './resolve-service.ts';
import { WebhookCallError } from './webhook-call-error.ts';

/** Asks one webhook. */
export interface WebhookClient {
  /**
   * Posts a review and gives the JSON that the webhook answers with. Throws WebhookCallError when there is none.
   * @param review JSON
   */
  post(review: string): Promise<unknown>;
  /** Lets go of its connections when what is under way is done. */
  close(): void;
}

export interface WebhookClientDeps {
  /** Who serves the service. Throws WebhookCallError. */
  resolve(service: WebhookService, port: number): Promise<Address>;
  /** Breaks off what is under way. */
  readonly closing: AbortSignal;
  /** Default: 30 s, as kube-apiserver. */
  readonly timeoutMs?: number;
}

/** More than any list of objects that this API sends, and less than what would hurt. */
const maxAnswerBytes = 64 * 1024 * 1024;
const defaultPort = 443;

/**
 * The way to a webhook, over connections of its own that stay open. Redirects are not followed.
 * Source: apiserver/pkg/util/webhook/client.go.
 */
export function createWebhookClient(config: ClientConfig, deps: WebhookClientDeps): WebhookClient {
  const { resolve, closing, timeoutMs = 30_000 } = deps;
  const { authority, host, port, path } = endpointOf(config, timeoutMs);
  let underWay = 0;
  let isClosed = false;
  const agent = new Agent({
    keepAlive: true,
    ca: caBundleOf(config),
    // An address is no name: then the certificate has to have the address.
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });

  const locate = async (): Promise<Address> =>
    config.service === undefined ? { host, port } : resolve(config.service, port);

  async function ask(review: string, signal: AbortSignal): Promise<string> {
    let address: Address | undefined;
    try {
      address = await locate();
      // A request that begins broken off would leave its connection behind.
      signal.throwIfAborted();
      return await readAnswer(await send({ agent, authority, path, address, review, signal }));
    } catch (error) {
      // The webhook was reached: what it answers with is told as it is.
      if (error instanceof RefusedAnswer) throw new WebhookCallError(error.message, error.status);
      const isLate = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
      const problem = isLate ? 'context deadline exceeded' : networkProblem(error, address, host);
      throw new WebhookCallError(`Post "https://${authority}${path}": ${problem}`);
    }
  }

  function letGo(): void {
    if (isClosed && underWay === 0) agent.destroy();
  }

  return {
    async post(review) {
      underWay += 1;
      const text = await ask(review, AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)])).finally(
        () => {
          underWay -= 1;
          letGo();
        },
      );
      try {
        return JSON.parse(text);
      } catch {
        throw new WebhookCallError(`couldn't get version/kind; json parse error: ${goJsonProblem(text)}`);
      }
    },
    close() {
      isClosed = true;
      letGo();
    },
  };
}

interface Endpoint {
  /** As in a URL and in Host. */
  readonly authority: string;
  /** Whom the certificate has to name. */
  readonly host: string;
  readonly port: number;
  /** With the query, which says how long an answer may take. */
  readonly path: string;
}

function endpointOf({ url = '', service }: ClientConfig, timeoutMs: number): Endpoint {
  const query = `?timeout=${timeoutMs / 1000}s`;
  if (service !== undefined) {
    const { name, namespace, path = '/', port = defaultPort } = service;
    const host = `${name}.${namespace}.svc`;
    return { authority: `${host}:${port}`, host, port, path: (path === '' ? '/' : path) + query };
  }
  const { host: authority, hostname, port, pathname } = new URL(url);
  return {
    authority,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? defaultPort : Number(port),
    path: pathname + query,
  };
}

interface Sent extends Pick<Endpoint, 'authority' | 'path'> {
  readonly agent: Agent;
  readonly address: Address;
  readonly review: string;
  readonly signal: AbortSignal;
}

function send({ agent, authority, path, address, review, signal }: Sent): Promise<IncomingMessage> {
  const { host, port } = address;
  const headers = {
    Host: authority,
    Accept: 'application/json, */*',
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(review),
  };
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path, agent, signal, headers, method: 'POST' });
    sent.once('response', resolve);
    sent.once('error', reject);
    sent.end(review);
  });
}

/** The webhook has answered, but not with what can be read. */
class RefusedAnswer extends Error {
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

async function readAnswer(answer: IncomingMessage): Promise<string> {
  const { statusCode: code = 0, headers } = answer;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    length += (chunk as Buffer).length;
    if (length > maxAnswerBytes) throw new RefusedAnswer('the answer is larger than 64 MiB');
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const contentType = headers['content-type'] ?? '';
  if (code < 200 || code > 206) throw new RefusedAnswer(refusalText(code, contentType, text), code);
  if (text !== '') return text;
  throw new RefusedAnswer(`0-length response with status code: ${code} and content type: ${contentType}`);
}
