import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';

export interface AnswerHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: OutgoingHttpHeaders;
}

/**
 * An answer that stays in the process: a target writes it as if to a client, and who asked reads it. No faster than it is
 * read, since it is a stream; destroying it is the client that leaves.
 */
export class InnerResponse extends PassThrough {
  statusCode = 200;
  headersSent = false;
  /** For who follows an answer by its connection. */
  readonly req: IncomingMessage | undefined;
  /** Rejects when the answer ends before it began. */
  readonly head: Promise<AnswerHead>;
  readonly #headers = new Map<string, number | string | string[]>();
  #tell!: (head: AnswerHead) => void;

  /** @param request that is answered, where a pipeline does and not only a target */
  constructor(request?: IncomingMessage) {
    super({ highWaterMark: 65_536 });
    this.req = request;
    this.head = new Promise((resolve, reject) => {
      this.#tell = resolve;
      this.once('error', reject);
      this.once('close', () => reject(new Error('no answer')));
    });
    // Whoever stops waiting for the head is not to be told of it by the process' end.
    this.head.catch(() => {});
    this.on('error', () => {});
  }

  /** For targets, which write to a ServerResponse: this has all of it that they use. */
  asServerResponse(): ServerResponse {
    return this as unknown as ServerResponse;
  }

  setHeader(name: string, value: number | string | readonly string[]): this {
    this.#headers.set(name.toLowerCase(), typeof value === 'object' ? [...value] : value);
    return this;
  }

  appendHeader(name: string, value: string | readonly string[]): this {
    const before = this.#headers.get(name.toLowerCase());
    const all = [before ?? [], value].flat().map(String);
    return this.setHeader(name, all);
  }

  getHeader(name: string): number | string | string[] | undefined {
    return this.#headers.get(name.toLowerCase());
  }

  hasHeader(name: string): boolean {
    return this.#headers.has(name.toLowerCase());
  }

  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase());
  }

  /** @param headers as ServerResponse takes them: an object, or names and values alternating */
  writeHead(status: number, headers: OutgoingHttpHeaders | readonly string[] = {}): this {
    this.statusCode = status;
    if (isList(headers)) {
      for (let at = 0; at < headers.length; at += 2) this.removeHeader(headers[at] ?? '');
      for (let at = 0; at < headers.length; at += 2) this.#give(headers[at] ?? '', headers[at + 1] ?? '');
    } else
      for (const [name, value] of Object.entries(headers))
        if (value !== undefined) this.setHeader(name, value);
    this.flushHeaders();
    return this;
  }

  #give(name: string, value: string): void {
    if (this.hasHeader(name)) this.appendHeader(name, value);
    else this.setHeader(name, value);
  }

  flushHeaders(): void {
    if (this.headersSent) return;
    this.headersSent = true;
    this.#tell({ status: this.statusCode, headers: Object.fromEntries(this.#headers) });
  }

  override _transform(...given: Parameters<PassThrough['_transform']>): void {
    this.flushHeaders();
    super._transform(...given);
  }

  override _flush(callback: () => void): void {
    this.flushHeaders();
    callback();
  }
}

function isList(headers: OutgoingHttpHeaders | readonly string[]): headers is readonly string[] {
  return Array.isArray(headers);
}
