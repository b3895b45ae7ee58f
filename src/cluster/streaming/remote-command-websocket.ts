import type { IncomingHttpHeaders } from 'node:http';
import type { UpgradeOffer } from '../upgrade-offer.ts';
import { acceptWebSocket } from './accept-websocket.ts';
import { chooseSubprotocol, listed } from './negotiate-protocol.ts';
import { outcomeText, type RemoteStreams, readTerminalSize, type StreamChoice } from './remote-streams.ts';
import { createWebSocketChannels } from './websocket-channels.ts';

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;

const protocols = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
];

/** Exec or attach over a WebSocket. Source: Kubernetes kubelet cri/streaming/remotecommand/websocket.go, KEP-4006. */
export async function webSocketRemoteCommand(
  offer: UpgradeOffer,
  headers: IncomingHttpHeaders,
  choice: StreamChoice,
): Promise<RemoteStreams> {
  const protocol = chooseSubprotocol(listed(headers['sec-websocket-protocol']), protocols, false) ?? '';
  const socket = acceptWebSocket(offer, headers, protocol === '' ? undefined : protocol);
  const isStructured = protocol.startsWith('v');
  const channels = createWebSocketChannels(socket, protocol.includes('base64.'));
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  const stdin = choice.stdin ? channels.input(channel.stdin) : undefined;
  if (protocol !== 'v5.channel.k8s.io') await channels.send(firstWritable(choice), Buffer.alloc(0));
  return {
    stdin,
    stdout: choice.stdout ? channels.output(channel.stdout) : undefined,
    stderr: choice.stderr && !choice.tty ? channels.output(channel.stderr) : undefined,
    onResize(listener) {
      channels.onMessage(channel.resize, (data) => {
        const size = readTerminalSize(data.toString('utf8'));
        if (size !== undefined) listener(size);
      });
    },
    gone: gone.signal,
    async finish(outcome) {
      const text = outcomeText(outcome, isStructured);
      if (text !== '') await channels.send(channel.error, Buffer.from(text));
      await channels.end();
    },
  };
}

/** Before v5, an empty message tells the client that the connection stands. */
function firstWritable(choice: StreamChoice): number {
  if (choice.stdout) return channel.stdout;
  return choice.stderr && !choice.tty ? channel.stderr : channel.error;
}
