import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAccessPage, addExplorerPages } from '../../../src/portal/index.ts';
import { type BrowserLike, formsOf, textOf } from '../../identity/support/browser-like.ts';
import { type Door, openDoor } from '../../identity/support/door.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../../rbac/objects.ts';
import { type OpenedAccess, openAccess } from './support.ts';

let door: Door;
let opened: OpenedAccess;
let jane: BrowserLike;
let bob: BrowserLike;

const READ_RBAC = ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map(
  (resource) => `list @rbac.authorization.k8s.io:${resource}`,
);

beforeAll(async () => {
  door = await openDoor();
  opened = openAccess(door, [
    role('dev', 'reader', ['get,list pods', 'get secrets#mine']),
    roleBinding('dev', 'readers', 'Role reader', 'Group developers'),
    clusterRole('auditor', READ_RBAC),
    clusterRoleBinding('auditors', 'auditor', 'User bob'),
    clusterRole('stand-in', ['impersonate users#jane', 'impersonate groups#developers,oncall']),
    clusterRoleBinding('stand-ins', 'stand-in', 'User bob'),
    ...Array.from({ length: 120 }, (_, index) =>
      roleBinding('crowd', `b${index}`, 'ClusterRole view', `User u${index}`),
    ),
  ]);
  const clusters = new Map([[undefined, opened.access]]);
  addAccessPage({ host: door.identity.pages, clusters });
  addExplorerPages({
    host: door.identity.pages,
    clusters,
    process: { name: 'pod-1', since: Date.UTC(2026, 0, 2) },
  });
  [jane, bob] = (await Promise.all(['jane', 'bob'].map(signedIn))) as [BrowserLike, BrowserLike];
});
afterAll(() => door.close());

async function signedIn(username: string): Promise<BrowserLike> {
  const browser = door.browser();
  const login = await browser.open(`${door.issuer}/access/rights`);
  expect(login.title).toBe('Sign in – Sallyport');
  const page = await browser.submit(login, { username, password: 'password' }, '/login');
  expect(page.url).toBe(`${door.issuer}/access/rights`);
  return browser;
}

const open = (browser: BrowserLike, path: string) => browser.open(`${door.issuer}/access${path}`);
const marks = (body: string, resource: string) =>
  [...body.matchAll(/class="(?:yes|no)" href="[^"]*" aria-label="(\w+) ([^:]+): ((?:not )?allowed)"/g)]
    .filter(([, , of]) => of === resource)
    .map(([, verb, , allowed]) => `${verb} ${allowed}`);

describe('all rights', () => {
  it('are a matrix of what a request would be told, verb by verb', async () => {
    const { body } = await open(jane, '/rights?namespace=dev&resource=pods');
    expect(marks(body, 'pods').slice(0, 4)).toEqual([
      'get allowed',
      'list allowed',
      'watch not allowed',
      'create not allowed',
    ]);
    // What people look for is there though no rule speaks of it.
    expect(marks(body, 'pods/exec').every((mark) => mark.endsWith('not allowed'))).toBe(true);
  });

  it('lead from each mark to why', async () => {
    const { body } = await open(jane, '/rights?namespace=dev&resource=pods');
    const [, yes = ''] = /class="yes" href="([^"]+)" aria-label="get pods: allowed"/.exec(body) ?? [];
    const why = await jane.open(`${door.issuer}${yes.replaceAll('&amp;', '&')}`);
    expect(why.title).toBe('Yes, you may – Sallyport');
    expect(textOf(why)).toMatch(/RoleBinding readers \(dev\) .*Group developers .*Role reader \(dev\)/);
    const [, no = ''] = /class="no" href="([^"]+)" aria-label="watch pods: not allowed"/.exec(body) ?? [];
    const whyNot = await jane.open(`${door.issuer}${no.replaceAll('&amp;', '&')}`);
    expect(textOf(whyNot)).toContain('jane would like to watch pods in namespace dev.');
  });

  it('have the names that a rule is confined to', async () => {
    const page = await open(jane, '/rights?namespace=dev&resource=secrets');
    expect(textOf(page)).toContain('secrets mine');
    expect(marks(page.body, 'secrets')[0]).toBe('get allowed');
  });

  it('are drawn from subject by binding to role, without a style in the markup', async () => {
    const { body, headers } = await open(jane, '/rights');
    expect(body).toContain('<title>dev/readers</title>');
    expect(body).toContain('<title>Role reader</title>');
    expect(body).not.toContain('style=');
    expect(headers.get('content-security-policy')).not.toContain('script-src');
  });

  it('can be had as CSV and JSON, for nobody to keep', async () => {
    const csv = await jane.request(`${door.issuer}/access/rights.csv?namespace=dev`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.headers.get('cache-control')).toBe('no-store');
    expect(csv.body.split('\r\n')).toContain(
      'dev,,pods,,get list,Group developers,RoleBinding dev/readers,Role dev/reader',
    );
    const json = JSON.parse((await jane.request(`${door.issuer}/access/rights.json`)).body);
    expect(json).toMatchObject({ kind: 'WhatCanResult', superuser: false });
  });

  it('are shown of somebody else to who may impersonate them and each group, and to nobody else', async () => {
    const seen = await open(bob, '/rights?as=jane&groups=developers,oncall&namespace=dev&resource=pods');
    expect(marks(seen.body, 'pods')[0]).toBe('get allowed');
    expect(seen.body).toContain('as=jane&amp;groups=developers%2Concall');
    const one = await open(bob, '?verb=get&resource=pods&namespace=dev&as=jane&groups=developers');
    expect(one.title).toBe('Yes, jane may – Sallyport');
    for (const [browser, query] of [
      [jane, '?as=bob'],
      [bob, '?as=jane&groups=admins'],
      [bob, '?as=admin'],
    ] as const) {
      for (const path of ['/rights', '', '/denials', '/who']) {
        const refused = await open(browser, `${path}${query}`);
        expect([refused.status, textOf(refused)]).toEqual([
          403,
          expect.stringContaining('right to impersonate'),
        ]);
      }
    }
  });
});

