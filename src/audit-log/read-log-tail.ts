import { closeSync, lstatSync, openSync, readSync, statSync } from 'node:fs';
import { auditBackups } from './rotate-audit-log.ts';

const CHUNK_BYTES = 262_144;
/** An event with bodies has 100 KiB; what is longer is none of ours. */
const MAX_LINE_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines in the last bytes of a log, the oldest first, through the files that were set aside. Nothing of a log that
 * is no regular file, or is not there. Holds one line at a time.
 * @throws Error when a file cannot be read
 */
export function* readLogTail(path: string, maxBytes: number): Generator<string> {
  const parts: { file: string; from: number }[] = [];
  let room = maxBytes;
  for (const file of [...(isRegular(path) ? [path] : []), ...auditBackups(path)]) {
    if (room <= 0) break;
    const { size } = statSync(file);
    parts.unshift({ file, from: Math.max(0, size - room) });
    room -= size;
  }
  for (const { file, from } of parts) yield* linesOf(file, from);
}

function isRegular(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function* linesOf(file: string, from: number): Generator<string> {
  const fd = openSync(file, 'r');
  try {
    // Where it does not begin with the file, it begins in the middle of a line.
    let isWhole = from === 0;
    let held: Buffer[] = [];
    let heldBytes = 0;
    for (let at = from; ; ) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const length = readSync(fd, chunk, 0, CHUNK_BYTES, at);
      if (length === 0) {
        // What lacks its end may lack only that.
        if (isWhole && heldBytes > 0) yield Buffer.concat(held).toString('utf8');
        return;
      }
      at += length;
      let start = 0;
      for (
        let end = chunk.indexOf(NEWLINE);
        end !== -1 && end < length;
        end = chunk.indexOf(NEWLINE, start)
      ) {
        if (isWhole) yield Buffer.concat([...held, chunk.subarray(start, end)]).toString('utf8');
        isWhole = true;
        held = [];
        heldBytes = 0;
        start = end + 1;
      }
      heldBytes += length - start;
      if (heldBytes > MAX_LINE_BYTES) isWhole = false;
      if (isWhole) held.push(chunk.subarray(start, length));
      else held = [];
    }
  } finally {
    closeSync(fd);
  }
}
