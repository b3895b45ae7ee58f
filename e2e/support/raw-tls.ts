import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import type { Sallyport } from './sallyport.ts';

/** A TLS connection to the gateway on which a test may write what no client library would. */
export interface RawConnection {
  readonly socket: TLSSocket;
  /** Breaks the connection off, with a RST. */
  reset(): void;
  /** Bytes as they are: each character is one. */
  write(bytes: string | Buffer): void;
  /** All that came so far, each byte a character. */
  text(): string;
  /** Waits until what came matches; fails when the connection closes before. */
  until(pattern: RegExp): Promise<string>;
  /** Waits until a condition holds that what comes can change, or until the connection closes. */
  when(isDone: () => boolean): Promise<void>;
  /** Waits until the server has closed, and gives all that came. */
  ended(): Promise<string>;
}

export async function connectRaw(
  sallyport: Pick<Sallyport, 'gateway' | 'dataDir'>,
  { alpn = 'http/1.1', servername = 'localhost' } = {},
): Promise<RawConnection> {
  const { hostname, port } = new URL(sallyport.gateway);
  const ca = readFileSync(join(sallyport.dataDir, 'ca.crt'));
  const bare = connectTcp(Number(port), hostname);
  const socket = connect({ socket: bare, ca, servername, ALPNProtocols: [alpn] });
  await once(socket, 'secureConnect');
  let text = '';
  let closed = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const check of waiting) check();
  };
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    wake();
  });
  // A server that refuses may reset what it has not read; what it answered before has been kept.
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
    wake();
  });
  const when = (isDone: () => boolean) =>
    new Promise<void>((done) => {
      const check = () => {
        if (!isDone() && !closed) return;
        waiting.delete(check);
        done();
      };
      waiting.add(check);
      check();
    });
  return {
    socket,
    reset: () => void bare.resetAndDestroy(),
    write: (bytes) => void socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    text: () => text,
    when,
    async until(pattern) {
      await when(() => pattern.test(text));
      if (!pattern.test(text)) throw new Error(`closed before ${pattern}: ${JSON.stringify(text)}`);
      return text;
    },
    async ended() {
      await when(() => false);
      return text;
    },
  };
}

/** Sends bytes on a connection of their own and gives all that came until the server closed it. */
export async function sendRaw(
  sallyport: Pick<Sallyport, 'gateway' | 'dataDir'>,
  bytes: string | Buffer,
): Promise<string> {
  const connection = await connectRaw(sallyport);
  connection.write(bytes);
  return connection.ended();
}

/** The status codes of the answers in a stream of HTTP/1.1 bytes. */
export function statusesOf(answer: string): number[] {
  return [...answer.matchAll(/(?:^|[^:])HTTP\/1\.1 (\d{3}) /g)].map(([, code]) => Number(code));
}
