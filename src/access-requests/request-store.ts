import type { Entry, Store, StoreEvent, StoreWatch } from '../store/index.ts';
import type { AccessRequest, RequestName, StoredRequest } from './access-request.ts';

/** What became of one request; one of the two is always there. */
export interface RequestChange {
  readonly before: StoredRequest | undefined;
  readonly after: StoredRequest | undefined;
}

export interface RequestWatchHandlers {
  /** All changes of one transaction. */
  onChanges(changes: readonly RequestChange[], revision: number): void;
  /** The watch is over and must be started anew. */
  onError(error: Error): void;
}

export interface RequestPage {
  /** In the order of namespace and name. */
  readonly items: readonly StoredRequest[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: RequestName | undefined;
  readonly revision: number;
}

/** Which requests are meant: those for the whole cluster, those for one namespace, or for any. */
export type Scope = 'cluster' | 'namespaces' | { readonly namespace: string };

export interface PageQuery {
  readonly scope: Scope;
  readonly limit?: number | undefined;
  readonly after?: RequestName | undefined;
  /** As of this revision of the store. Default: now. */
  readonly revision?: number | undefined;
}

/** Requests in the store, one key each; every write is a compare-and-set. */
export interface RequestStore {
  readonly prefix: string;
  parse(entry: Entry): StoredRequest;
  get(name: RequestName): Promise<StoredRequest | undefined>;
  list(query: PageQuery): Promise<RequestPage>;
  watch(scope: Scope, after: number, handlers: RequestWatchHandlers): StoreWatch;
  /** undefined when there is one of this name. */
  create(request: AccessRequest): Promise<StoredRequest | undefined>;
  /** undefined when it is not at that revision any more. */
  replace(current: StoredRequest, next: AccessRequest): Promise<StoredRequest | undefined>;
  /** False when it is not at that revision any more. */
  remove(current: StoredRequest): Promise<boolean>;
}

/** @param prefix all keys lie under it; ends in '/' */
export function createRequestStore(store: Store, prefix: string): RequestStore {
  // Neither namespaces nor names hold a '/'.
  const keyOf = ({ namespace, name }: RequestName) =>
    prefixOf(namespace === '' ? 'cluster' : { namespace }) + name;

  function prefixOf(scope: Scope): string {
    if (typeof scope === 'object') return `${prefix}namespaces/${scope.namespace}/`;
    return `${prefix}${scope}/`;
  }

  async function write(request: AccessRequest, modRevision: number): Promise<StoredRequest | undefined> {
    const key = keyOf(request);
    const value = JSON.stringify(withoutRevision(request));
    const { committed, revision } = await store.txn([{ key, modRevision }], [{ type: 'put', key, value }]);
    return committed ? { ...request, revision } : undefined;
  }

  return {
    prefix,
    parse,
    async get(name) {
      const entry = await store.get(keyOf(name));
      return entry && parse(entry);
    },
    async list({ scope, limit, after, revision: at }) {
      const { entries, remaining, revision } = await store.list(prefixOf(scope), {
        ...(limit === undefined ? {} : { limit }),
        ...(after === undefined ? {} : { after: keyOf(after) }),
        ...(at === undefined ? {} : { revision: at }),
      });
      const items = entries.map(parse);
      return { items, next: remaining > 0 ? items.at(-1) : undefined, revision };
    },
    watch: (scope, after, { onChanges, onError }) =>
      store.watch(prefixOf(scope), after, {
        onEvents: (events, revision) => onChanges(events.map(changeOf), revision),
        onError,
      }),
    create: (request) => write(request, 0),
    replace: (current, next) => write(next, current.revision),
    async remove(current) {
      const key = keyOf(current);
      const conditions = [{ key, modRevision: current.revision }];
      return (await store.txn(conditions, [{ type: 'delete', key }])).committed;
    },
  };
}

function parse({ value, modRevision }: Entry): StoredRequest {
  return { ...(JSON.parse(value) as AccessRequest), revision: modRevision };
}

function withoutRevision(request: AccessRequest & { readonly revision?: number }): AccessRequest {
  const { revision: _, ...rest } = request;
  return rest;
}

function changeOf(event: StoreEvent): RequestChange {
  const before = event.previous && parse(event.previous);
  return { before, after: event.type === 'put' ? parse(event.entry) : undefined };
}
