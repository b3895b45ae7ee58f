import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  /** As they came: names and values alternating. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Seen {
  /** Requests that came whole, in this order. */
  readonly requests: readonly SeenRequest[];
  /** Every byte that came (latin1), one item a connection. */
  readonly bytes: readonly string[];
}

export interface RecordingUpstream {
  readonly url: string;
  /** What came since the last call, but for the gateway's own questions. */
  take(): Seen;
  /** Connections that are open now. */
  open(): number;
  close(): void;
}

export type Upgraded = (request: IncomingMessage, socket: Socket) => void;
/** The bytes with which a request is answered, after which the connection ends; undefined: as any other. */
export type Answered = (request: SeenRequest) => string | undefined;

export interface UpstreamOptions {
  readonly answered?: Answered | undefined;
  /** The bytes with which a request's answer begins, after which nothing comes; undefined: as any other. */
  readonly begun?: Answered | undefined;
  /** Answers requests for another protocol; without it they are answered like any other. */
  readonly upgraded?: Upgraded | undefined;
}

/** What the gateway asks as itself, over connections of its own. */
const OWN = /^(?:GET \/readyz|POST \/apis\/authorization\.k8s\.io\/)/;

/** An API server that answers each request with what it has read of it, and keeps every byte. */
export async function startRecordingUpstream({
  answered,
  begun,
  upgraded,
}: UpstreamOptions = {}): Promise<RecordingUpstream> {
  let requests: SeenRequest[] = [];
  let connections: { text: string }[] = [];
  const open = new Set<Socket>();
  // Many groups are many lines; kube-apiserver takes a mebibyte of headers.
  const http = createHttpServer({ maxHeaderSize: 1 << 20 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request;
      const seen = { method, url, rawHeaders, body: Buffer.concat(chunks).toString('latin1') };
      if (OWN.test(`${method} ${url}`)) return answerOwn(url, response);
      requests.push(seen);
      const bytes = answered?.(seen);
      if (bytes !== undefined) return void response.socket?.end(bytes, 'latin1');
      const beginning = begun?.(seen);
      if (beginning !== undefined) return void response.socket?.write(beginning, 'latin1');
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(seen));
    });
  });
  if (upgraded !== undefined) {
    http.on('upgrade', (request, socket) => {
      const { method = '', url = '', rawHeaders } = request;
      requests.push({ method, url, rawHeaders, body: '' });
      upgraded(request, socket as Socket);
      // Node stops the flow when it hands a connection over; every byte of it is kept here, too.
      socket.resume();
    });
  }
  const server = createServer((socket) => {
    const recorded = { text: '' };
    connections.push(recorded);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => {});
    http.emit('connection', socket);
    socket.on('data', (chunk) => {
      if (!connections.includes(recorded)) connections.push(recorded);
      recorded.text += chunk.toString('latin1');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const bytes = connections.map(({ text }) => text).filter((text) => text !== '' && !OWN.test(text));
      for (const connection of connections) connection.text = '';
      const seen = { requests, bytes };
      requests = [];
      connections = [];
      return seen;
    },
    open: () => open.size,
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

function answerOwn(url: string, response: ServerResponse): void {
  if (url === '/readyz') return void response.end('ok');
  response.writeHead(201, { 'content-type': 'application/json' });
  const allowed = url.endsWith('accessreviews');
  response.end(
    JSON.stringify({ status: allowed ? { allowed } : { resourceRules: [], nonResourceRules: [] } }),
  );
}
