import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Answers HTTP on streams. It listens on nothing. */
export interface EchoServer {
  /** Resolves when the connection is over. */
  serve(stream: Duplex): Promise<void>;
}

/** What stands in for the programs that listen on containers' ports: it says what it was asked, in JSON. */
export function createEchoServer(hostname: string, port: number): EchoServer {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) =>
    answer(hostname, port, request, response),
  );
  return {
    serve: (stream) =>
      new Promise((resolve) => {
        stream.once('close', resolve);
        server.emit('connection', stream);
      }),
  };
}

function answer(hostname: string, port: number, request: IncomingMessage, response: ServerResponse): void {
  let bodyLength = 0;
  request.on('data', (data: Buffer) => {
    bodyLength += data.length;
  });
  request.on('end', () => {
    const { method, url, headers } = request;
    const body = `${JSON.stringify({ pod: hostname, port, method, path: url, headers, bodyLength }, undefined, 2)}\n`;
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.end(body);
  });
}
