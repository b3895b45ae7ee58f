import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Characters from which packing pays: below, starting to compress costs more than the store's write saves. */
const PACKED_FROM = 4096;
/** What unpacking may take, in bytes; far more than a batch is allowed to be. */
const MAX_UNPACKED = 64 * 1024 * 1024;

/**
 * Events as one text for the queue. Events are much alike: a tenth of the bytes makes the store's write quicker by more
 * than the compression costs, and the store keeps removed values for a while.
 * @param lines JSON objects without newlines
 */
export function packEvents(lines: readonly string[]): string {
  const text = lines.join('\n');
  // What no store can keep as text must not stop the others. JSON has no other such characters.
  if (text.length < PACKED_FROM) return text.toWellFormed();
  return deflateRawSync(text, { level: 1 }).toString('base64');
}

/** @throws Error when the value was not made by packEvents */
export function unpackEvents(value: string): string[] {
  // JSON objects begin with a brace, base64 never does.
  if (value.startsWith('{')) return value.split('\n');
  const text = inflateRawSync(Buffer.from(value, 'base64'), { maxOutputLength: MAX_UNPACKED });
  return text.toString('utf8').split('\n');
}

/** What a list of events is called. */
export interface EventListKind {
  readonly kind: string;
  readonly apiVersion: string;
}

/** Source: Kubernetes apiserver/pkg/apis/audit/v1/types.go EventList. */
export const KUBERNETES_EVENTS: EventListKind = { kind: 'EventList', apiVersion: 'audit.k8s.io/v1' };

/** The body of a request to the receiver. */
export function eventListText(lines: readonly string[], { kind, apiVersion }: EventListKind): string {
  return `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":{},"items":[${lines.join(',')}]}`;
}
