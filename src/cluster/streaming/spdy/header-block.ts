import { createInflate, constants as zlib } from 'node:zlib';
import { headerDictionary } from './header-dictionary.ts';
import { SpdyProtocolError } from './protocol-error.ts';
import { uint32 } from './uint32.ts';

export type StreamHeaders = ReadonlyMap<string, string>;

export interface HeaderReader {
  /** The headers of a block. All blocks of a connection share one compression, so they are to be read in order. */
  read(block: Buffer): Promise<StreamHeaders>;
  close(): void;
}

/** Bytes of a block unpacked: a small block can make much out of little. */
const maxBlockLength = 64 * 1024;

/** Source: SPDY protocol draft 3.1, section 2.6.10. */
export function createHeaderReader(): HeaderReader {
  const inflate = createInflate({ dictionary: headerDictionary, flush: zlib.Z_SYNC_FLUSH });
  let parts: Buffer[] = [];
  let length = 0;
  let settle: ((error?: Error) => void) | undefined;
  const end = (error?: Error) => settle?.(error);
  inflate.on('error', () => end(new SpdyProtocolError('headers cannot be unpacked')));
  inflate.on('data', (part: Buffer) => {
    parts.push(part);
    length += part.length;
    if (length <= maxBlockLength) return;
    end(new SpdyProtocolError('headers are too long'));
    inflate.destroy();
  });

  return {
    async read(block) {
      parts = [];
      length = 0;
      if (inflate.destroyed) throw new SpdyProtocolError('headers cannot be unpacked');
      await new Promise<void>((resolve, reject) => {
        settle = (error) => (error === undefined ? resolve() : reject(error));
        inflate.write(block, () => end());
      });
      settle = undefined;
      return parseHeaders(Buffer.concat(parts));
    },
    close: () => void inflate.destroy(),
  };
}

function parseHeaders(block: Buffer): StreamHeaders {
  const headers = new Map<string, string>();
  let offset = 0;

  function number(): number {
    if (offset + 4 > block.length) throw new SpdyProtocolError('headers end early');
    offset += 4;
    return block.readUInt32BE(offset - 4);
  }

  function text(): string {
    const length = number();
    if (offset + length > block.length) throw new SpdyProtocolError('headers end early');
    offset += length;
    return block.toString('utf8', offset - length, offset);
  }

  for (let left = number(); left > 0; left--) {
    const name = text().toLowerCase();
    headers.set(name, text());
  }
  return headers;
}

/** An empty stored block: Go's reader hands over what it has only then. Source: zlib, Z_SYNC_FLUSH. */
const syncFlush = Buffer.from([0, 0, 0, 0xff, 0xff]);

const dictionaryId = 0xe3c6a7c2;

/**
 * Returns what packs this end's header blocks. They are empty or short, so they are zlib "stored" blocks: valid for every
 * reader, and made at once. Source: RFC 1950 section 2.2, RFC 1951 section 3.2.4.
 */
export function createHeaderWriter(): (headers: StreamHeaders) => Buffer {
  let isFirst = true;
  return (headers) => {
    const plain = plainBlock(headers);
    const stored = Buffer.alloc(5);
    stored.writeUInt16LE(plain.length, 1);
    stored.writeUInt16LE(~plain.length & 0xffff, 3);
    const start = isFirst ? zlibStart() : Buffer.alloc(0);
    isFirst = false;
    return Buffer.concat([start, stored, plain, syncFlush]);
  };
}

/** Deflate with a 32 KiB window, and the checksum of the dictionary. */
function zlibStart(): Buffer {
  const start = Buffer.from([0x78, 0xbb, 0, 0, 0, 0]);
  start.writeUInt32BE(dictionaryId, 2);
  return start;
}

function plainBlock(headers: StreamHeaders): Buffer {
  const parts = [uint32(headers.size)];
  for (const [name, value] of headers) parts.push(counted(name), counted(value));
  return Buffer.concat(parts);
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint32(bytes.length), bytes]);
}
