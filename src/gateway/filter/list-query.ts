import { badRequest, decodeListOptions, fieldError, invalid, type QueryPair } from '../../kube/index.ts';
import type { QueryChanges } from '../list/index.ts';

/** What a client says about the pages of its list. */
export interface ListQuery {
  /** 0 for all at once. */
  readonly limit: number;
  readonly continue: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
}

/** Objects that are asked for at a time when the client wants all at once. */
const PAGE = 500;

/** @throws StatusError 400, 422 in the API server's words, for what it could not be asked about in the client's */
export function readListQuery(pairs: readonly QueryPair[]): ListQuery {
  const options = decodeListOptions(pairs);
  if ('failure' in options) throw badRequest(options.failure);
  const { continue: more, resourceVersion, resourceVersionMatch } = options;
  if (more !== '' && resourceVersionMatch !== '') {
    const error = fieldError.forbidden(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden with continue',
    );
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [error]);
  }
  if (more !== '' && resourceVersion !== '' && resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  return { limit: Math.max(0, options.limit), continue: more, resourceVersion, resourceVersionMatch };
}

/**
 * The query of the request that fixes the snapshot: the client's, its revision with it. Without a limit a revision means
 * "not older than", with one it has always meant exactly that one; our own limit must not change that.
 * @param left objects that fit into the page
 */
export function firstQuery(query: ListQuery, left: number): QueryChanges {
  const { limit, resourceVersion, resourceVersionMatch } = query;
  const isBare = limit === 0 && !['', '0'].includes(resourceVersion) && resourceVersionMatch === '';
  return { ...pageQuery(left), ...(isBare ? { resourceVersionMatch: 'NotOlderThan' } : {}) };
}

/** The query for the beginning of a further place: what was there at the snapshot. */
export function snapshotQuery(revision: string, left: number): QueryChanges {
  return { ...pageQuery(left), resourceVersion: revision, resourceVersionMatch: 'Exact' };
}

/** The query for a further page of a place. */
export function furtherQuery(token: string, left: number): QueryChanges {
  return { ...pageQuery(left), continue: token, resourceVersion: undefined, resourceVersionMatch: undefined };
}

function pageQuery(left: number): QueryChanges {
  return { limit: String(left === Number.POSITIVE_INFINITY ? PAGE : left), continue: undefined };
}
