import type { QueryPair, RequestInfo, StatusError } from '../../kube/index.ts';
import type { Place } from './place.ts';

/** A list or watch of a whole collection whose caller may only have parts of it. */
export interface FilteredRequest {
  readonly requestInfo: RequestInfo;
  readonly query: readonly QueryPair[];
  /** What the caller may have, in the order of the list; at least one. */
  readonly places: readonly Place[];
  /** The places' names: two requests with the same text are about the same parts. */
  readonly placeNames: string;
  /** Who asks for which collection, as one text. */
  readonly purpose: string;
  /** The answer that there would be without filtering. */
  readonly refusal: StatusError;
}
