import { createAdminApi } from '../../../src/admin/index.ts';
import { addAdminPages } from '../../../src/portal/index.ts';
import type { PolicyObject } from '../../../src/rbac/index.ts';
import { createAdminDesk } from '../../../src/server/admin-desk.ts';
import type { BrowserLike } from '../../identity/support/browser-like.ts';
import { type Door, type DoorOptions, openDoor } from '../../identity/support/door.ts';
import { cheapArgon2 } from '../../identity/support/local-accounts.ts';
import { openAccess } from '../explorer/support.ts';

/** An identity provider with the admin pages, whose people may do there what these objects give them. */
export async function openAdmin(objects: readonly PolicyObject[], options: DoorOptions = {}): Promise<Door> {
  const door = await openDoor({ accounts: { argon2: cheapArgon2 }, ...options });
  const { access } = openAccess(door, objects);
  const log = { warn: () => {}, error: () => {} };
  const api = createAdminApi({ identity: door.identity, issuer: door.issuer, now: Date.now, log });
  addAdminPages({
    host: door.identity.pages,
    desk: createAdminDesk(api as Parameters<typeof createAdminDesk>[0], access),
    userOf: access.userOf,
    clusters: new Map([[undefined, access]]),
    sources: door.identity.sources,
    events: door.identity.recentEvents,
    process: { name: 'pod-1', since: Date.UTC(2026, 0, 2) },
  });
  return door;
}

/** Somebody's browser, on their way to the admin pages. */
export async function signedIn(
  door: Door,
  username: string,
  headers: Record<string, string> = {},
): Promise<BrowserLike> {
  const browser = door.browser(headers);
  const login = await browser.open(`${door.issuer}/admin`);
  await browser.submit(login, { username, password: 'password' }, '/login');
  return browser;
}

/** Forms that do something with an object, by what they do. */
export const does = (what: string) => (form: { fields: Record<string, string> }) =>
  form.fields['do'] === what;
