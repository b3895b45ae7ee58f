import { fieldsOf } from './header-block.ts';
import {
  type Field,
  type Frame,
  flag,
  frame,
  framesOf,
  frameType,
  headers,
  PREFACE,
} from './http2-frames.ts';
import { connectRaw, type RawConnection, sendRaw, statusesOf } from './raw-tls.ts';
import type { Sallyport } from './sallyport.ts';

type Gateway = Pick<Sallyport, 'gateway' | 'dataDir'>;

export interface RawRequest {
  readonly method?: string;
  /** Byte for byte. */
  readonly target: string;
  readonly headers?: readonly Field[];
  readonly body?: string;
}

export interface RawAnswer {
  /** undefined when there was none: the stream was reset, or the connection closed. */
  readonly status: number | undefined;
  /** All bytes of the answer over HTTP/1.1; its body over HTTP/2. */
  readonly text: string;
  /** The answer's header fields, a line each. */
  readonly head: string;
}

/** One request on a connection of its own, written by hand. */
export type SendRequest = (gateway: Gateway, request: RawRequest) => Promise<RawAnswer>;

export const overHttp1: SendRequest = async (
  gateway,
  { method = 'GET', target, headers: fields = [], body = '' },
) => {
  const hasHost = fields.some(([name]) => name.toLowerCase() === 'host');
  const lines = fields.map(([name, value]) => `${name}: ${value}`);
  if (body !== '') lines.push(`Content-Length: ${body.length}`);
  const head = [
    `${method} ${target} HTTP/1.1`,
    ...(hasHost ? [] : ['Host: localhost']),
    'Connection: close',
    ...lines,
  ];
  const text = await sendRaw(gateway, `${head.join('\r\n')}\r\n\r\n${body}`);
  return { status: statusesOf(text)[0], text, head: text.split('\r\n\r\n')[0] ?? '' };
};

export const overHttp2: SendRequest = async (
  gateway,
  { method = 'GET', target, headers: fields = [], body = '' },
) => {
  const pseudo: Field[] = [
    [':method', method],
    [':scheme', 'https'],
    [':authority', 'localhost'],
    [':path', target],
  ];
  const lower = fields.map(([name, value]): Field => [name.toLowerCase(), value]);
  return sendFields(gateway, [...pseudo, ...lower], body);
};

/** The same table of requests for both protocols. */
export const protocols: readonly (readonly [name: string, send: SendRequest])[] = [
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
];

/** One HTTP/2 request of exactly these fields, pseudo-headers included. @param trailer fields after the body */
export async function sendFields(
  gateway: Gateway,
  fields: readonly Field[],
  body = '',
  trailer: readonly Field[] = [],
): Promise<RawAnswer> {
  const connection = await connectHttp2(gateway);
  const bodyEnds = trailer.length === 0 ? flag.endStream : 0;
  connection.write(headers(1, fields, body === '' ? bodyEnds : 0));
  if (body !== '') connection.write(frame(frameType.data, bodyEnds, 1, body));
  if (trailer.length > 0) connection.write(headers(1, trailer, flag.endStream));
  const answer = await connection.answer(1);
  connection.socket.destroy();
  return answer;
}

export interface Http2Connection extends RawConnection {
  frames(): Frame[];
  /** Waits for a stream's end, a GOAWAY that ends it or the connection's end. */
  answer(stream: number): Promise<RawAnswer>;
  /** Waits for the answer to a PING sent now: everything that was sent before has been read. */
  ping(): Promise<void>;
}

/** A connection that has sent its preface. */
export async function connectHttp2(
  gateway: Gateway,
  { servername = 'localhost' } = {},
): Promise<Http2Connection> {
  const connection = await connectRaw(gateway, { alpn: 'h2', servername });
  connection.write(PREFACE);
  const frames = () => framesOf(Buffer.from(connection.text(), 'latin1'));
  let pings = 0;
  return {
    ...connection,
    frames,
    async answer(stream) {
      await connection.when(() => frames().some((each) => isEnd(each, stream)));
      const own = frames().filter((each) => each.stream === stream);
      const head = own.find(({ type }) => type === frameType.headers);
      const data = own.filter(({ type }) => type === frameType.data).map(({ payload }) => payload);
      const [[, status] = [], ...fields] = head === undefined ? [] : fieldsOf(head.payload);
      return {
        status: status === undefined ? undefined : Number(status),
        text: Buffer.concat(data).toString('latin1'),
        head: fields.map((field) => field.join(': ')).join('\r\n'),
      };
    },
    async ping() {
      const payload = Buffer.from(String(++pings).padStart(8, '0'));
      connection.write(frame(frameType.ping, 0, 0, payload));
      await connection.when(() =>
        frames().some(
          ({ type, flags, payload: echoed }) =>
            type === frameType.ping && flags === flag.ack && echoed.equals(payload),
        ),
      );
    },
  };
}

function isEnd({ type, flags, stream, payload }: Frame, wanted: number): boolean {
  // One without an error leaves the streams that it has seen to their end.
  if (type === frameType.goaway) return payload.readUInt32BE(4) !== 0 || payload.readUInt32BE(0) < wanted;
  if (stream !== wanted) return false;
  if (type === frameType.rstStream) return true;
  return (type === frameType.data || type === frameType.headers) && (flags & flag.endStream) !== 0;
}
