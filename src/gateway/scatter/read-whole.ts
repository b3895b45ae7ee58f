import type { Readable } from 'node:stream';

/** Runs something after a while, in milliseconds, unless the returned function is called before. */
export type Timer = (ms: number, run: () => void) => () => void;

/** A body that is too long, or that does not come. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

/**
 * Reads a body whole, as long as it keeps coming.
 * @param mostBytes beyond which it is given up
 * @param pauseMs between two pieces at most
 * @throws UnreadableError; what the stream ends with
 */
export async function readWhole(
  body: Readable,
  mostBytes: number,
  pauseMs: number,
  timer: Timer,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const wait = () =>
    timer(pauseMs, () => body.destroy(new UnreadableError('stopped in the middle of its answer')));
  let cancel = wait();
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      cancel();
      bytes += chunk.length;
      if (bytes > mostBytes) throw new UnreadableError('answered with too much at once: set a smaller limit');
      chunks.push(chunk);
      cancel = wait();
    }
  } finally {
    cancel();
  }
  return Buffer.concat(chunks);
}
