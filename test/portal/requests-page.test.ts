import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Authority } from '../../src/access-requests/index.ts';
import type { UserInfo } from '../../src/kube/index.ts';
import { addRequestsPage, requestsPageUrl } from '../../src/portal/index.ts';
import { type AskedAccess, act, askedAccess, HOUR, wanted } from '../access-requests/support/asked-access.ts';
import {
  type BrowserLike,
  decodeEntities,
  formsOf,
  type PageSeen,
  textOf,
} from '../identity/support/browser-like.ts';
import { type Door, openDoor } from '../identity/support/door.ts';
import { loginPage } from '../identity/support/login-page.ts';

let door: Door;
/** Of whom only a cluster with a name takes requests. */
let other: Door;
let access: AskedAccess;

/** Everybody may ask, but for the whole cluster; bob may decide on what concerns team-a. */
const authorityOf = (user: UserInfo): Authority => ({
  user,
  caller: user,
  decide: async ({ verb, namespace }) => {
    const decides = user.username === 'bob' && namespace === 'team-a';
    const may = verb === 'create' ? namespace !== '' : decides;
    return { decision: may ? 'allow' : 'noOpinion', reason: '' };
  },
});

beforeAll(async () => {
  [door, other] = await Promise.all([openDoor(), openDoor()]);
  access = await askedAccess();
  const cluster = {
    requests: access.requests,
    userOf: ({ preferred_username: name }: Readonly<Record<string, unknown>>) =>
      typeof name === 'string' ? { username: name, groups: [] } : 'nobody',
    authorityOf,
    rolesFor: async () => ['view', 'edit'],
    maxDuration: 8 * HOUR,
  };
  addRequestsPage({ host: door.identity.pages, clusters: new Map([[undefined, cluster]]) });
  addRequestsPage({ host: other.identity.pages, clusters: new Map([['blue', cluster]]) });
});
afterAll(() => Promise.all([door.close(), other.close()]));

async function signedIn(username: string, at = door): Promise<BrowserLike> {
  const browser = at.browser();
  const login = await browser.open(`${at.issuer}/requests`);
  await browser.submit(login, { username, password: 'password' }, '/login');
  return browser;
}

const open = (browser: BrowserLike, query = '') => browser.open(`${door.issuer}/requests${query}`);

async function ask(browser: BrowserLike, fields: Record<string, string>): Promise<PageSeen> {
  return browser.submit(
    await open(browser),
    { role: 'edit', namespace: 'team-a', duration: '2h', reason: 'the pager rang', ...fields },
    '/requests',
  );
}

