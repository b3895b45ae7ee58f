import { blockLength, checksumOf, paddingOf, type TarMember } from './tar-header.ts';

export class TarError extends Error {
  override readonly name = 'TarError';
}

export interface TarSink {
  /** Returns where the member's content goes. */
  member(member: TarMember): (data: Buffer) => void;
}

export interface TarReader {
  /** Throws TarError for what is no archive. */
  push(data: Buffer): void;
  /** Throws TarError when the archive ended early. */
  end(): void;
}

/** Bytes of a name that is longer than a header holds. */
const maxExtension = 64 * 1024;

/** Reads ustar archives with pax and GNU long names as they come, in pieces of any size. */
export function createTarReader(sink: TarSink): TarReader {
  let held: Buffer = Buffer.alloc(0);
  /** Bytes of the current content that are still to come, and of what fills it up. */
  let left = 0;
  let padding = 0;
  let consume: (data: Buffer) => void = () => {};
  let finish: () => void = () => {};
  let longPath: string | undefined;
  let longSize: number | undefined;
  let isOver = false;

  function begin(header: Buffer): void {
    if (header.every((byte) => byte === 0)) {
      isOver = true;
      return;
    }
    if (numberAt(header, 148, 8) !== checksumOf(header)) {
      throw new TarError('This does not look like a tar archive');
    }
    const flag = String.fromCharCode(header[156] ?? 0);
    const size = numberAt(header, 124, 12);
    padding = paddingOf(size);
    left = size;
    if ('xgLK'.includes(flag)) extension(flag, size);
    else content(header, flag, size);
    if (left === 0) finish();
  }

  function extension(flag: string, size: number): void {
    if (size > maxExtension) throw new TarError('a name is too long');
    const parts: Buffer[] = [];
    consume = (data) => void parts.push(Buffer.from(data));
    finish = () => {
      const whole = Buffer.concat(parts);
      if (flag === 'L') longPath = cString(whole);
      if (flag !== 'x') return;
      const records = paxRecords(whole);
      longPath = records.get('path') ?? longPath;
      const asked = Number(records.get('size'));
      if (Number.isSafeInteger(asked) && asked >= 0) longSize = asked;
    };
  }

  function content(header: Buffer, flag: string, size: number): void {
    const isUstar = header.toString('latin1', 257, 262) === 'ustar';
    const prefix = isUstar ? cString(header.subarray(345, 500)) : '';
    const name = cString(header.subarray(0, 100));
    const path = longPath ?? (prefix === '' ? name : `${prefix}/${name}`);
    const actual = longSize ?? size;
    longPath = undefined;
    longSize = undefined;
    left = actual;
    padding = paddingOf(actual);
    const kind = kindOf(flag, path);
    consume = sink.member({
      path,
      kind,
      size: actual,
      mode: numberAt(header, 100, 8) & 0o7777,
      modifiedAt: numberAt(header, 136, 12) * 1000,
    });
    finish = () => {};
  }

  return {
    push(data) {
      let rest = data;
      while (rest.length > 0 && !isOver) {
        if (left > 0) {
          const piece = rest.subarray(0, left);
          rest = rest.subarray(piece.length);
          left -= piece.length;
          consume(piece);
          if (left === 0) finish();
        } else if (padding > 0) {
          const skipped = Math.min(padding, rest.length);
          rest = rest.subarray(skipped);
          padding -= skipped;
        } else {
          const missing = blockLength - held.length;
          held = Buffer.concat([held, rest.subarray(0, missing)]);
          rest = rest.subarray(missing);
          if (held.length < blockLength) return;
          const header = held;
          held = Buffer.alloc(0);
          begin(header);
        }
      }
    },
    end() {
      if (left > 0 || held.length > 0) throw new TarError('Unexpected EOF in archive');
    },
  };
}

function kindOf(flag: string, path: string): TarMember['kind'] {
  if (flag === '5' || ((flag === '0' || flag === '\0') && path.endsWith('/'))) return 'directory';
  return flag === '0' || flag === '\0' || flag === '7' ? 'file' : 'other';
}

function numberAt(header: Buffer, offset: number, length: number): number {
  const text = cString(header.subarray(offset, offset + length)).trim();
  if (text === '') return 0;
  if (!/^[0-7]+$/.test(text)) throw new TarError('This does not look like a tar archive');
  return Number.parseInt(text, 8);
}

function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

function paxRecords(block: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  let offset = 0;
  while (offset < block.length) {
    const blank = block.indexOf(0x20, offset);
    const length = blank < 0 ? 0 : Number(block.toString('latin1', offset, blank));
    if (!Number.isSafeInteger(length) || length <= blank - offset || offset + length > block.length) {
      throw new TarError('Malformed extended header');
    }
    const [key = '', ...value] = block.toString('utf8', blank + 1, offset + length - 1).split('=');
    records.set(key, value.join('='));
    offset += length;
  }
  return records;
}
