import { parseGoQuery, type QueryPair } from '../../kube/index.ts';

/** Query parameters to set; undefined takes one away. */
export type QueryChanges = Readonly<Record<string, string | undefined>>;

export function queryOf(target: string): QueryPair[] {
  const start = target.indexOf('?');
  return start < 0 ? [] : parseGoQuery(target.slice(start + 1));
}

/**
 * A request target: a client's own query, but for the changes.
 * @param path as it goes out, encoded
 */
export function withQuery(path: string, query: readonly QueryPair[], changes: QueryChanges): string {
  const kept = query.filter(([key]) => !Object.hasOwn(changes, key));
  const set = Object.entries(changes).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const text = [...kept, ...set].map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
  );
  return text.length === 0 ? path : `${path}?${text.join('&')}`;
}
