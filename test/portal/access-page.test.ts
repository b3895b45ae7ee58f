import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createOwnAccess,
  createRefusalExplainer,
  createReloadableAuthenticator,
} from '../../src/gateway/index.ts';
import { addAccessPage } from '../../src/portal/index.ts';
import { createPolicy, defaultPolicyObjects } from '../../src/rbac/index.ts';
import { textOf } from '../identity/support/browser-like.ts';
import { type Door, openDoor } from '../identity/support/door.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../rbac/objects.ts';

let door: Door;

beforeAll(async () => {
  door = await openDoor();
  const policy = createPolicy();
  for (const object of [
    ...defaultPolicyObjects(),
    clusterRole('explained', ['get @sallyport.dev:explanations']),
    clusterRoleBinding('explained', 'explained', 'User jane'),
    role('dev', 'reader', ['get pods']),
    roleBinding('dev', 'readers', 'Role reader', 'User jane'),
    roleBinding('stage', 'viewers', 'ClusterRole view', 'User jane'),
    roleBinding('dev', 'bobs', 'Role reader', 'User bob'),
  ])
    policy.put('test', object);
  const access = (username: string) =>
    createOwnAccess({
      userOf: createReloadableAuthenticator({
        load: () => ({
          file: 'authentication.yaml',
          text: `apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
- issuer: { url: '${door.issuer}', audiences: [kubectl] }
  claimMappings:
    username: { claim: ${username}, prefix: '' }
    groups: { claim: groups, prefix: '' }
`,
        }),
        builtIn: { issuer: door.issuer, jwks: () => door.identity.jwks() },
        now: Date.now,
        log: { warn: () => {} },
      }).userOf,
      authorize: (attributes) => policy.authorize(attributes),
      policy,
      explainRefusal: createRefusalExplainer({ policy, now: () => 0 }),
      explorer: undefined,
    });
  door.identity.pages.addSection('requests');
  addAccessPage({
    host: door.identity.pages,
    clusters: new Map([
      [undefined, access('preferred_username')],
      ['blue', access('no_such_claim')],
    ]),
  });
});
afterAll(() => door.close());

async function look(username: string, query: string) {
  const browser = door.browser();
  const login = await browser.open(`${door.issuer}/access${query}`);
  return browser.submit(login, { username, password: 'password' }, '/login');
}

describe('the access page', () => {
  it('shows nothing to who is not signed in', async () => {
    const page = await door.browser().open(`${door.issuer}/access?verb=get&resource=pods&namespace=dev`);
    expect(page.title).toBe('Sign in – Sallyport');
  });

  it('says by what a person may', async () => {
    const page = await look('jane', '?verb=get&resource=pods&namespace=dev');
    expect([page.status, page.title]).toEqual([200, 'Yes, you may – Sallyport']);
    const text = textOf(page);
    expect(text).toContain('get pods in namespace dev');
    expect(text).toContain('RoleBinding readers (dev)');
    expect(text).toContain('Role reader (dev)');
    expect(text).toContain('User jane');
  });

  it('says what nearly allows it, to who may see explanations', async () => {
    const page = await look('jane', '?verb=delete&resource=pods&namespace=dev&name=web');
    expect([page.status, page.title]).toEqual([200, 'No, you may not – Sallyport']);
    const text = textOf(page);
    expect(text).toContain('allows get on pods, not delete');
    expect(text).toContain('Add the verb delete to the rule.');
    expect(text).toContain('jane would like to delete pods "web" in namespace dev.');
    expect(text).not.toContain('bob');
  });

  it('leads to where access can be asked for, with the role that would do there', async () => {
    const page = await look('jane', '?verb=get&resource=configmaps&namespace=prod');
    const [, href = ''] = /<a class="button secondary" href="([^"]*requests[^"]*)"/.exec(page.body) ?? [];
    expect(href).toBe('/requests?namespace=prod&amp;role=view');
    expect((await look('jane', '?verb=get&resource=pods&namespace=dev')).body).not.toContain('/requests?');
  });

  it('explains nothing to others, but has a text to send', async () => {
    const text = textOf(await look('bob', '?verb=delete&resource=pods&namespace=dev&name=web'));
    expect(text).not.toContain('reader');
    expect(text).toContain('Nothing near it can be shown to you.');
    expect(text).toContain('bob would like to delete pods "web" in namespace dev.');
  });

  it('says when the account is nobody in that cluster', async () => {
    const page = await look('jane', '?cluster=blue&verb=get&resource=pods');
    expect(page.status).toBe(200);
    expect(textOf(page)).toContain('Your account does not become a Kubernetes user here.');
  });

  it('asks, and says what it can’t understand', async () => {
    const page = await look('jane', '');
    expect([page.status, page.title]).toEqual([200, 'What may I do? – Sallyport']);
    for (const query of [
      '?cluster=red&verb=get&resource=pods',
      '?verb=get&resource=%3Cb%3E%20x',
      '?resource=pods',
    ]) {
      const bad = await look('jane', query);
      expect([bad.status, bad.title]).toEqual([400, 'Error: What may I do? – Sallyport']);
    }
  });

  it('is read with eyes only: no query gets into it as markup', async () => {
    const page = await look('jane', `?verb=${encodeURIComponent('"><script>x</script>')}&resource=pods`);
    expect(page.body).not.toContain('<script>');
  });
});
