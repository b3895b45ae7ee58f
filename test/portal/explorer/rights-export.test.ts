import { describe, expect, it } from 'vitest';
import { PAGE_SIZE, paged } from '../../../src/portal/explorer/pages.ts';
import { rightsCsv } from '../../../src/portal/explorer/rights-export.ts';
import { createPolicy, whatCan } from '../../../src/rbac/index.ts';
import { role, roleBinding } from '../../rbac/objects.ts';

describe('rights as CSV', () => {
  it('hold no formula that somebody has put into a name', () => {
    const policy = createPolicy();
    policy.put('cluster', role('dev', '=cmd', ['get pods']));
    policy.put('cluster', roleBinding('dev', '+b,"c', 'Role =cmd', 'User =HYPERLINK("x")'));
    const csv = rightsCsv(whatCan(policy, { kind: 'User', name: '=HYPERLINK("x")' }));
    expect(csv.split('\r\n')[1]).toBe(
      'dev,,pods,,get,"User =HYPERLINK(""x"")","RoleBinding dev/+b,""c",Role dev/=cmd',
    );
    for (const line of csv.split('\r\n')) expect(line).not.toMatch(/(?:^|,)"?[=+\-@]/);
  });
});

describe('a long list', () => {
  it('is shown a page at a time, whatever page is asked for', () => {
    const all = Array.from({ length: 2 * PAGE_SIZE + 1 }, (_, index) => index);
    expect(paged(all, null)).toMatchObject({ page: 1, pages: 3, total: all.length });
    expect(paged(all, '3').items).toEqual([2 * PAGE_SIZE]);
    for (const odd of ['0', '-1', 'x', '1e3', '99999999']) expect(paged(all, odd).page).toBe(1);
    expect(paged(all, '999').page).toBe(3);
    expect(paged([], '2')).toEqual({ items: [], page: 1, pages: 1, total: 0 });
  });
});
