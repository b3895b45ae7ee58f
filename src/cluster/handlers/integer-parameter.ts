import { badRequest, goQuote, parseGoInt64 } from '../../kube/index.ts';
import type { RequestQuery } from './request-query.ts';

/** A parameter that is an *int64 in Kubernetes' options; undefined when absent. Throws StatusError 400. */
export function integerParameter(query: RequestQuery, name: string): number | undefined {
  const [text] = query.all(name);
  if (text === undefined) return undefined;
  const value = parseGoInt64(text);
  if (typeof value === 'string') throw badRequest(`strconv.ParseInt: parsing ${goQuote(text)}: ${value}`);
  // Go has 64 bits; nobody counts so far.
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number(value), Number.MAX_SAFE_INTEGER));
}
