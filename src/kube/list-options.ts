import { type FieldTerm, parseFieldSelector } from './field-selector.ts';
import { parseGoInt64 } from './go-int.ts';
import { firstQueryValue, type QueryPair } from './go-query.ts';
import { goQuote } from './go-quote.ts';
import type { LabelRequirement } from './label-requirement.ts';
import { parseLabelSelector } from './parse-label-selector.ts';
import { SelectorError } from './selector-error.ts';

/** The query parameters of list, watch and deletecollection. Source: Kubernetes meta/v1 ListOptions. */
export interface ListOptions {
  readonly labelSelector: readonly LabelRequirement[];
  readonly fieldSelector: readonly FieldTerm[];
  readonly watch: boolean;
  readonly allowWatchBookmarks: boolean;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  /** Seconds. */
  readonly timeoutSeconds: number | undefined;
  readonly limit: number;
  readonly continue: string;
  readonly sendInitialEvents: boolean | undefined;
}

/** Why a query is no ListOptions, in kube-apiserver's words. */
export interface ListOptionsFailure {
  readonly failure: string;
}

/**
 * Decodes ListOptions; one bad member fails the whole, as in kube-apiserver.
 * Source: Kubernetes apimachinery pkg/runtime/conversion.go and the generated conversions of meta/v1.
 */
export function decodeListOptions(query: readonly QueryPair[]): ListOptions | ListOptionsFailure {
  const timeoutSeconds = int64Value(firstQueryValue(query, 'timeoutSeconds'));
  if (typeof timeoutSeconds === 'string') return { failure: timeoutSeconds };
  const limit = int64Value(firstQueryValue(query, 'limit'));
  if (typeof limit === 'string') return { failure: limit };
  const sendInitialEvents = firstQueryValue(query, 'sendInitialEvents');
  try {
    return {
      labelSelector: parseLabelSelector(firstQueryValue(query, 'labelSelector') ?? ''),
      fieldSelector: parseFieldSelector(firstQueryValue(query, 'fieldSelector') ?? ''),
      watch: booleanValue(firstQueryValue(query, 'watch')),
      allowWatchBookmarks: booleanValue(firstQueryValue(query, 'allowWatchBookmarks')),
      resourceVersion: firstQueryValue(query, 'resourceVersion') ?? '',
      resourceVersionMatch: firstQueryValue(query, 'resourceVersionMatch') ?? '',
      timeoutSeconds,
      // Go has 64 bits; nobody has that many items.
      limit: Math.min(limit ?? 0, Number.MAX_SAFE_INTEGER),
      continue: firstQueryValue(query, 'continue') ?? '',
      sendInitialEvents: sendInitialEvents === undefined ? undefined : booleanValue(sendInitialEvents),
    };
  } catch (error) {
    if (error instanceof SelectorError) return { failure: error.message };
    throw error;
  }
}

/** Everything but absent, `0` and `false` is true: `?watch` and `?watch=no` watch. */
export function booleanValue(value: string | undefined): boolean {
  if (value === undefined) return false;
  return value !== '0' && value.toLowerCase() !== 'false';
}

function int64Value(value: string | undefined): number | undefined | string {
  if (value === undefined) return undefined;
  const parsed = parseGoInt64(value);
  return typeof parsed === 'string'
    ? `strconv.ParseInt: parsing ${goQuote(value)}: ${parsed}`
    : Number(parsed);
}