describe('the requests page', () => {
  it('is for who is signed in', async () => {
    expect((await open(door.browser())).title).toBe('Sign in – Sallyport');
  });

  it('takes a request, shows it to who may decide, and what came of it to who asked', async () => {
    const [jane, bob] = [await signedIn('jane'), await signedIn('bob')];
    const asked = await ask(jane, { role: 'Role/reader' });
    expect([asked.status, textOf(asked)]).toEqual([200, expect.stringContaining('You have asked.')]);
    expect(textOf(asked)).toContain('jane : Role/reader in namespace team-a waiting');
    expect(textOf(asked)).toContain('Withdraw');
    expect(textOf(asked)).not.toContain('Waiting for you');
    // Elsewhere bob has nothing to say.
    await ask(jane, { namespace: 'team-b', reason: 'something else' });
    const waiting = await open(bob);
    expect(textOf(waiting)).toContain('Waiting for you jane : Role/reader in namespace team-a');
    expect(textOf(waiting)).not.toContain('something else');
    const done = await bob.submit(waiting, { decision: 'Approve', message: 'go ahead' }, '/requests/decide');
    expect(textOf(done)).toContain('Approved. The access is there.');
    expect(textOf(done)).toContain('Held by others now jane');
    expect(access.cluster.there.size).toBe(1);
    const seen = textOf(await open(jane));
    expect(seen).toContain('Role/reader in namespace team-a active');
    expect(seen).toContain('bob : go ahead');
    const back = await jane.submit(await open(jane, ''), { decision: 'Revoke' }, '/requests/decide');
    expect(textOf(back)).toContain('Ended.');
  });

  it('says why a request was not taken, and keeps what was typed', async () => {
    const jane = await signedIn('jane');
    const page = await ask(jane, { duration: '9h', role: 'view' });
    expect([page.status, page.url]).toEqual([200, `${door.issuer}/requests`]);
    expect(page.title).toMatch(/^Error: /);
    expect(textOf(page)).toContain('must be no more than 8h');
    expect(formsOf(page).find(({ fields }) => 'role' in fields)?.fields).toMatchObject({
      role: 'view',
      duration: '9h',
      namespace: 'team-a',
    });
    // What is wrong leads to its field, and is said without the name that the page has given to the request.
    expect(page.body).toMatch(/<a id="error" href="#duration"><span lang="en">Invalid value: [^<]*8h/);
    expect(page.body).toMatch(
      /id="duration"[^>]* aria-invalid="true" aria-describedby="error duration-hint"/,
    );
  });

  it('keeps what was typed when she has signed in again in another tab, and asks for nothing yet', async () => {
    const jane = await signedIn('jane');
    const form = await open(jane);
    const again = await loginPage(door, jane, { prompt: 'login' });
    await jane.submit(again.page, { username: 'jane', password: 'password' }, '/login');
    const typed = { role: 'view', namespace: 'team-a', duration: '2h', reason: 'a long story' };
    const page = await jane.submit(form, typed, '/requests');
    expect([page.status, page.title]).toEqual([200, expect.stringMatching(/^Error: /)]);
    expect(textOf(page)).toContain('Nothing was done');
    expect(formsOf(page).find(({ fields }) => 'role' in fields)?.fields).toMatchObject({
      role: 'view',
      namespace: 'team-a',
      duration: '2h',
    });
    expect(page.body).toContain('a long story</textarea>');
    expect(textOf(await jane.submit(page, { reason: 'a long story' }, '/requests'))).toContain(
      'You have asked.',
    );
  });

  it('is no way around the right to ask', async () => {
    const page = await ask(await signedIn('jane'), { namespace: '' });
    expect(page.title).toMatch(/^Error: /);
    expect(textOf(page)).toContain('User "jane" cannot create resource "clusteraccessrequests"');
  });

  it('lets nobody decide who may not, whatever the form says', async () => {
    const [jane, bob] = [await signedIn('jane'), await signedIn('bob')];
    await access.requests.create({ ...wanted, namespace: 'team-b' }, act('carol'));
    await access.requests.create({ ...wanted, name: 'of-bob' }, act('bob'));
    const [form] = formsOf(await open(bob));
    /** What the page says then. */
    const decide = async (browser: BrowserLike, fields: Record<string, string>) => {
      const { status } = await browser.request(`${door.issuer}/requests/decide`, {
        method: 'POST',
        headers: { origin: new URL(door.issuer).origin },
        body: new URLSearchParams({ decision: 'Approve', ...fields }),
      });
      const said = /id="error">(?:<span[^>]*>)?([^<]*)/.exec((await open(browser)).body)?.[1];
      return [status, said && decodeEntities(said)];
    };
    const csrf = form?.fields['csrf'] ?? '';
    const uidOf = async (namespace: string, name: string) =>
      (await access.requests.get({ namespace, name }))?.uid ?? '';
    const [elsewhere, own] = [await uidOf('team-b', 'first'), await uidOf('team-a', 'of-bob')];
    const said = (words: string) => [303, expect.stringContaining(words)];
    expect(await decide(bob, { csrf, namespace: 'team-b', name: 'first', uid: elsewhere })).toEqual(
      said('user "bob" may not approve it'),
    );
    expect(await decide(bob, { csrf, namespace: 'team-a', name: 'of-bob', uid: own })).toEqual(
      said('somebody else has to decide'),
    );
    expect(await decide(bob, { csrf, namespace: 'team-a', name: 'nothing' })).toEqual(said('not found'));
    expect(await decide(bob, { csrf, namespace: 'team-a', name: 'of-bob', uid: elsewhere })).toEqual(
      said('the object has been modified'),
    );
    // Somebody else's token, and none.
    expect(await decide(jane, { csrf, namespace: 'team-a', name: 'of-bob' })).toEqual(
      said('Nothing was done'),
    );
    expect(await access.requests.get({ namespace: 'team-a', name: 'of-bob' })).toMatchObject({
      phase: 'Pending',
    });
    expect(await decide(bob, { namespace: 'team-b', name: 'first' })).toEqual([403, undefined]);
    expect(await access.requests.get({ namespace: 'team-b', name: 'first' })).toMatchObject({
      phase: 'Pending',
    });
  });

  it('means the only cluster there is, whatever it is called', async () => {
    const jane = await signedIn('jane', other);
    const form = await jane.open(`${other.issuer}/requests`);
    const asked = await jane.submit(
      form,
      { role: 'view', namespace: 'team-c', reason: 'why not' },
      '/requests',
    );
    expect(textOf(asked)).toContain('You have asked.');
    expect(textOf(asked)).toContain('ClusterRole/view in namespace team-c ( blue )');
  });

  it('is filled in by its address, in the language of who looks', async () => {
    const url = requestsPageUrl(door.issuer, { namespace: 'team-a', role: 'edit' });
    expect(url).toBe(`${door.issuer}/requests?namespace=team-a&role=edit`);
    const jane = await signedIn('jane');
    const page = await jane.open(`${url}&reason=%3Cb%3E`);
    expect(formsOf(page).find(({ fields }) => 'duration' in fields)?.fields).toMatchObject({
      namespace: 'team-a',
      role: 'edit',
      duration: '1h',
    });
    expect(page.body).toContain('&lt;b&gt;');
    const swedish = await jane.request(url, { headers: { 'accept-language': 'sv' } });
    expect(swedish.title).toBe('Åtkomst för en stund – Sallyport');
  });
});
