import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserLike, formsOf, type PageSeen, textOf } from '../../identity/support/browser-like.ts';
import { bob, type Door, jane, webClient } from '../../identity/support/door.ts';
import { clusterRole, clusterRoleBinding } from '../../rbac/objects.ts';
import { does, openAdmin, signedIn } from './support.ts';

let door: Door;
let officer: BrowserLike;

const VERBS = 'get,list,create,update,delete @sallyport.dev:oauthclients';

beforeAll(async () => {
  door = await openAdmin(
    [
      clusterRole('officer', [VERBS, 'create @sallyport.dev:oauthclients/secret']),
      clusterRoleBinding('officers', 'officer', 'User jane'),
      // Who may make clients, and is not to know their secrets.
      clusterRole('clerk', [VERBS]),
      clusterRoleBinding('clerks', 'clerk', 'User bob'),
    ],
    { passwords: [jane, bob], clients: [webClient] },
  );
  officer = await signedIn(door, 'jane');
});
afterAll(() => door.close());

const open = (path = '', browser = officer) => browser.open(`${door.issuer}/admin/oauthclients${path}`);

async function make(fields: Record<string, string>, browser = officer): Promise<PageSeen> {
  return browser.submit(await open('', browser), fields, '/admin/oauthclients');
}

/** Sends the form that does this, on the page of an object. */
async function act(page: PageSeen, what: string, fields: Record<string, string> = {}): Promise<PageSeen> {
  const form = formsOf(page).find(does(what));
  if (form === undefined) throw new Error(`nothing does ${what} on ${textOf(page)}`);
  const answer = await officer.request(form.action, {
    method: 'POST',
    headers: { origin: door.issuer, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ ...form.fields, ...fields }),
  });
  expect(answer.status).toBe(303);
  return officer.open(new URL(answer.headers.get('location') ?? '', door.issuer).href);
}

const secretOn = (page: PageSeen) =>
  /<h3>Secret<\/h3><pre[^>]*><code>([^<]+)<\/code>/.exec(page.body)?.[1] ?? '';

