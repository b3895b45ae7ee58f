import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { Agent, request } from 'node:https';
import type { Writable } from 'node:stream';

export type HttpVersion = 'HTTP/1.1' | 'HTTP/2';

export interface Question {
  readonly target: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** The answer's headers or a part of its body have come. */
  onPart?(): void;
  readonly signal?: AbortSignal;
}

export interface ClientAnswer {
  /** 0 when none came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The connection or stream broke before the answer's end: nobody could take it for whole. */
  readonly cut: boolean;
}

/** A client that reuses its connections, and tells a whole answer from a broken one. */
export interface GatewayClient {
  ask(question: Question): Promise<ClientAnswer>;
  /** A request whose body is the caller's to write, and whose answer nobody reads. */
  open(question: Question): { readonly writable: Writable; destroy(): void };
  close(): void;
}

/** @param ca PEM */
export function openGatewayClient(version: HttpVersion, origin: string, ca: string): GatewayClient {
  return version === 'HTTP/2' ? overHttp2(origin, ca) : overHttp1(origin, ca);
}

function overHttp1(origin: string, ca: string): GatewayClient {
  const agent = new Agent({ keepAlive: true, ca, ALPNProtocols: ['http/1.1'] });
  return {
    ask: ({ target, method = 'GET', headers = {}, body, onPart, signal }) =>
      new Promise((done) => {
        // Node would send the body of a DELETE without saying where it ends.
        const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
        const options = {
          method,
          headers: { ...headers, ...length },
          agent,
          ...(signal === undefined ? {} : { signal }),
        };
        const asked = request(origin + target, options, (answer) => {
          let text = '';
          const end = (cut: boolean) => {
            done({ status: answer.statusCode ?? 0, headers: answer.headers, body: text, cut });
            // What is not sent by now, nobody wants any more.
            if (!asked.writableFinished) asked.destroy();
          };
          onPart?.();
          answer.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
            onPart?.();
          });
          answer.on('end', () => end(!answer.complete)).on('error', () => end(true));
        });
        asked.on('error', () => done({ status: 0, headers: {}, body: '', cut: true }));
        asked.end(body);
      }),
    open({ target, method = 'GET', headers = {} }) {
      const writable = request(origin + target, { method, headers, agent }, (answer) => answer.pause());
      writable.on('error', () => {});
      if (method === 'GET') writable.end();
      return { writable, destroy: () => void writable.destroy() };
    },
    close: () => agent.destroy(),
  };
}

function overHttp2(origin: string, ca: string): GatewayClient {
  let session: ClientHttp2Session | undefined;
  const connected = () => {
    if (session === undefined || session.closed || session.destroyed) {
      // Megabytes: Node counts what a cancelled stream has not sent for as long as the session lives.
      session = connect(origin, { ca, maxSessionMemory: 1000 });
      session.on('error', () => {});
    }
    return session;
  };
  return {
    ask: ({ target, method = 'GET', headers = {}, body, onPart, signal }) =>
      new Promise((done) => {
        const stream = connected().request(
          { ':path': target, ':method': method, ...headers },
          { endStream: body === undefined, ...(signal === undefined ? {} : { signal }) },
        );
        let answered: Record<string, string | string[] | undefined> = {};
        let text = '';
        let ended = false;
        stream.on('response', (got) => {
          answered = got as typeof answered;
          onPart?.();
        });
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          onPart?.();
        });
        const end = (cut: boolean) =>
          done({ status: Number(answered[':status'] ?? 0), headers: answered, body: text, cut });
        stream
          .on('error', () => {})
          .on('end', () => {
            ended = true;
            if (stream.writableFinished) return;
            end(false);
            // What is not sent by now, nobody wants any more.
            stream.destroy();
          });
        stream.once('close', () => end(!ended || stream.rstCode !== constants.NGHTTP2_NO_ERROR));
        if (body !== undefined) stream.end(body);
      }),
    open({ target, method = 'GET', headers = {} }) {
      const fields = { ':path': target, ':method': method, ...headers };
      const writable = connected().request(fields, { endStream: method === 'GET' });
      writable.on('error', () => {});
      return { writable, destroy: () => void writable.close(constants.NGHTTP2_CANCEL) };
    },
    close: () => session?.destroy(),
  };
}
