import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2';
import { connect, type Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

/** One answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case; several of one name joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The connection, or the stream, was ended without an answer. */
export const NO_ANSWER: WireAnswer = { status: 0, headers: {}, body: '' };

export interface WireRequest {
  readonly method: string;
  /** The request target, byte for byte. */
  readonly target: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** Opens a connection on which HTTP/1.1 is spoken. */
export type Connect = () => Socket;

/** @returns a function that connects without TLS */
export function plainly(port: number): Connect {
  return () => connect(port, '127.0.0.1');
}

/** Sends a request on a connection of its own, as the recordings did. */
export function overHttp1(connecting: Connect, { method, target, headers = [], body }: WireRequest) {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  if (!names.has('connection')) lines.push('Connection: close');
  if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  const head = [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1:16443', ...lines, '', ''].join('\r\n');
  return bytesOverHttp1(connecting, Buffer.from(head + (body ?? ''), 'utf8'));
}

/** Sends bytes as they are, and reads until the server closes. */
export async function bytesOverHttp1(connecting: Connect, bytes: Buffer): Promise<WireAnswer> {
  const socket = connecting();
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return parseAnswer(Buffer.concat(chunks));
}

function parseAnswer(bytes: Buffer): WireAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return NO_ANSWER;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const rest = bytes.subarray(end + 4);
  const body = headers['transfer-encoding'] === 'chunked' ? dechunked(rest) : rest;
  return { status: Number(statusLine.split(' ')[1]), headers, body: body.toString('utf8') };
}

function dechunked(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const line = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (!(size > 0)) break;
    chunks.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}

export interface Http2Client {
  /** Sends a request as one stream. A stream that the server resets has no answer. */
  ask(request: WireRequest): Promise<WireAnswer>;
  close(): void;
}

/**
 * A client over HTTP/2 that opens a connection anew when the server has said the end of the last one (GOAWAY), and sends again
 * what that one has not seen (RFC 9113 §6.8).
 * @param tls with the authority of the server's certificate
 */
export function openHttp2(port: number, tls: SecureContextOptions): Http2Client {
  let session: ClientHttp2Session | undefined;
  async function connected(): Promise<ClientHttp2Session> {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    session = connectHttp2(`https://127.0.0.1:${port}`, tls).on('error', () => {});
    await once(session, 'connect');
    return session;
  }
  async function ask(request: WireRequest): Promise<WireAnswer> {
    return (await overHttp2(await connected(), request)) ?? ask(request);
  }
  return { ask, close: () => session?.destroy() };
}

/** @returns undefined when the server says that it has not seen it */
function overHttp2(
  session: ClientHttp2Session,
  { method, target, headers = [], body }: WireRequest,
): Promise<WireAnswer | undefined> {
  const stream = session.request(
    { ':method': method, ':path': target, ...Object.fromEntries(headers) },
    { endStream: body === undefined },
  );
  if (body !== undefined) stream.end(body);
  let status = 0;
  const answered: Record<string, string> = {};
  const chunks: Buffer[] = [];
  stream.on('response', (received) => {
    for (const [name, value] of Object.entries(received)) {
      if (name === ':status') status = Number(value);
      else answered[name] = String(value);
    }
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {});
  return new Promise((resolve) => {
    stream.on('close', () => {
      const whole = Buffer.concat(chunks).toString('utf8');
      if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM && session.closed) return resolve(undefined);
      return resolve(stream.rstCode === 0 ? { status, headers: answered, body: whole } : NO_ANSWER);
    });
  });
}
