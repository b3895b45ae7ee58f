import { parseGoQuery, type QueryPair, type RequestInfo } from '../../kube/index.ts';
import type { Place } from './place.ts';

/** Query parameters to set; undefined takes one away. */
export type QueryChanges = Readonly<Record<string, string | undefined>>;

/** The path of the whole collection: the only form of it that is filtered. */
export function collectionPath({ apiPrefix, apiGroup, apiVersion, resource }: RequestInfo): string {
  const group = apiPrefix === 'apis' ? `/apis/${apiGroup}` : '/api';
  return `${group}/${apiVersion}/${resource}`;
}

export function queryOf(target: string): QueryPair[] {
  const start = target.indexOf('?');
  return start < 0 ? [] : parseGoQuery(target.slice(start + 1));
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
  const all = { ...changes, ...nameSelector(query, place) };
  const kept = query.filter(([key]) => !Object.hasOwn(all, key));
  const set = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const text = [...kept, ...set].map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
  );
  return text.length === 0 ? path : `${path}?${text.join('&')}`;
}

function nameSelector(query: readonly QueryPair[], { name }: Place): QueryChanges {
  if (name === '') return {};
  const own = query.find(([key]) => key === 'fieldSelector')?.[1] ?? '';
  const named = `metadata.name=${name}`;
  return { fieldSelector: own === '' ? named : `${own},${named}` };
}
