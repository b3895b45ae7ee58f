import type { ListPage } from '../list/index.ts';

/** What lists must have in common to be one. */
export interface ListShape {
  readonly apiVersion: string;
  readonly kind: string;
  /** Two lists with the same text go together: a Table's cells are told apart by their place only. */
  readonly text: string;
}

/** @throws SyntaxError when the list does not say what it is */
export function shapeOf({ head, itemsName }: Pick<ListPage, 'head' | 'itemsName'>): ListShape {
  const { apiVersion, kind, columnDefinitions } = JSON.parse(`{${head.map(String).join(',')}}`);
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    throw new SyntaxError('a list without kind');
  const columns = Array.isArray(columnDefinitions)
    ? columnDefinitions.map((column: { name?: unknown } | null) => column?.name)
    : [];
  return { apiVersion, kind, text: JSON.stringify([itemsName, apiVersion, kind, columns]) };
}

/** A list of a kind, with nothing in it. */
export function emptyPage({ apiVersion, kind }: Pick<ListShape, 'apiVersion' | 'kind'>): ListPage {
  const isTable = kind === 'Table';
  const members = { kind, apiVersion, ...(isTable ? { columnDefinitions: [] } : {}) };
  return {
    head: Object.entries(members).map(([name, value]) =>
      Buffer.from(`${JSON.stringify(name)}:${JSON.stringify(value)}`),
    ),
    itemsName: isTable ? 'rows' : 'items',
    items: Buffer.alloc(0),
    count: 0,
    resourceVersion: '',
    continue: '',
  };
}
