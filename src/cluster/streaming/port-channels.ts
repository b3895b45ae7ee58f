import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ForwardedPorts } from './forwarded-ports.ts';
import { createWebSocketChannels } from './websocket-channels.ts';

export const portChannelProtocols = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

/**
 * Port-forward as browsers' and Node's clients have it: one connection to each port, on a channel for its bytes and one for
 * its error; the first message of both names the port. Resolves when all connections are over.
 * Source: Kubernetes kubelet cri/streaming/portforward/websocket.go.
 */
export async function servePortChannels(
  socket: WebSocket,
  numbers: readonly number[],
  ports: ForwardedPorts,
  isBase64: boolean,
): Promise<void> {
  const channels = createWebSocketChannels(socket, isBase64);

  async function serve(port: number, index: number): Promise<void> {
    const [bytes, errors] = [2 * index, 2 * index + 1];
    const stream = Duplex.from({ readable: channels.input(bytes), writable: channels.output(bytes) });
    stream.on('error', () => {});
    const name = Buffer.alloc(2);
    name.writeUInt16LE(port);
    await channels.send(bytes, name);
    await channels.send(errors, name);
    const problem = await ports.connect(port, stream).catch(() => 'the connection failed');
    if (problem !== undefined) await channels.send(errors, Buffer.from(problem));
  }

  await Promise.all(numbers.map(serve));
  await channels.end();
}
