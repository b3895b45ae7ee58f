import { type AdminListView, adminValue, type Page } from '../../../views/index.ts';
import { addressWith } from '../explorer/kept-query.ts';
import { paged } from '../explorer/pages.ts';
import type { AdminDesk, AdminList, AdminObject, DeskAnswer } from './admin-desk.ts';
import type { AdminKind } from './admin-kinds.ts';
import { apiPath } from './admin-objects.ts';
import { fieldText, valueIn } from './admin-property.ts';
import type { Officer } from './officers.ts';

/** Objects asked for at once. */
const CHUNK = 500;
/** What one page takes: to look through, and to put in order. Kubectl has them all. */
const MOST = { lookedThrough: 10_000, inOrder: 2_000 } as const;

export interface AdminListed {
  /** Those that were found. */
  readonly objects: readonly AdminObject[];
  /** How many were looked through. */
  readonly total: number;
  /** There are more. */
  readonly cut: boolean;
}

type Refusal = Extract<DeskAnswer, { done: false }>;

/**
 * The objects of a kind, as the API tells them to this person.
 * @param find only those whose name, address or anything else that is text has this in it
 */
export async function readObjects(
  desk: Pick<AdminDesk, 'ask'>,
  { user }: Officer,
  kind: AdminKind,
  find: string,
): Promise<AdminListed | Refusal> {
  const objects: AdminObject[] = [];
  let total = 0;
  let after = '';
  do {
    const query = new URLSearchParams({ limit: String(CHUNK), ...(after === '' ? {} : { continue: after }) });
    const answer = await desk.ask(user, { method: 'GET', target: `${apiPath(kind.resource)}?${query}` });
    if (!answer.done) return answer;
    const { items, metadata } = answer.body as AdminList;
    objects.push(...sift(kind, items, find));
    total += items.length;
    after = metadata.continue ?? '';
  } while (after !== '' && total < MOST.lookedThrough && objects.length < MOST.inOrder);
  return { objects, total, cut: after !== '' };
}

function sift(kind: AdminKind, objects: readonly AdminObject[], find: string): readonly AdminObject[] {
  const wanted = find.toLowerCase();
  const texts = kind.properties.filter(({ type }) => type !== 'flag' && type !== 'time');
  const isMeant = (object: AdminObject) =>
    texts.some((property) => fieldText(object, property).toLowerCase().includes(wanted));
  return find === '' ? objects : objects.filter(isMeant);
}

/** What the page's address says is looked for. */
export function findIn(query: URLSearchParams): string {
  return query.get('find')?.trim().slice(0, 256) ?? '';
}

/** In the order that people look for. */
function inOrder({ lastBy, properties }: AdminKind, objects: readonly AdminObject[]): readonly AdminObject[] {
  const by = properties.find(({ path, column }) => (lastBy === undefined ? column : path === lastBy));
  if (by === undefined) return objects;
  const { compare } = new Intl.Collator('en', { numeric: true });
  return objects
    .map((object) => [fieldText(object, by), object] as const)
    .toSorted(([a], [b]) => (lastBy === undefined ? compare(a, b) : compare(b, a)))
    .map(([, object]) => object);
}

/** A part of the list, for people. @param query of the page's address: `find` and `page` */
export function listView(
  page: Page,
  kind: AdminKind,
  listed: AdminListed,
  {
    query,
    home,
    urlOf,
  }: { readonly query: URLSearchParams; readonly home: string; urlOf(name: string): string },
): Pick<AdminListView, 'action' | 'columns' | 'rows' | 'find' | 'pager' | 'total' | 'cut'> {
  const columns = kind.properties.filter(({ column }) => column);
  const { items, ...place } = paged(inOrder(kind, listed.objects), query.get('page'));
  return {
    action: home,
    find: findIn(query),
    total: listed.total,
    cut: listed.cut ? listed.total : undefined,
    columns: columns.map(({ label }) => page.locale.t[label]),
    rows: items.map((object) => ({
      url: urlOf(object.metadata.name ?? ''),
      cells: columns.map((property) => adminValue(page, property.type, valueIn(object, property))),
    })),
    pager: { ...place, urlOf: (number) => addressWith(home, query, { page: String(number) }) },
  };
}
