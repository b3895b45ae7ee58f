import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { badRequest, encodeStatus } from '../../../src/kube/index.ts';
import type { WireAnswer } from './wire.ts';

/** The rows of a recording in test/corpus. */
export function recordedRows<T>(file: string): readonly T[] {
  const text = gunzipSync(readFileSync(new URL(`../../corpus/${file}`, import.meta.url))).toString('utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

export type Version = 'HTTP/1.1' | 'HTTP/2';

/**
 * Rows whose answer is another one here on purpose. `ours` says exactly which, on top of what was recorded; what it leaves
 * out is the same.
 */
export interface Difference<Row> {
  /** By name, or `name of user`. */
  readonly rows: readonly string[];
  /** undefined: over both. */
  readonly over?: Version;
  readonly ours: Partial<WireAnswer> | ((row: Row) => Partial<WireAnswer>);
  readonly why: string;
}

/** What a row's answer should be here. */
export function expectedAnswer<Row>(
  differences: readonly Difference<Row>[],
  row: Row & { readonly name: string; readonly user: string; readonly recorded: WireAnswer },
  version: Version,
): WireAnswer {
  const difference = differences.find(
    ({ rows, over = version }) =>
      over === version && (rows.includes(row.name) || rows.includes(`${row.name} of ${row.user}`)),
  );
  if (difference === undefined) return row.recorded;
  const { ours } = difference;
  return { ...row.recorded, ...(typeof ours === 'function' ? ours(row) : ours) };
}

/** The gateway's own 400. */
export function refusedAsBad(message: string): Partial<WireAnswer> {
  const body = encodeStatus(badRequest(message));
  return {
    status: 400,
    headers: {
      'cache-control': 'no-cache, private',
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
    },
    body,
  };
}

/** Node's HTTP/1.1 parser answers before there is a request. */
export const PARSER_REFUSAL: WireAnswer = { status: 400, headers: { connection: 'close' }, body: '' };

/** Headers that differ from answer to answer, that belong to the connection, or that frame the body. */
const OF_THE_ANSWER = new Set(['date', 'audit-id']);
const OF_THE_CONNECTION = new Set(['connection', 'transfer-encoding']);

/**
 * An answer without what differs from run to run. An object that was read or written is compared by value: who made it,
 * when, and at which revision is each server's own, and so is the order of its members. An empty list that Go writes as
 * null may be left out.
 */
export function comparable({ status, headers, body }: WireAnswer, version: Version) {
  const isObject =
    status >= 200 && status < 300 && headers['content-type'] === 'application/json' && body !== '';
  const kept = Object.entries(headers).filter(
    ([name]) =>
      !OF_THE_ANSWER.has(name) &&
      !(version === 'HTTP/2' && OF_THE_CONNECTION.has(name)) &&
      !(isObject && name === 'content-length'),
  );
  return {
    status,
    headers: Object.fromEntries(kept),
    body: isObject ? withoutMarks(JSON.parse(body)) : body,
  };
}

const MARKS = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'managedFields']);

function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name, member]) => !MARKS.has(name) && member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutMarks(member)]));
}
