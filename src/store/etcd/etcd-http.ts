import type { Dispatcher } from 'undici';
import { EtcdOutage, EtcdRefusal } from './etcd-failure.ts';

/** PEM texts. */
export interface EtcdTls {
  /** Whom the members' certificates must come from. Default: the authorities that Node knows. */
  readonly ca?: string;
  /** A client certificate and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** The name in the members' certificates. Default: the host of the endpoint. */
  readonly serverName?: string;
}

export interface EtcdHttpDeps {
  readonly tls?: EtcdTls | undefined;
}

export interface EtcdRequest {
  readonly origin: string;
  readonly path: string;
  readonly body: object;
  /** How long the answer may take to begin. */
  readonly timeoutMs: number;
  /** From signing in. */
  readonly token?: string | undefined;
}

/** Speaks JSON with members of etcd; knows neither which of them to ask nor what is said. */
export interface EtcdHttp {
  /** @throws EtcdRefusal, EtcdOutage */
  ask<T>(request: EtcdRequest): Promise<T>;
  /** The messages of an answer that does not end; it ends with the signal, which also closes its connection. */
  stream<T>(request: EtcdRequest, signal: AbortSignal): AsyncIterable<T>;
  /** Cuts every connection. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 2000;
const CONNECTIONS = 64;

/** Loads what it needs only now: most processes never speak with etcd. */
export async function openEtcdHttp({ tls = {} }: EtcdHttpDeps): Promise<EtcdHttp> {
  const { Agent } = await import('undici');
  const { serverName, ...certificates } = tls;
  const options = {
    // etcd's gateway is asked over HTTP/1.1: a stream that stands still must not hold up others.
    allowH2: false,
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      ...certificates,
      ...(serverName !== undefined && { servername: serverName }),
    },
  };
  const requests = new Agent({ ...options, connections: CONNECTIONS });
  // Watches hold a connection each, so they have connections of their own.
  const streams = new Agent({ ...options, bodyTimeout: 0 });

  function send(dispatcher: Dispatcher, request: EtcdRequest, signal?: AbortSignal) {
    const { origin, path, body, token, timeoutMs } = request;
    return dispatcher.request({
      origin,
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: token }) },
      body: JSON.stringify(body),
      headersTimeout: timeoutMs,
      ...(signal && { signal }),
    });
  }

  return {
    async ask<T>(request: EtcdRequest) {
      const { statusCode, text } = await send(requests, request)
        .then(async ({ statusCode, body }) => ({ statusCode, text: await body.text() }))
        .catch(outage);
      if (statusCode !== 200) throw toRefusal(statusCode, text);
      return JSON.parse(text) as T;
    },

    async *stream<T>(request: EtcdRequest, signal: AbortSignal) {
      const { statusCode, body } = await send(streams, request, signal).catch(outage);
      if (statusCode !== 200) throw toRefusal(statusCode, await body.text().catch(outage));
      for await (const line of linesOf(body)) {
        const { result, error } = JSON.parse(line) as { result?: T; error?: Refused };
        if (error !== undefined)
          throw new EtcdRefusal(error.grpc_code ?? error.code ?? 0, error.message ?? line);
        if (result !== undefined) yield result;
      }
    },

    async close() {
      await Promise.all([requests.destroy(), streams.destroy()]);
    },
  };
}

function outage(cause: unknown): never {
  throw new EtcdOutage(cause);
}

interface Refused {
  readonly code?: number;
  readonly grpc_code?: number;
  readonly message?: string;
}

function toRefusal(statusCode: number, text: string): EtcdRefusal {
  try {
    const { code, message } = JSON.parse(text) as Refused;
    if (code !== undefined && message !== undefined) return new EtcdRefusal(code, message);
  } catch {
    // Not what its gateway says: something before it.
  }
  return new EtcdRefusal(0, `status ${statusCode}, ${text.trim().slice(0, 200) || 'without a text'}`);
}

async function* linesOf(body: Dispatcher.ResponseData['body']): AsyncGenerator<string> {
  body.setEncoding('utf8');
  let begun = '';
  const chunks = (body as AsyncIterable<string>)[Symbol.asyncIterator]();
  for (
    let chunk = await chunks.next().catch(outage);
    !chunk.done;
    chunk = await chunks.next().catch(outage)
  ) {
    const lines = (begun + chunk.value).split('\n');
    begun = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
}
