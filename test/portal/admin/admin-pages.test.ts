import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserLike, formsOf, textOf } from '../../identity/support/browser-like.ts';
import { bob as bob_, type Door, jane as jane_ } from '../../identity/support/door.ts';
import { clusterRole, clusterRoleBinding } from '../../rbac/objects.ts';
import { does, openAdmin, signedIn as signIn } from './support.ts';

let door: Door;
let jane: BrowserLike;
let bob: BrowserLike;

const KINDS = 'groups,oauthclients,sessions,signingkeys,users';

beforeAll(async () => {
  door = await openAdmin(
    [
      clusterRole('officer', [
        `get,list,create,update,delete @sallyport.dev:${KINDS}`,
        'create @sallyport.dev:users/reset,users/factorreset,keyrotations',
        'bind @sallyport.dev:users',
        'bind @sallyport.dev:groups#staff',
      ]),
      clusterRoleBinding('officers', 'officer', 'User jane', 'User olga'),
      clusterRole('watcher', ['list @sallyport.dev:auditevents']),
      clusterRole('reader', [
        'list @rbac.authorization.k8s.io:roles,rolebindings,clusterroles,clusterrolebindings',
      ]),
      clusterRoleBinding('readers', 'reader', 'User rita'),
      clusterRole('wild', ['* @*:*']),
      clusterRoleBinding('wildlings', 'wild', 'User nobody', 'Group crowd'),
      clusterRoleBinding('watchers', 'watcher', 'User bob', 'User olga'),
    ],
    {
      passwords: [
        jane_,
        bob_,
        { ...bob_, email: 'eva@example.com', preferredUsername: 'eva', userID: 'id-eva' },
        { ...bob_, email: 'rita@example.com', preferredUsername: 'rita', userID: 'id-rita' },
        { ...bob_, email: 'olga@example.com', preferredUsername: 'olga', userID: 'id-olga' },
      ],
    },
  );
  [jane, bob] = (await Promise.all(['jane', 'bob'].map((who) => signedIn(who)))) as [
    BrowserLike,
    BrowserLike,
  ];
});
afterAll(() => door.close());

const signedIn = (username: string, headers: Record<string, string> = {}) => signIn(door, username, headers);
const open = (browser: BrowserLike, path: string) => browser.open(`${door.issuer}${path}`);

