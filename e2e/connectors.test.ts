import { readFile, writeFile } from 'node:fs/promises';
import * as oidc from 'openid-client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAuditor } from './pages/auditor.ts';
import { LANGUAGE_COOKIE, openWalk, type Row, type Walk } from './pages/walk.ts';
import { launchBrowser } from './support/browser.ts';
import { askGateway } from './support/gateway-request.ts';
import { complaintsOf } from './support/page-audit.ts';
import { cameBack } from './support/relying-party.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

/** Where people have their accounts: the product, too. */
let upstream: Sallyport;
/** By a name, as browsers tell hosts apart, and not ports. */
let door: Sallyport;
let browser: Browser;

const JANE = / {2}- email: jane@example\.com\n(?: {4}.*\n)+/;

async function edit({ configFile }: Sallyport, change: (text: string) => string): Promise<void> {
  await writeFile(configFile, change(await readFile(configFile, 'utf8')));
}

const connectors = (issuer: string) => `
connectors:
  - type: oidc
    id: corp
    name: The corporation
    config:
      issuer: ${issuer}
      clientID: door
      clientSecret: a-secret-of-two-servers
      redirectURI: ${door.issuer}/callback
      scopes: [profile, email, groups, offline_access]
      insecureEnableGroups: true
      claimModifications: { modifyGroupNames: { prefix: 'corp:' } }
  - type: oidc
    id: away
    name: Nobody there
    config: { issuer: 'http://127.0.0.1:1', clientID: door }
`;

beforeAll(async () => {
  [door, browser] = await Promise.all([
    startSallyport((text) => text.replace(JANE, ''), { host: 'localhost' }),
    launchBrowser(),
  ]);
  upstream = await startSallyport((text) =>
    text.replace(
      'staticClients: []',
      `oauth2: { skipApprovalScreen: true }
staticClients:
  - { id: door, secret: a-secret-of-two-servers, redirectURIs: ['${door.issuer}/callback'] }`,
    ),
  );
  // While it runs.
  await edit(door, (text) => text + connectors(upstream.issuer));
  await vi.waitFor(() => expect(door.stderr()).toContain('configuration reloaded'), { timeout: 20_000 });
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([door?.dispose(), upstream?.dispose()]);
});

async function openBrowser(lang: Walk['lang'] = 'en'): Promise<Walk> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  onTestFinished(() => context.close());
  await context.addCookies([{ name: LANGUAGE_COOKIE, value: lang, url: door.issuer }]);
  return openWalk(door, await context.newPage(), lang);
}

const rows: readonly Row[] = [
  { name: 'sources', go: (walk) => walk.toApp('kubectl') },
  { name: 'source-away', go: (walk) => walk.press('a[href$="/connector/away"]'), error: 'form' },
  { name: 'source-here', go: (walk) => walk.press('a[href$="/local"]'), script: true },
  { name: 'source-here-wrong', go: (walk) => walk.signIn('bob', 'wrong'), error: 'form', script: true },
];

describe('the pages of a choice', () => {
  it.each(['en', 'sv'] as const)('are well in %s', { timeout: 60_000 }, async (lang) => {
    const walk = await openBrowser(lang);
    onTestFinished(walk.close);
    const complaints = complaintsOf(walk.page);
    const auditor = createAuditor(walk, () => undefined);
    const wrong: string[] = [];
    for (const row of rows) {
      await row.go(walk);
      wrong.push(...(await auditor.audit(row)));
    }
    expect([...wrong, ...complaints]).toEqual([]);
  });
});

async function whoAmI(idToken: string) {
  const { status, body } = await askGateway(door, '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    method: 'POST',
    headers: { authorization: `Bearer ${idToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }),
  });
  return { status, user: JSON.parse(body).status?.userInfo };
}

describe('somebody who signs in elsewhere', () => {
  it('is let in by both doors as who they are there, for as long as they are', {
    timeout: 60_000,
  }, async () => {
    const walk = await openBrowser();
    onTestFinished(walk.close);
    await walk.toApp('kubectl');
    await walk.press('a[href$="/connector/corp"]');
    expect(walk.page.url()).toContain(upstream.issuer);
    await walk.signIn('jane');
    // What is asked for with a refresh token.
    await walk.press('form[action$="/consent"] button');
    await cameBack(walk.page, walk.app);
    const tokens = await walk.app.tokens;
    const { id_token: first = '', refresh_token: token = '' } = tokens;
    expect(await whoAmI(first)).toMatchObject({
      status: 201,
      user: { username: 'jane', groups: ['corp:developers', 'system:authenticated'] },
    });

    // Another group there is another group here at the next refresh.
    let [refresh, last] = [token, first];
    const renew = async () => {
      const next = await oidc.refreshTokenGrant(walk.app.configuration, refresh);
      [refresh, last] = [next.refresh_token ?? '', next.id_token ?? ''];
      return next.claims()?.['groups'];
    };
    expect(await renew()).toEqual(['corp:developers']);
    await edit(upstream, (text) => text.replace('groups: [developers]', 'groups: [guests]'));
    await expect.poll(renew, { timeout: 20_000, interval: 500 }).toEqual(['corp:guests']);

    // Who is gone there is gone here, and what they had counts no more.
    await edit(upstream, (text) => text.replace(JANE, ''));
    const refused = () => renew().then(String, (error: { error?: string }) => error.error);
    await expect.poll(refused, { timeout: 20_000, interval: 500 }).toBe('invalid_grant');
    expect((await whoAmI(last)).status).toBe(401);
  });
});
