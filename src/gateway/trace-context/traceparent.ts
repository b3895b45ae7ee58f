/** Where a request stands in a distributed trace. */
export interface TraceParent {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** As it goes on: version 00. */
  readonly header: string;
}

const FIELDS = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[!-~]*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_PARENT = '0'.repeat(16);
/** Longer than what any version of the header has said so far. */
const MAX_LENGTH = 512;
/** The flags that are defined; of a version that is not known, others mean nothing here. */
const SAMPLED = 0b01;
const RANDOM = 0b10;

/**
 * Reads a `traceparent` header. Of a later version, what has the form of version 00 is read and goes on as such.
 * Two headers are one value with a comma, and so none.
 * Source: W3C Trace Context §3.2 and §4.3.
 * @returns undefined when it is not valid
 */
export function parseTraceparent(value: string): TraceParent | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const [, version = 'ff', traceId = NO_TRACE, parentId = NO_PARENT, flags = '', more] =
    FIELDS.exec(value) ?? [];
  if (version === 'ff' || traceId === NO_TRACE || parentId === NO_PARENT) return undefined;
  if (version === '00') return more === undefined ? { traceId, header: value } : undefined;
  const known = Number.parseInt(flags, 16) & (SAMPLED | RANDOM);
  return { traceId, header: `00-${traceId}-${parentId}-0${known}` };
}
