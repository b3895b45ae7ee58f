import type { IncomingHttpHeaders } from 'node:http';
import { createWebSocketStream, type WebSocket } from 'ws';
import type { UpgradeOffer } from '../upgrade-offer.ts';
import { acceptSpdy } from './accept-spdy.ts';
import { acceptWebSocket } from './accept-websocket.ts';
import type { ForwardedPorts } from './forwarded-ports.ts';
import { chooseStreamProtocol, chooseSubprotocol, listed, UpgradeRefused } from './negotiate-protocol.ts';
import { portChannelProtocols, servePortChannels } from './port-channels.ts';
import { type SpdyConnection, type SpdyStream, serveSpdy } from './spdy/index.ts';
import { closeWebSocket } from './websocket-channels.ts';

const streamProtocol = 'portforward.k8s.io';
/** The same SPDY bytes, in the messages of a WebSocket. Source: KEP-4006. */
const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io';

/** Half of a pair that has not come yet. */
const maxHalves = 256;

/**
 * Serves port-forward on an upgraded connection: each connection to the client's port is two streams, one for errors and
 * one for bytes. Throws UpgradeRefused.
 * @param numbers the ports of a client that names them beforehand Resolves when the client has left.
 * Source: Kubernetes kubelet cri/streaming/portforward/httpstream.go.
 */
export async function servePortForward(
  offer: UpgradeOffer,
  headers: IncomingHttpHeaders,
  numbers: readonly number[],
  ports: ForwardedPorts,
  closing: AbortSignal,
): Promise<void> {
  const pair = pairStreams(ports);
  let connection: SpdyConnection;
  if (offer.protocol === 'websocket') {
    const served = [tunnelProtocol, ...portChannelProtocols];
    const protocol = chooseSubprotocol(listed(headers['sec-websocket-protocol']), served, true) ?? '';
    if (protocol !== tunnelProtocol) confirmPorts(numbers);
    const socket = acceptWebSocket(offer, headers, protocol);
    if (protocol !== tunnelProtocol) {
      endWith(closing, socket);
      return servePortChannels(socket, numbers, ports, protocol.includes('base64'));
    }
    connection = serveSpdy(createWebSocketStream(socket), pair);
  } else {
    const protocol = chooseStreamProtocol(listed(headers['x-stream-protocol-version']), [streamProtocol]);
    connection = acceptSpdy(offer, protocol, pair);
  }
  const end = () => connection.end();
  closing.addEventListener('abort', end);
  if (closing.aborted) end();
  await connection.over;
  closing.removeEventListener('abort', end);
}

/** Two channels each, of 256. */
const maxPorts = 64;

function confirmPorts(numbers: readonly number[]): void {
  if (numbers.length === 0) throw new UpgradeRefused(400, 'query parameter "ports" is required');
  const isWrong = numbers.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
  if (isWrong || numbers.length > maxPorts) throw new UpgradeRefused(400, 'query parameter "ports" is wrong');
}

function endWith(closing: AbortSignal, socket: WebSocket): void {
  const end = () => void closeWebSocket(socket);
  closing.addEventListener('abort', end);
  socket.once('close', () => closing.removeEventListener('abort', end));
}

function pairStreams(ports: ForwardedPorts): (stream: SpdyStream) => void {
  const errors = new Map<string, SpdyStream>();
  const data = new Map<string, SpdyStream>();

  return (stream) => {
    const id = stream.headers.get('requestid') ?? '';
    const type = stream.headers.get('streamtype');
    const halves = type === 'error' ? errors : type === 'data' ? data : undefined;
    if (halves === undefined || id === '' || halves.has(id) || halves.size >= maxHalves) {
      stream.destroy();
      return;
    }
    halves.set(id, stream);
    stream.once('close', () => {
      if (halves.get(id) === stream) halves.delete(id);
    });
    const error = errors.get(id);
    const bytes = data.get(id);
    if (error === undefined || bytes === undefined) return;
    errors.delete(id);
    data.delete(id);
    void forward(ports, error, bytes);
  };
}

async function forward(ports: ForwardedPorts, error: SpdyStream, data: SpdyStream): Promise<void> {
  // The client says nothing on it; to read on is how its end is noticed.
  error.resume();
  const port = Number(data.headers.get('port'));
  const problem = await ports.connect(port, data).catch(() => 'the connection failed');
  if (problem !== undefined) {
    error.end(problem);
    data.resume();
    data.end();
  } else {
    error.end();
  }
}
