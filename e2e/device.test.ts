import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as oidc from 'openid-client';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { signIn } from './support/sign-in.ts';

const SCREENSHOTS = resolve(import.meta.dirname, 'screenshots');

describe('a device without a browser', () => {
  let sallyport: Sallyport;
  let browser: Browser;
  let kubectl: oidc.Configuration;

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [sallyport, browser] = await Promise.all([startSallyport(), launchBrowser()]);
    kubectl = await oidc.discovery(new URL(sallyport.issuer), 'kubectl', undefined, oidc.None(), {
      execute: [oidc.allowInsecureRequests],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await sallyport?.dispose();
  });

  async function person(colorScheme: 'light' | 'dark', javaScriptEnabled = false): Promise<Page> {
    const context = await browser.newContext({ javaScriptEnabled, colorScheme });
    onTestFinished(() => context.close());
    return context.newPage();
  }

  const askForCode = () => oidc.initiateDeviceAuthorization(kubectl, { scope: 'openid offline_access' });
  const poll = (device: oidc.DeviceAuthorizationResponse) =>
    oidc.pollDeviceAuthorizationGrant(kubectl, { ...device, interval: 0.01 });

  it.each(['light', 'dark'] as const)(
    'is let in with the keyboard alone, without JavaScript: %s',
    async (scheme) => {
      const device = await askForCode();
      const page = await person(scheme);
      await page.goto(device.verification_uri);
      await signIn(page, 'jane@example.com');
      const field = page.getByLabel('Code');
      await field.waitFor();
      expect(await page.title()).toContain('Connect a device');
      await page.screenshot({ path: join(SCREENSHOTS, `device-code-${scheme}.png`) });
      expect(await page.locator('#user_code:focus').count()).toBe(1);
      await page.keyboard.type(device.user_code.toLowerCase().replace('-', ''));
      await page.keyboard.press('Enter');
      const allow = page.getByRole('button', { name: 'I started this: allow' });
      await allow.waitFor();
      const text = await page.textContent('main');
      for (const shown of [device.user_code, 'kubectl', '127.0.0.1', 'just now'])
        expect(text).toContain(shown);
      await page.screenshot({ path: join(SCREENSHOTS, `device-confirm-${scheme}.png`), fullPage: true });
      const focused = () => page.locator(':focus').allTextContents();
      for (let tab = 0; tab < 5 && !(await focused()).includes('I started this: allow'); tab++)
        await page.keyboard.press('Tab');
      expect(await focused()).toEqual(['I started this: allow']);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'The device is signed in' }).waitFor();
      expect((await poll(device)).claims()).toMatchObject({
        preferred_username: 'jane',
        groups: ['developers'],
      });
    },
  );

  it('is not let in by a link: with JavaScript too, nothing happens until a button is pressed', async () => {
    const device = await askForCode();
    const page = await person('light', true);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(device.verification_uri_complete ?? '');
    await signIn(page, 'jane@example.com');
    await page.getByLabel('Code').waitFor();
    expect(await page.getByLabel('Code').inputValue()).toBe(device.user_code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Refuse' }).click();
    await page.getByRole('heading', { name: 'Refused' }).waitFor();
    await expect(poll(device)).rejects.toMatchObject({ error: 'access_denied' });
    expect(complaints.filter((text) => /Content Security Policy|violates/i.test(text))).toEqual([]);
  });

  it('a wrong code is said in words at the field', async () => {
    const page = await person('light');
    await page.goto(`${sallyport.issuer}/device`);
    await signIn(page, 'jane@example.com');
    await page.getByLabel('Code').fill('BBBB-BBBB');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.title()).toMatch(/^Error: Connect a device/);
    const field = page.getByLabel('Code');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    const [error] = (await field.getAttribute('aria-describedby'))?.split(' ') ?? [];
    expect(await page.locator(`#${error}`).textContent()).toContain('This code is not right');
    await page.screenshot({ path: join(SCREENSHOTS, 'device-wrong-code.png') });
  });
});
