import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdminDesk } from '../../../src/portal/admin/admin-desk.ts';
import { ADMIN_KINDS, type AdminKind } from '../../../src/portal/admin/admin-kinds.ts';
import { readObjects } from '../../../src/portal/admin/admin-list.ts';
import type { Officer } from '../../../src/portal/admin/officers.ts';

const GROUPS = ADMIN_KINDS.find(({ resource }) => resource === 'groups') as AdminKind;
const officer = { user: { username: 'jane', groups: [] } } as unknown as Officer;

/** An API that has these groups, and tells a page of them at a time. */
function deskWith(names: readonly string[], asked: string[] = []): Pick<AdminDesk, 'ask'> {
  return {
    async ask(_user, { target }) {
      asked.push(target);
      const query = new URLSearchParams(target.slice(target.indexOf('?')));
      const [limit, from] = [Number(query.get('limit')), Number(query.get('continue') ?? 0)];
      const items = names.slice(from, from + limit).map((name) => ({ metadata: { name } }));
      const end = from + items.length;
      return { done: true, body: { items, metadata: end < names.length ? { continue: String(end) } : {} } };
    },
  };
}

async function found(names: readonly string[], find: string) {
  const listed = await readObjects(deskWith(names), officer, GROUPS, find);
  if ('done' in listed) throw new Error(listed.message);
  return { ...listed, names: listed.objects.map(({ metadata }) => metadata.name) };
}

describe('the objects of a list', () => {
  it('are all that have what is looked for in them, whatever its case, from all pages of the API', async () => {
    const name = fc.stringMatching(/^[a-cA-C]{1,4}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(name, { maxLength: 1_200 }), name, async (names, find) => {
        const wanted = names.filter((one) => one.toLowerCase().includes(find.toLowerCase()));
        expect(await found(names, find)).toMatchObject({ names: wanted, total: names.length, cut: false });
        expect((await found(names, '')).names).toEqual(names);
      }),
      { numRuns: 20 },
    );
  });

  it('are not more than a page can put in order, nor looked for in more than it can look through', async () => {
    const names = Array.from({ length: 11_000 }, (_, at) => `group-${at}`);
    expect(await found(names, '')).toMatchObject({ total: 2_000, cut: true });
    expect(await found(names, 'group-9999')).toMatchObject({
      names: ['group-9999'],
      total: 10_000,
      cut: true,
    });
    expect(await found(names.slice(0, 10_000), 'group-9999')).toMatchObject({
      names: ['group-9999'],
      cut: false,
    });
  });

  it('are none for whom the API tells none', async () => {
    const refusal = { done: false, code: 403, message: 'no' } as const;
    expect(await readObjects({ ask: async () => refusal }, officer, GROUPS, '')).toBe(refusal);
  });
});