describe('the admin pages', () => {
  it('are in the navigation of who may list something, on their own pages too, and of nobody else', async () => {
    for (const path of ['/', '/account', '/admin/users'])
      expect((await open(jane, path)).body).toContain('<a href="/admin"');
    const stranger = await signedIn('eva');
    expect((await open(stranger, '/')).body).not.toContain('<a href="/admin"');
    const refused = await open(stranger, '/admin/users');
    expect([refused.status, textOf(refused)]).toEqual([
      403,
      expect.stringContaining('You may not list anything'),
    ]);
    expect(refused.body).not.toContain('jane@example.com');
    // Who may see one part sees that part only.
    expect((await bob.open(`${door.issuer}/admin`)).url).toBe(`${door.issuer}/admin/events`);
    expect((await open(bob, '/admin/users')).status).toBe(404);
  });

  it('list what kubectl would, in the language of the page; people by their address', async () => {
    const users = await open(jane, '/admin/users');
    expect(textOf(users)).toMatch(/E-mail Name Username Groups Source Made bob@example.com Bob bob/);
    const svenska = await signedIn('jane', { 'accept-language': 'sv' });
    expect(textOf(await open(svenska, '/admin/users'))).toMatch(
      /E-post Namn Användarnamn Grupper Källa Skapad/,
    );
    const { id } = await door.identity.users.find('jane@example.com');
    expect(users.body).toMatch(
      new RegExp(`<a href="[^"]*/admin/users/${id}"[^>]*><bdi>jane@example.com</bdi></a>`),
    );
    expect(textOf(await open(jane, '/admin/groups'))).not.toContain('E-mail');
    expect(textOf(await open(jane, '/admin/signingkeys'))).toMatch(
      /Id Algorithm State Since Until \S+ RS256 signs/,
    );
    expect((await open(jane, '/admin/nothing')).status).toBe(404);
  });

  it('say where accounts are kept, and how people come in', async () => {
    const { id } = await door.identity.users.create({ email: 'counted@example.com' }, { name: 'test' });
    const page = await open(jane, '/admin/sources');
    expect(textOf(page)).toMatch(
      /Connector local Accounts of the configuration 5 Accounts kept here 1 \( Users \) People sign in with Password Second factors Authenticator app/,
    );
    // Of this process's own memory.
    expect(textOf(page)).toMatch(/Last sign-in 20\d\d-/);
    expect(page.body).toContain('aria-current="page">Sources</a>');
    await door.identity.users.delete(id, { name: 'test' });
    // Who may not list users is told nothing of them.
    expect((await open(bob, '/admin/sources')).status).toBe(404);
  });

  it('make, change and take away a user', async () => {
    const list = await open(jane, '/admin/users');
    const made = await jane.submit(list, { email: 'eve@example.com', name: 'Eve <b>' }, '/admin/users');
    expect(made.status).toBe(200);
    expect(textOf(made)).toMatch(/Done\. .*eve@example.com .*Eve <b>/);
    const { id } = await door.identity.users.find('eve@example.com');
    const changed = await jane.submit(made, { name: 'Eva', disabled: 'yes' }, `/admin/users/${id}`);
    expect(textOf(changed)).toContain('Done.');
    expect(await door.identity.users.get(id)).toMatchObject({
      name: 'Eva',
      disabled: true,
      email: 'eve@example.com',
    });
    // What was shown before somebody else's change is not written over it.
    const late = await jane.submit(made, { name: 'Old' }, `/admin/users/${id}`);
    expect(textOf(late)).toContain('the object has been modified');
    expect(late.body).toContain('value="Old"');
    // Said once.
    expect(textOf(await open(jane, `/admin/users/${id}`))).not.toContain('has been modified');
    expect((await door.identity.users.get(id)).name).toBe('Eva');
    const form = formsOf(late).find(does('delete'));
    const gone = await jane.request(form?.action ?? '', {
      method: 'POST',
      headers: { origin: door.issuer, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams(form?.fields),
    });
    expect(gone.headers.get('location')).toBe('/admin/users');
    expect(textOf(await open(jane, '/admin/users'))).toContain('Done.');
    await expect(door.identity.users.get(id)).rejects.toThrow();
  });

  it('say no in the API’s words, and keep what was typed', async () => {
    const list = await open(jane, '/admin/users');
    const refused = await jane.submit(list, { email: 'x@example.com', groups: 'admins' }, '/admin/users');
    expect([refused.status, refused.title]).toEqual([200, 'Error: Users – Sallyport']);
    expect(textOf(refused)).toContain('admins');
    expect(refused.body).toContain('value="x@example.com"');
    const wrong = await jane.submit(list, { email: '' }, '/admin/users');
    expect(wrong.title).toBe('Error: Users – Sallyport');
    expect(wrong.body).toMatch(/<a id="error" href="#email">/);
    expect(wrong.body).toMatch(/<input id="email"[^>]* aria-invalid="true"[^>]* autofocus>/);
  });

  it('show the code of a reset once, and in no address', async () => {
    const eve = await jane.submit(
      await open(jane, '/admin/users'),
      { email: 'kim@example.com' },
      '/admin/users',
    );
    const form = formsOf(eve).find(does('reset'));
    const { status } = await jane.request(form?.action ?? '', {
      method: 'POST',
      headers: { origin: door.issuer, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams(form?.fields),
    });
    expect(status).toBe(303);
    const kept = await door.store.list('identity/kept/');
    // Another browser of hers is shown nothing, and takes nothing away.
    expect(textOf(await open(await signedIn('jane'), new URL(eve.url).pathname))).not.toContain(
      'not shown again',
    );
    const shown = await jane.open(eve.url);
    expect(textOf(shown)).toMatch(/not shown again Code \S{20,} To be entered at http\S+\/reset Until 20/);
    expect(shown.headers.get('cache-control')).toBe('no-store');
    const code = /<pre[^>]*><code>([^<]+)/.exec(shown.body)?.[1] ?? '';
    expect(code).toMatch(/^\S{20,}$/);
    expect(JSON.stringify(kept.entries)).not.toContain(code);
    const again = textOf(await jane.open(eve.url));
    expect(again).not.toContain(code);
    expect(again).toContain('What was to be told from here was shown, once.');
  });

  it('change nothing of the configuration’s, and offer nothing of it', async () => {
    const page = await open(jane, '/admin/users/id-bob');
    expect(page.status).toBe(200);
    expect(formsOf(page).some(does('update'))).toBe(false);
    expect(formsOf(page).some(does('delete'))).toBe(false);
  });

  it('end a session, at once', async () => {
    const other = await signedIn('bob');
    const [session] = await door.identity.sessions.list('id-bob');
    const page = await open(jane, `/admin/sessions/${session?.id}`);
    await jane.submit(page, {}, `/admin/sessions/${session?.id}`);
    expect((await door.identity.sessions.list('id-bob')).some(({ id }) => id === session?.id)).toBe(false);
    await other.open(`${door.issuer}/account`);
  });

  it('take no form of another site, nor one without the token', async () => {
    for (const path of ['/admin/users', '/admin/groups', '/admin/signingkeys', '/admin/users/id-bob']) {
      for (const headers of [
        { origin: door.issuer, 'sec-fetch-site': 'same-origin' },
        { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      ]) {
        const answer = await jane.request(`${door.issuer}${path}`, { method: 'POST', headers });
        expect([path, answer.status]).toEqual([path, 403]);
      }
    }
  });

  it('are on the trail, in the name of who did it', async () => {
    await jane.submit(
      await open(jane, '/admin/groups'),
      { id: 'staff', description: 'All of us' },
      '/admin/groups',
    );
    expect(door.events.at(-1)).toMatchObject({ action: 'group.create', actor: 'gateway:jane' });
  });

  it('show what happened lately, sifted, to who may see the events', async () => {
    await signedIn('eva');
    const all = await open(bob, '/admin/events?who=id-eva');
    expect(textOf(all)).toMatch(/sign-in success id-eva/);
    const sifted = await open(bob, '/admin/events?action=sign-in&result=failure&who=id-eva');
    expect(textOf(sifted)).toContain('There is none.');
    // Who may list users is told who that is, and finds them by their address.
    const olga = await signedIn('olga');
    const named = await open(olga, '/admin/events?who=eva@example.com&action=sign-in');
    expect(textOf(named)).toMatch(/sign-in success eva@example.com eva@example.com/);
    expect(named.body).toContain('href="/admin/users/id-eva"');
    expect(textOf(await open(olga, '/admin/events?who=nobody@example.com'))).toContain('There is none.');
    expect(textOf(await open(bob, '/admin/events?who=eva@example.com'))).toContain('There is none.');
    expect(all.headers.get('refresh')).toBeNull();
    expect((await open(bob, '/admin/events?follow=yes')).headers.get('refresh')).toBe('5');
    expect((await open(jane, '/admin/events')).status).toBe(404);
  });
});

describe('the policy’s pages', () => {
  it('show to who may list all roles and bindings where they come from, what they give, and what is wrong with them', async () => {
    const rita = await signedIn('rita');
    const page = await open(rita, '/admin');
    expect(page.url).toBe(`${door.issuer}/admin/policy`);
    expect(textOf(page)).toMatch(/cluster \d+ \d+ The API server last said something 3 seconds ago\./);
    const found = await open(rita, '/admin/policy?find=crowd');
    expect(textOf(found)).toContain('ClusterRoleBinding wildlings cluster ClusterRole wild → User nobody');
    expect(textOf(found)).not.toContain('officers');
    expect(textOf(await open(rita, '/admin/policy?find=wild'))).toContain('ClusterRole wild cluster * * (*)');
    const findings = textOf(await open(rita, '/admin/policy/findings'));
    expect(findings).toMatch(/ClusterRole wild (critical|high) /);
    expect(findings).toContain('wildcard');
  });

  it('are not there for who may list some of it only, and in no other cluster', async () => {
    expect((await open(jane, '/admin/users')).body).not.toContain('/admin/policy');
    for (const path of ['/admin/policy', '/admin/policy/findings'])
      expect((await open(jane, path)).status).toBe(404);
    const rita = await signedIn('rita');
    expect((await open(rita, '/admin/policy?cluster=other')).status).toBe(404);
  });
});