describe('the pages of clients', () => {
  it('make one, whose secret is shown once, and is right', async () => {
    const made = await make({
      id: 'reports',
      name: 'Reports',
      redirectURIs: 'https://reports.example/callback\nhttps://reports.example/other',
    });
    const secret = secretOn(made);
    expect([made.url, made.status]).toEqual([`${door.issuer}/admin/oauthclients/reports`, 200]);
    expect(textOf(made)).toMatch(
      /For the application only; it is not shown again Client ID reports Secret \S{20,}/,
    );
    const client = await door.identity.findClient('reports');
    expect(client).toMatchObject({
      name: 'Reports',
      source: 'stored',
      hasSecret: true,
      redirectURIs: ['https://reports.example/callback', 'https://reports.example/other'],
    });
    expect(textOf(made)).toContain('https://reports.example/callback');
    const again = await open('/reports');
    expect(again.body).not.toContain(secret);
    expect(textOf(again)).toContain('was shown, once');
    const authorization = `Basic ${Buffer.from(`reports:${secret}`).toString('base64')}`;
    const asked = (credentials: string) =>
      fetch(`${door.issuer}/token`, {
        method: 'POST',
        headers: { authorization: credentials },
        body: new URLSearchParams({ grant_type: 'authorization_code', code: 'x' }),
      }).then((answer) => answer.json());
    // The client is who it says; the code is nothing.
    expect(await asked(authorization)).toMatchObject({ error: 'invalid_request' });
    const renewed = await act(again, 'secret');
    expect(secretOn(renewed)).toMatch(/^\S{20,}$/);
    expect(secretOn(renewed)).not.toBe(secret);
    expect(await asked(authorization)).toMatchObject({ error: 'invalid_client' });
  });

  it('make a public one, which has no secret to be given', async () => {
    const made = await make({ id: 'desktop', public: 'yes', redirectURIs: 'http://127.0.0.1/callback' });
    expect(secretOn(made)).toBe('');
    expect(await door.identity.findClient('desktop')).toMatchObject({ public: true, hasSecret: false });
    expect(formsOf(made).some(does('secret'))).toBe(false);
    expect(formsOf(made).find(does('update'))?.fields).not.toHaveProperty('public');
  });

  it('change one, and leave what the form does not have', async () => {
    await door.identity.managedClients.create(
      'wiki',
      {
        redirectURIs: ['https://wiki.example/callback'],
        mfaChain: [],
        name: 'Wiki',
        allowedGroups: ['staff'],
      },
      { name: 'test' },
    );
    const page = await open('/wiki');
    expect(formsOf(page).find(does('update'))?.fields).toMatchObject({
      name: 'Wiki',
      allowedGroups: 'staff',
    });
    const changed = await act(page, 'update', {
      name: 'The wiki',
      allowedGroups: 'staff, guests',
      redirectURIs: 'https://wiki.example/callback',
      backchannelLogoutURI: 'https://wiki.example/signed-out',
    });
    expect(textOf(changed)).toContain('Done.');
    expect(await door.identity.findClient('wiki')).toMatchObject({
      name: 'The wiki',
      allowedGroups: ['staff', 'guests'],
      backchannelLogoutURI: 'https://wiki.example/signed-out',
      mfaChain: [],
    });
    const late = await act(page, 'update', { name: 'Old', redirectURIs: 'https://wiki.example/callback' });
    expect(textOf(late)).toContain('the object has been modified');
  });

  it('say no in the API’s words, and keep what was typed', async () => {
    const refused = await make({ id: 'wrong', redirectURIs: 'http://wrong.example/callback', name: 'Wrong' });
    expect([refused.url, refused.title]).toEqual([
      `${door.issuer}/admin/oauthclients`,
      'Error: Clients – Sallyport',
    ]);
    expect(refused.body).toContain('http://wrong.example/callback</textarea>');
    // What is wrong leads to its field, which has the focus.
    expect(refused.body).toMatch(/<a id="error" href="#redirectURIs"><span lang="en">Invalid value/);
    expect(refused.body).toMatch(
      /<textarea id="redirectURIs"[^>]* aria-invalid="true" aria-describedby="error redirectURIs-hint" autofocus>/,
    );
    const taken = await make({ id: webClient.id, redirectURIs: 'https://web.example/callback' });
    expect(taken.body).toMatch(/<input id="id"[^>]* aria-invalid="true"/);
    expect(formsOf(refused).find(({ fields }) => 'id' in fields)?.fields).toMatchObject({
      id: 'wrong',
      name: 'Wrong',
    });
    expect(await door.identity.findClient('wrong')).toBeUndefined();
  });

  it('take one away, after a second look', async () => {
    await make({ id: 'gone', public: 'yes', redirectURIs: 'http://127.0.0.1/callback' });
    const page = await open('/gone');
    // Behind a heading that has to be opened, with what goes with it.
    expect(page.body).toMatch(
      /<details><summary>Delete<\/summary>\s*<p class="after">The client goes at once/,
    );
    const list = await act(page, 'delete');
    expect(textOf(list)).toContain('Done.');
    expect(await door.identity.findClient('gone')).toBeUndefined();
  });

  it('change nothing of the configuration’s', async () => {
    const page = await open(`/${webClient.id}`);
    expect(textOf(page)).toContain('Source the configuration');
    for (const what of ['update', 'secret', 'delete']) expect(formsOf(page).some(does(what))).toBe(false);
  });

  it('give no secret to who may not have one', async () => {
    const clerk = await signedIn(door, 'bob');
    const made = await make({ id: 'quiet', redirectURIs: 'https://quiet.example/callback' }, clerk);
    expect(textOf(made)).toContain('Done.');
    expect(secretOn(made)).toBe('');
    expect(formsOf(made).some(does('secret'))).toBe(false);
  });
});

describe('a long list', () => {
  it('is in the order that people look for, a page at a time, and can be searched', async () => {
    const names = Array.from({ length: 60 }, (_, at) => `many-${at}`);
    for (const id of names)
      await door.identity.managedClients.create(
        id,
        { public: true, redirectURIs: ['http://127.0.0.1/callback'], name: `Shop ${id}` },
        { name: 'test' },
      );
    const shown = (page: PageSeen) =>
      [...page.body.matchAll(/<bdi>(many-\d+)<\/bdi><\/a>/g)].map(([, id]) => id);
    const second = await open('?find=many-&page=2');
    expect(shown(second)).toEqual(names.slice(50));
    expect(textOf(second)).toContain('Page 2 of 2, 60 in all');
    expect(second.body).toContain('href="/admin/oauthclients?find=many-&amp;page=1"');
    expect(shown(await open('?find=SHOP+MANY-47'))).toEqual(['many-47']);
    expect(textOf(await open('?find=nothing+like+it'))).toContain('There is none.');
    expect(shown(await open('?find=many-&page=99'))).toEqual(names.slice(50));
  });
});
