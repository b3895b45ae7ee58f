import { Readable } from 'node:stream';
import type { BodyCapture } from './body-capture.ts';

/** A stream with the same bytes, with the same back-pressure, that shows each of them to the capture. */
export function teeBody(source: AsyncIterable<Uint8Array>, capture: BodyCapture): Readable {
  return Readable.from(chunksOf(source, capture), { objectMode: false });
}

async function* chunksOf(
  source: AsyncIterable<Uint8Array>,
  capture: BodyCapture,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    capture.add(chunk);
    yield chunk;
  }
}
