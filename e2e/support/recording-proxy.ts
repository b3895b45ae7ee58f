import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as ask, createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type SeenBody, seenBody } from './request-body.ts';
import type { Sallyport } from './sallyport.ts';

export interface ClientRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly contentType: string | undefined;
  /** What a client would have as answer; not known of what was recorded elsewhere. */
  readonly accept?: string | undefined;
  /** What it would have the connection become: a WebSocket's subprotocol, or else a protocol. */
  readonly upgrade?: string | undefined;
  /** Undefined for a request without one. */
  readonly body?: SeenBody | undefined;
  /** 0 until it is answered. */
  readonly code: number;
}

/** Stands between a client and the gateway, with the gateway's own certificate, and keeps what was asked. */
export interface RecordingProxy {
  readonly url: string;
  /** What was asked and answered since the last call, in the order of the questions. */
  take(): readonly ClientRequest[];
  /** Until so many have been answered since the last `take`. */
  answered(count: number): Promise<void>;
  close(): void;
}

export async function startRecordingProxy(sallyport: Sallyport): Promise<RecordingProxy> {
  const [key, cert, ca] = await Promise.all(
    ['gateway.key', 'gateway.crt', 'ca.crt'].map((name) => readFile(join(sallyport.dataDir, name))),
  );
  const { hostname: host, port } = new URL(sallyport.gateway);
  let seen: { -readonly [name in keyof ClientRequest]: ClientRequest[name] }[] = [];
  const sockets = new Set<Socket>();

  const answers = new EventEmitter();
  const keep = ({ method = '', url: target = '', headers }: IncomingMessage) => {
    const upgrade = headers['sec-websocket-protocol'] ?? headers.upgrade;
    const one: (typeof seen)[number] = {
      method,
      target,
      contentType: headers['content-type'],
      accept: headers.accept,
      upgrade,
      code: 0,
    };
    seen.push(one);
    return one;
  };
  const server = createServer({ key, cert }, (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const one = keep(request);
    const forwarded = ask({ host, port, ca, method, path, headers, agent: false }, (answer) => {
      one.code = answer.statusCode ?? 0;
      answers.emit('answer');
      response.writeHead(one.code, answer.rawHeaders);
      // Who watches waits for the headers before there is an event.
      response.flushHeaders();
      answer.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    response.once('close', () => forwarded.destroy());
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      one.body = seenBody(Buffer.concat(chunks), one.contentType);
    });
    request.pipe(forwarded);
  });
  server.on('upgrade', (request, client: Duplex, head: Buffer) => {
    const { method = '', url: path = '', headers } = request;
    const one = keep(request);
    const forwarded = ask({ host, port, ca, method, path, headers, agent: false });
    client.on('error', () => forwarded.destroy());
    forwarded.on('error', () => client.destroy());
    const answered = ({ statusCode = 0, statusMessage, rawHeaders }: IncomingMessage) => {
      one.code = statusCode;
      answers.emit('answer');
      const lines = rawHeaders.flatMap((name, at) =>
        at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : [],
      );
      client.write(`HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('\r\n')}\r\n\r\n`);
    };
    forwarded.on('response', (answer) => {
      answered(answer);
      answer.pipe(client);
    });
    forwarded.on('upgrade', (answer, upstream: Duplex, first: Buffer) => {
      answered(answer);
      client.write(first);
      upstream.write(head);
      upstream.on('error', () => client.destroy());
      upstream.pipe(client);
      client.pipe(upstream);
    });
    forwarded.end();
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = seen;
      seen = [];
      return taken;
    },
    async answered(count) {
      while (seen.filter(({ code }) => code !== 0).length < count) await once(answers, 'answer');
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