describe('who may', () => {
  it('is answered to who may list the roles and bindings, page by page', async () => {
    const first = await open(bob, '/who?verb=get&resource=pods&namespace=crowd');
    expect(textOf(first)).toMatch(/Who may: 1\d\d/);
    expect(first.body.match(/<tr><th scope="row">/g)).toHaveLength(50);
    const [, next = ''] = /rel="next" href="([^"]+)"/.exec(first.body) ?? [];
    const second = await bob.open(`${door.issuer}${next.replaceAll('&amp;', '&')}`);
    expect(textOf(second)).toContain('Page 2 of 3');
  });

  it('is answered to nobody else', async () => {
    const page = await open(jane, '/who?verb=get&resource=pods&namespace=dev');
    expect(page.status).toBe(403);
    expect(textOf(page)).not.toContain('readers');
  });

  it('is asked with a form that says what it can’t understand', async () => {
    expect((await open(bob, '/who')).status).toBe(200);
    const wrong = await open(bob, '/who?resource=pods');
    expect([wrong.status, wrong.title]).toEqual([400, 'Error: Who may? – Sallyport']);
  });
});

describe('what manifests would change', () => {
  const manifests = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: dev }
rules:
- { apiGroups: [''], resources: [pods], verbs: [get, delete] }
`;

  it('is told without changing anything', async () => {
    const form = await open(bob, '/changes');
    const page = await bob.submit(form, { manifests }, '/changes');
    const text = textOf(page);
    expect([page.status, page.url]).toEqual([200, expect.stringContaining('/access/changes?pasted=')]);
    expect(text).toContain('Group developers + gains delete pods (dev)');
    expect(text).toContain('Group developers − loses list pods (dev)');
    expect(textOf(await open(jane, '/rights?namespace=dev'))).toContain('pods');
    expect(marks((await open(jane, '/rights?namespace=dev&resource=pods')).body, 'pods')[1]).toBe(
      'list allowed',
    );
  });

  it('is told with the place of what cannot be read, and what was pasted stays', async () => {
    const form = await open(bob, '/changes');
    const page = await bob.submit(form, { manifests: 'kind: [</textarea><script>' }, '/changes');
    expect([page.status, page.title]).toEqual([200, 'Error: What would change? – Sallyport']);
    expect(textOf(page)).toMatch(/manifests:1:\d+/);
    expect(page.body).toContain('kind: [&lt;/textarea&gt;&lt;script&gt;');
  });

  it('is told again to who loads the page again, and to nobody else', async () => {
    const page = await bob.submit(await open(bob, '/changes'), { manifests }, '/changes');
    expect(textOf(await bob.open(page.url))).toContain('gains delete pods (dev)');
    const other = await signedIn('bob');
    const gone = await other.open(page.url);
    expect(gone.title).toBe('Error: What would change? – Sallyport');
    expect(textOf(gone)).toContain('not kept any more');
    // Another tab has pasted something else since.
    await bob.submit(await open(bob, '/changes'), { manifests: 'kind: [' }, '/changes');
    expect(textOf(await bob.open(page.url))).toContain('not kept any more');
    const kept = await door.store.list('identity/kept/');
    expect(kept.entries).toHaveLength(1);
    expect(kept.entries[0]?.value).not.toContain('kind');
  });

  it('stays in the form, unanswered, when that was of another session', async () => {
    const other = await signedIn('bob');
    const form = await open(other, '/changes');
    const csrf = formsOf(await open(bob, '/changes'))[0]?.fields['csrf'] ?? '';
    const page = await other.submit(form, { manifests, csrf }, '/changes');
    expect(page.title).toBe('Error: What would change? – Sallyport');
    expect(textOf(page)).toContain('Nothing was done');
    expect(textOf(page)).toContain('kind: Role');
    expect(textOf(page)).not.toContain('gains');
    expect(textOf(await other.submit(page, { manifests }, '/changes'))).toContain('gains delete pods (dev)');
  });

  it('is told to nobody who may not list roles and bindings, and takes no foreign form', async () => {
    const form = await open(jane, '/changes');
    expect((await jane.submit(form, { manifests }, '/changes')).status).toBe(403);
    const answer = await bob.request(`${door.issuer}/access/changes`, {
      method: 'POST',
      headers: { origin: door.issuer, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ manifests }),
    });
    expect(answer.status).toBe(403);
  });
});

describe('what was refused recently', () => {
  it('is one’s own, with a way to why and the least that would allow it', async () => {
    const asked = {
      isResourceRequest: true,
      verb: 'delete',
      apiGroup: 'apps',
      apiVersion: 'v1',
      resource: 'deployments',
      subresource: '',
      namespace: 'dev',
      name: 'shop',
      path: '',
    };
    const user = { username: 'jane', groups: ['developers', 'system:authenticated'] };
    for (let times = 0; times < 3; times++) opened.request({ ...asked, user });
    const page = await open(jane, '/denials');
    expect(textOf(page)).toMatch(/delete deployments.apps "shop" in namespace dev 3 times/);
    const suggested = await open(jane, '/denials?suggest=yes');
    expect(textOf(suggested)).toMatch(/kind: Role .*resourceNames: - shop .*kind: RoleBinding/);
    expect(textOf(await open(bob, '/denials'))).toMatch(
      /Nothing that bob asked for has been refused since 2026-01-02 00:00 UTC *\. This is what pod-1 remembers/,
    );
  });
});
