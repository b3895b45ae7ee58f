import { join } from 'node:path';
import { openSqliteStore, type Store, type Write } from '../../src/store/index.ts';

/** What belongs to a person's sign-in: the provider's records, their secondary keys, the list of sessions. */
const prefixes = ['identity/oidc/', 'identity/index/', 'identity/sessions/'];

/** Hashes, which is what ids are in the store. */
const id = /[\w-]{43}/g;
const COPIES_AT_ONCE = 200;

/** Copies what one person's sign-ins have left in the store, under other ids, until there are that many browser sessions. */
export async function seedSessions(directory: string, sessions: number): Promise<void> {
  const store = await openSqliteStore({ file: join(directory, 'data/sallyport.db') });
  try {
    const pattern = await readOneSession(store);
    const ids = [...new Set(pattern.match(id))];
    for (let copied = 0; copied < sessions; copied += COPIES_AT_ONCE) {
      const copies = Array.from({ length: COPIES_AT_ONCE }, (_, index) => copy(pattern, ids, copied + index));
      await store.txn([], copies.flat());
    }
  } finally {
    await store.close();
  }
}

/** A record of each kind with its index entries, as text. */
async function readOneSession(store: Store): Promise<string> {
  const lists = await Promise.all(prefixes.map((prefix) => store.list(prefix)));
  const entries = lists.flatMap((list) => list.entries);
  const listed = entries.find(
    ({ key, value }) => key.startsWith('identity/sessions/record/') && value.includes('"application"'),
  );
  const { value: session } = JSON.parse(listed?.value ?? '{}') as { value: { id: string; browser: string } };
  if (listed === undefined) throw new Error('nobody has signed in');
  const kinds = ['Grant/', 'Session/', 'RefreshToken/', 'AccessToken/'];
  const records = kinds.flatMap((kind) => {
    const record = entries.find(({ key }) => key.startsWith(`identity/oidc/record/${kind}`));
    const hash = record?.key.split('/').at(-1);
    return entries.filter(({ key }) => hash !== undefined && key.endsWith(`/${hash}`));
  });
  const index = entries.filter(({ key }) => key.includes('/uid/')).slice(0, 1);
  const list = entries.filter(({ key }) => key.endsWith(session.id) || key.endsWith(session.browser));
  const chosen = new Map([...records, ...index, ...list].map(({ key, value }) => [key, value]));
  return JSON.stringify([...chosen]);
}

function copy(pattern: string, ids: readonly string[], number: number): Write[] {
  const mark = number.toString(36).padStart(6, '0');
  let text = pattern;
  for (const one of ids) text = text.replaceAll(one, mark + one.slice(6));
  return (JSON.parse(text) as [string, string][]).map(([key, value]) => ({ type: 'put', key, value }));
}
