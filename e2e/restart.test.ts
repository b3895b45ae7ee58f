import * as oidc from 'openid-client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { openTerminal, type Terminal } from './support/kubectl.ts';
import { loginTerminal } from './support/login-terminal.ts';
import { cameBack, openRelyingParty } from './support/relying-party.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { signIn } from './support/sign-in.ts';

describe.each(['stop', 'kill'] as const)('after a %s and a start', (end) => {
  let sallyport: Sallyport;
  let browser: Browser;
  let admin: Terminal;

  beforeAll(async () => {
    [sallyport, browser] = await Promise.all([startSallyport(), launchBrowser()]);
    admin = await openTerminal(sallyport, inject('kubectl')['1.35']);
  });

  afterAll(async () => {
    await browser?.close();
    await admin?.dispose();
    await sallyport?.dispose();
  });

  it('session, refresh token, signing keys and objects are still there', async () => {
    await loginTerminal(admin, browser, 'admin');
    const context = await browser.newContext();
    const page = await context.newPage();
    const before = await openRelyingParty({ issuer: sallyport.issuer, clientId: 'kubectl' });
    await page.goto(before.authorizationUrl);
    await signIn(page, 'jane');
    const { refresh_token: refreshToken = '' } = await before.tokens;
    await cameBack(page, before);
    await admin.kubectl('create', 'configmap', 'kept', '--from-literal=a=b');
    await admin.kubectl('apply', '-f', 'config/demo/lecture');
    const keys = await (await fetch(`${sallyport.issuer}/keys`)).json();
    const map = (await admin.kubectl('get', 'configmap', 'kept', '-o', 'json')).stdout;

    if (end === 'stop') expect(await sallyport.stop()).toBe(0);
    else await sallyport.kill();
    sallyport = await sallyport.restart();

    expect(await (await fetch(`${sallyport.issuer}/keys`)).json()).toEqual(keys);
    const fresh = await oidc.refreshTokenGrant(before.configuration, refreshToken);
    expect(fresh.claims()).toMatchObject({ preferred_username: 'jane' });
    const after = await openRelyingParty({ issuer: sallyport.issuer, clientId: 'kubectl' });
    await page.goto(after.authorizationUrl);
    await page.getByRole('button', { name: 'Continue' }).click();
    expect((await after.tokens).claims()).toMatchObject({ preferred_username: 'jane' });
    expect((await admin.kubectl('get', 'configmap', 'kept', '-o', 'json')).stdout).toBe(map);
    expect((await admin.kubectl('get', 'rolebinding', 'read-pods', '-o', 'name')).stdout).toBe(
      'rolebinding.rbac.authorization.k8s.io/read-pods\n',
    );
    before.close();
    after.close();
    await context.close();
  });
});
