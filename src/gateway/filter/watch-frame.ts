import type { Readable } from 'node:stream';

/** One event of a watch, as far as it matters to whom passes it on. */
export interface WatchFrame {
  readonly type: string;
  /** Of the object; '' when there is none. */
  readonly resourceVersion: string;
  /** Whether this bookmark ends the initial events (KEP-3157). */
  readonly endsInitialEvents: boolean;
}

interface Metadata {
  resourceVersion?: string;
  annotations?: Record<string, string>;
}

interface EventObject {
  metadata?: Metadata;
  rows?: { object?: { metadata?: Metadata } }[];
}

/** Larger than every object that an API server keeps, as a Table with all its text. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The lines of a watch, each with its line feed.
 * @throws RangeError for one that does not end
 */
export async function* readLines(body: Readable): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      const last = chunk.subarray(from, end + 1);
      yield pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
      pieces = [];
      bytes = 0;
      from = end + 1;
    }
    if (from === chunk.length) continue;
    bytes += chunk.length - from;
    if (bytes > MAX_BYTES) throw new RangeError('an event of a watch is too long');
    pieces.push(chunk.subarray(from));
  }
}

/** @throws SyntaxError */
export function readFrame(line: Buffer): WatchFrame {
  const { type, object } = decode(line);
  const metadata = metadataOf(object);
  const [first] = metadata;
  const ends = metadata.some(({ annotations }) => annotations?.['k8s.io/initial-events-end'] === 'true');
  return {
    type,
    resourceVersion: first?.resourceVersion ?? '',
    endsInitialEvents: type === 'BOOKMARK' && ends,
  };
}

/** The bookmark with another revision. It has nothing else in it, so nothing is lost by encoding it anew. */
export function bookmarkAt(line: Buffer, resourceVersion: string): Buffer {
  const frame = decode(line);
  for (const metadata of metadataOf(frame.object)) metadata.resourceVersion = resourceVersion;
  return Buffer.from(`${JSON.stringify(frame)}\n`);
}

function decode(line: Buffer): { type: string; object: EventObject } {
  const { type, object } = JSON.parse(line.toString('utf8'));
  if (typeof type !== 'string' || typeof object !== 'object' || object === null) {
    throw new SyntaxError('not an event of a watch');
  }
  return { type, object };
}

/** A Table's own, and that of its row's object; those that have a revision. */
function metadataOf({ metadata, rows }: EventObject): Metadata[] {
  return [metadata, ...(rows ?? []).map(({ object }) => object?.metadata)].filter(
    (each): each is Metadata => each?.resourceVersion !== undefined && each.resourceVersion !== '',
  );
}
