import type { IncomingHttpHeaders } from 'node:http';
import { parseTraceparent } from './traceparent.ts';
import { isTracestate } from './tracestate.ts';

/**
 * The trace headers that go on to the API server (names and values alternating): the client's, when they are valid. The
 * gateway begins no trace and adds no span. A state without a parent, or with a wrong one, means nothing (§3.3).
 */
export function traceHeaders(headers: IncomingHttpHeaders): readonly string[] {
  const { traceparent, tracestate } = headers;
  if (typeof traceparent !== 'string') return NONE;
  const parent = parseTraceparent(traceparent);
  if (parent === undefined) return NONE;
  return typeof tracestate === 'string' && isTracestate(tracestate)
    ? ['traceparent', parent.header, 'tracestate', tracestate]
    : ['traceparent', parent.header];
}

/** What a log line says of the trace, beside the audit id: it is the client's word and proves nothing. */
export function traceFields({ traceparent }: IncomingHttpHeaders): { readonly traceId?: string } {
  const parent = typeof traceparent === 'string' ? parseTraceparent(traceparent) : undefined;
  return parent === undefined ? {} : { traceId: parent.traceId };
}

const NONE: readonly string[] = [];
