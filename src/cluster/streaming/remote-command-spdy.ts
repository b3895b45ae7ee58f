import type { IncomingHttpHeaders } from 'node:http';
import type { UpgradeOffer } from '../upgrade-offer.ts';
import { acceptSpdy } from './accept-spdy.ts';
import { chooseStreamProtocol, listed } from './negotiate-protocol.ts';
import { outcomeText, type RemoteStreams, readTerminalSize, type StreamChoice } from './remote-streams.ts';
import type { SpdyStream } from './spdy/index.ts';

const protocols = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'];

/** How long the client may take to open its streams. Source: kubelet, DefaultStreamCreationTimeout. */
const streamCreationMs = 30_000;
/** Characters of one size that may wait to be complete. */
const maxResizeText = 1024;

/** Exec or attach over SPDY/3.1. Source: Kubernetes kubelet cri/streaming/remotecommand/httpstream.go. */
export async function spdyRemoteCommand(
  offer: UpgradeOffer,
  headers: IncomingHttpHeaders,
  choice: StreamChoice,
  closing: AbortSignal,
): Promise<RemoteStreams | undefined> {
  const protocol = chooseStreamProtocol(listed(headers['x-stream-protocol-version']), protocols);
  const level = Number(/^v(\d)\./.exec(protocol)?.[1] ?? 1);
  const wanted = wantedStreams(choice, level);
  const streams = new Map<string, SpdyStream>();
  let complete: (() => void) | undefined;
  const opened = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), streamCreationMs);
    timer.unref();
    complete = () => {
      clearTimeout(timer);
      resolve(wanted.every((type) => streams.has(type)));
    };
  });
  const connection = acceptSpdy(offer, protocol, (stream) => {
    const type = stream.headers.get('streamtype') ?? '';
    if (!wanted.includes(type) || streams.has(type)) {
      stream.destroy();
      return;
    }
    streams.set(type, stream);
    if (streams.size === wanted.length) complete?.();
  });
  const gone = new AbortController();
  const giveUp = () => complete?.();
  closing.addEventListener('abort', giveUp);
  void connection.over.then(() => {
    gone.abort();
    giveUp();
    closing.removeEventListener('abort', giveUp);
  });
  if (!(await opened)) {
    connection.end();
    return undefined;
  }
  // Nothing comes on these; to read on is how their end is noticed.
  for (const type of ['error', 'stdout', 'stderr']) streams.get(type)?.resume();
  const error = streams.get('error');
  return {
    stdin: streams.get('stdin'),
    stdout: streams.get('stdout'),
    stderr: streams.get('stderr'),
    onResize: (listener) => followResize(streams.get('resize'), listener),
    gone: gone.signal,
    async finish(outcome) {
      const text = outcomeText(outcome, level >= 4);
      for (const type of ['stdout', 'stderr']) await ended(streams.get(type));
      await ended(error, text);
      connection.end();
      await connection.over;
    },
  };
}

function wantedStreams(choice: StreamChoice, level: number): string[] {
  const wanted = ['error'];
  if (choice.stdin) wanted.push('stdin');
  if (choice.stdout) wanted.push('stdout');
  if (choice.stderr && !choice.tty) wanted.push('stderr');
  if (choice.tty && level >= 3) wanted.push('resize');
  return wanted;
}

function ended(stream: SpdyStream | undefined, text = ''): Promise<void> {
  return new Promise((resolve) => {
    if (stream === undefined || stream.destroyed) {
      resolve();
      return;
    }
    stream.once('close', resolve);
    if (text === '') stream.end(() => resolve());
    else stream.end(text, () => resolve());
  });
}

/** Sizes follow one another as JSON objects; none has an object in it. */
function followResize(
  stream: SpdyStream | undefined,
  listener: Parameters<RemoteStreams['onResize']>[0],
): void {
  let text = '';
  stream?.on('data', (data: Buffer) => {
    text += data.toString('latin1');
    for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}')) {
      const size = readTerminalSize(text.slice(0, end + 1));
      if (size !== undefined) listener(size);
      text = text.slice(end + 1);
    }
    if (text.length > maxResizeText) text = '';
  });
}
