import { gzipSync } from 'node:zlib';
import { answerWith, type Fault } from './faulty-api.ts';

/** What a client must see of an answer that the API server spoils. */
export interface SpoiledAnswer {
  readonly status: number;
  /** Whether it must be seen to be incomplete. */
  readonly cut: boolean;
  /** undefined: any, up to the cut. */
  readonly body?: string;
}

const NONE: SpoiledAnswer = { status: 503, cut: false };
const CUT: SpoiledAnswer = { status: 200, cut: true };
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
/** Must never be anybody's answer. */
const POISON = answerWith('200 OK', '{"poison":true}');
const GZIPPED = gzipSync(Buffer.alloc(10_000, 'gzipped '));

/** Writes bytes, and breaks the connection when the client has seen something of them. */
const thenReset =
  (...parts: readonly (string | Buffer)[]): Fault =>
  (socket) => {
    for (const part of parts) socket.write(part);
    return () => void socket.resetAndDestroy();
  };

const thenEnd =
  (...parts: readonly (string | Buffer)[]): Fault =>
  (socket) => {
    for (const part of parts) socket.write(part);
    return () => void socket.end();
  };

/** Writes bytes, and leaves the connection open. */
const only =
  (text: string): Fault =>
  (socket) => {
    socket.write(text);
    return undefined;
  };

const endingWith =
  (text: string): Fault =>
  (socket) => {
    socket.end(text);
    return undefined;
  };

/** Writes again and again until the connection ends. */
const endlessly =
  (text: string): Fault =>
  (socket) => {
    const many = text.repeat(100);
    const write = () => {
      // A turn for others in between: the loopback takes everything at once.
      if (!socket.destroyed) socket.write(many, () => setImmediate(write));
    };
    write();
    return undefined;
  };

/** Ways in which an answer goes wrong. After each of them the connection to the API server must be gone. */
export const UPSTREAM_FAULTS: Readonly<Record<string, readonly [Fault, SpoiledAnswer]>> = {
  'a reset before the headers': [(socket) => void socket.resetAndDestroy() as undefined, NONE],
  'an end before the headers': [endingWith(''), NONE],
  'a reset within the headers': [
    (socket) => void socket.write(HEAD, () => socket.resetAndDestroy()) as undefined,
    NONE,
  ],
  'an end within the headers': [endingWith(HEAD), NONE],
  'a reset within a body of known length': [thenReset(`${HEAD}Content-Length: 100\r\n\r\n{"part`), CUT],
  'a reset within a chunk': [thenReset(`${CHUNKED}ff\r\n{"part`), CUT],
  'a reset between chunks': [thenReset(`${CHUNKED}6\r\n{"part\r\n`), CUT],
  'an end between chunks': [thenEnd(`${CHUNKED}6\r\n{"part\r\n`), CUT],
  'an end after the headers': [thenEnd(CHUNKED), CUT],
  'a reset within a gzip body': [
    thenReset(
      `${HEAD}Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n`,
      GZIPPED.subarray(0, 16),
      '\r\n',
    ),
    CUT,
  ],
  'a reset within a body that closes its connection': [
    thenReset(`${HEAD}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"part\r\n`),
    CUT,
  ],
  'a reset within a body without a length': [thenReset(`${HEAD}Connection: close\r\n\r\n{"part`), CUT],
  'a Content-Length that is too long': [thenEnd(`${HEAD}Content-Length: 1000\r\n\r\n{"all":1}`), CUT],
  'a Content-Length that is too short': [
    only(`${HEAD}Content-Length: 2\r\n\r\n{}{"surplus":1}`),
    { status: 200, cut: false, body: '{}' },
  ],
  'a second answer behind the first': [
    only(answerWith('200 OK', '{}') + POISON),
    { status: 200, cut: false, body: '{}' },
  ],
  'a second answer later': [
    (socket) => {
      socket.write(answerWith('200 OK', '{}'));
      return () => void socket.write(POISON);
    },
    { status: 200, cut: false, body: '{}' },
  ],
  'a 304 with a body': [
    only(`HTTP/1.1 304 Not Modified\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`),
    { status: 304, cut: false, body: '' },
  ],
  'a 204 with a body': [
    only(`HTTP/1.1 204 No Content\r\n\r\n${POISON}`),
    { status: 204, cut: false, body: '' },
  ],
  'an unsolicited 101': [
    only('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    NONE,
  ],
  'an unsolicited 100': [only('HTTP/1.1 100 Continue\r\n\r\n'), NONE],
  'a flood of 103': [endlessly('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'), NONE],
  'a chunk size that is none': [only(`${CHUNKED}zz\r\n{}\r\n0\r\n\r\n`), CUT],
  'a negative chunk size': [only(`${CHUNKED}-2\r\n{}\r\n0\r\n\r\n`), CUT],
  'a chunk size beyond all numbers': [only(`${CHUNKED}fffffffffffffffffff\r\n{}`), CUT],
  'a header block of a megabyte': [endingWith(`${HEAD}X-Long: ${'x'.repeat(1 << 20)}\r\n\r\n{}`), NONE],
  'headers without end': [endlessly(`X-More: ${'x'.repeat(1000)}\r\n`), NONE],
  'two lengths': [only(`${HEAD}Content-Length: 2\r\nContent-Length: 15\r\n\r\n{}`), NONE],
  'a length and chunks': [
    only(`${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
    NONE,
  ],
  'a line break within a header': [only(`${HEAD}X-Broken: a\rb\r\nContent-Length: 2\r\n\r\n{}`), NONE],
  'no HTTP': [only('SSH-2.0-OpenSSH_9.6\r\n'), NONE],
};
