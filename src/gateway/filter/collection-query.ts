import type { QueryPair, RequestInfo } from '../../kube/index.ts';
import { type QueryChanges, withQuery } from '../list/index.ts';
import type { Place } from './place.ts';

/** The path of the whole collection: the only form of it that is filtered. */
export function collectionPath({ apiPrefix, apiGroup, apiVersion, resource }: RequestInfo): string {
  const group = apiPrefix === 'apis' ? `/apis/${apiGroup}` : '/api';
  return `${group}/${apiVersion}/${resource}`;
}

/** The request target for one place: the client's own query, but for the changes. */
export function targetFor(
  requestInfo: RequestInfo,
  query: readonly QueryPair[],
  place: Place,
  changes: QueryChanges,
): string {
  const { apiPrefix, apiGroup, apiVersion, resource } = requestInfo;
  const group = apiPrefix === 'apis' ? `/apis/${encodeURIComponent(apiGroup)}` : '/api';
  const scope = place.namespace === '' ? '' : `/namespaces/${encodeURIComponent(place.namespace)}`;
  const path = `${group}/${encodeURIComponent(apiVersion)}${scope}/${encodeURIComponent(resource)}`;
  return withQuery(path, query, { ...changes, ...nameSelector(query, place) });
}

function nameSelector(query: readonly QueryPair[], { name }: Place): QueryChanges {
  if (name === '') return {};
  const own = query.find(([key]) => key === 'fieldSelector')?.[1] ?? '';
  const named = `metadata.name=${name}`;
  return { fieldSelector: own === '' ? named : `${own},${named}` };
}
