import { readText } from '../../kubeconfig/index.ts';
import { type PolicyKind, RBAC_API_VERSION, RESOURCE_OF_KIND } from '../../rbac/index.ts';
import { isFields, type ReadObject, readPolicyObject } from './read-policy-object.ts';
import { type Answer, refusalOf, ServerRefusal } from './server-refusal.ts';

export interface PolicyList {
  readonly objects: readonly ReadObject[];
  /** Where the watch goes on. */
  readonly resourceVersion: string;
}

const PAGE = 500;
/** etcd's largest object times a page is far more than any page is. */
const PAGE_BYTES = 64 << 20;
/** More objects than this are no policy but an attack on our memory. */
const MOST_OBJECTS = 500_000;

/**
 * All objects of the kind, page by page, as of one moment.
 * @param get asks the API server; called once a page
 * @throws ServerRefusal (410 when the pages have expired), and what `get` throws
 */
export async function listKind(
  kind: PolicyKind,
  get: (path: string) => Promise<Answer>,
): Promise<PolicyList> {
  const objects: ReadObject[] = [];
  let next = '';
  for (;;) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(next === '' ? {} : { continue: next }) });
    const page = await readPage(await get(`/apis/${RBAC_API_VERSION}/${RESOURCE_OF_KIND[kind]}?${query}`));
    for (const item of page.items) {
      const read = readPolicyObject(item, kind);
      if (read === undefined) throw new ServerRefusal(200, 'its list holds something that is no such object');
      objects.push(read);
    }
    const { resourceVersion } = page;
    if (page.next === '') return { objects, resourceVersion };
    if (page.next === next) throw new ServerRefusal(200, 'its list does not go on');
    if (objects.length > MOST_OBJECTS) throw new ServerRefusal(200, 'its list does not end');
    next = page.next;
  }
}

async function readPage(answer: Answer) {
  if (answer.status !== 200) throw await refusalOf(answer);
  let value: unknown;
  try {
    value = JSON.parse(await readText(answer.body, PAGE_BYTES));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
  }
  const { items, metadata } = isFields(value) ? value : {};
  const { resourceVersion, continue: next = '' } = isFields(metadata) ? metadata : {};
  // `items` is null when a Go server has none.
  const listed: unknown = items === null ? [] : items;
  if (!Array.isArray(listed) || typeof next !== 'string' || typeof resourceVersion !== 'string') {
    throw new ServerRefusal(200, 'its answer is no list');
  }
  return { items: listed as readonly unknown[], next, resourceVersion };
}
