import type { Readable } from 'node:stream';

/** The next line of a stream; undefined at its end, or when the signal comes first. Leaves what follows in the stream. */
export function readLine(stream: Readable, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const finish = (line: string | undefined): void => {
      stream.off('readable', read);
      stream.off('end', atEnd);
      stream.off('close', atEnd);
      signal.removeEventListener('abort', atEnd);
      resolve(line);
    };
    const atEnd = (): void => finish(undefined);
    const read = (): void => {
      for (let chunk: unknown = stream.read(); chunk !== null; chunk = stream.read()) {
        text += String(chunk);
        const end = text.indexOf('\n');
        if (end === -1) continue;
        if (end + 1 < text.length) stream.unshift(Buffer.from(text.slice(end + 1)));
        finish(text.slice(0, end));
        return;
      }
    };
    if (signal.aborted || stream.readableEnded) return resolve(undefined);
    stream.on('readable', read);
    stream.on('end', atEnd);
    stream.on('close', atEnd);
    signal.addEventListener('abort', atEnd);
  });
}
