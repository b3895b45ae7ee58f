/** W3C Trace Context: reads what a client says of its trace, strictly, and passes it on. */
export { traceFields, traceHeaders } from './trace-context.ts';
export { parseTraceparent, type TraceParent } from './traceparent.ts';
export { isTracestate } from './tracestate.ts';
