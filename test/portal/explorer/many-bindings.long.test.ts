import { afterAll, beforeAll, expect, it } from 'vitest';
import { addExplorerPages } from '../../../src/portal/index.ts';
import type { BrowserLike } from '../../identity/support/browser-like.ts';
import { type Door, openDoor } from '../../identity/support/door.ts';
import { clusterRole, clusterRoleBinding, roleBinding } from '../../rbac/objects.ts';
import { openAccess } from './support.ts';

let door: Door;
let jane: BrowserLike;

beforeAll(async () => {
  door = await openDoor();
  const { access } = openAccess(door, [
    clusterRole('reader', [
      'list @rbac.authorization.k8s.io:roles,rolebindings,clusterroles,clusterrolebindings',
    ]),
    clusterRoleBinding('readers', 'reader', 'User jane'),
    ...Array.from({ length: 9_000 }, (_, index) =>
      roleBinding(`n${index % 300}`, `b${index}`, 'ClusterRole view', `User u${index}`),
    ),
    // And many that are the person's own.
    ...Array.from({ length: 1_000 }, (_, index) =>
      roleBinding(`m${index}`, `own${index}`, 'ClusterRole edit', 'Group developers'),
    ),
  ]);
  addExplorerPages({
    host: door.identity.pages,
    clusters: new Map([[undefined, access]]),
    process: { name: 'pod-1', since: 0 },
  });
  jane = door.browser();
  const login = await jane.open(`${door.issuer}/access/who`);
  await jane.submit(login, { username: 'jane', password: 'password' }, '/login');
});
afterAll(() => door.close());

it.each([
  ['/access/rights', 50],
  ['/access/rights?namespace=m7', 50],
  ['/access/rights?resource=deployments&page=3', 50],
  ['/access/who?verb=get&resource=pods', 50],
  ['/access/who?verb=get&resource=pods&page=100', 50],
])('with 10 000 bindings %s is a page that can be read', async (path, most) => {
  const page = await jane.open(`${door.issuer}${path}`);
  expect(page.status).toBe(200);
  const lines = page.body.match(/<tr><th scope="row">/g)?.length ?? 0;
  expect(lines).toBeGreaterThan(0);
  expect(lines).toBeLessThanOrEqual(most);
  // What grows with the bindings are numbers, not markup.
  expect(page.body.length).toBeLessThan(400_000);
});
