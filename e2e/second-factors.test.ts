import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { cameBack, openRelyingParty, type RelyingParty } from './support/relying-party.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { signIn } from './support/sign-in.ts';

const SCREENSHOTS = resolve(import.meta.dirname, 'screenshots');

const mfa = `
mfa:
  authenticators:
    - id: app
      type: TOTP
    - id: passkey
      type: WebAuthn
staticClients:
  - { id: wiki, name: The wiki, public: true }
  - { id: bank, name: The bank, public: true, mfaChain: [app] }
  - { id: vault, name: The vault, public: true, mfaChain: [passkey] }
`;

/** Lets a test have a browser that does not offer passkeys where it fills in names. */
const offerSwitch = `
  try {
    if (localStorage.getItem('offer') === 'no')
      PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  } catch {}
`;

describe('second factors in a browser', () => {
  let sallyport: Sallyport;
  let issuer: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let passkeys: CDPSession;
  let authenticatorId: string;
  let parties: { close(): void }[];

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [sallyport, browser] = await Promise.all([
      // Browsers make passkeys for names only; and the first door alone is enough.
      startSallyport((config) =>
        config
          .replace(/issuer: http:\/\/127\.0\.0\.1/, 'issuer: http://localhost')
          .replace(/gateway:[\s\S]*/, '')
          .replace('staticClients: []\n', mfa),
      ),
      launchBrowser(),
    ]);
    issuer = sallyport.issuer.replace('127.0.0.1', 'localhost');
  });

  afterAll(async () => {
    await browser?.close();
    await sallyport?.dispose();
  });

  beforeEach(() => {
    parties = [];
  });

  afterEach(async () => {
    for (const party of parties) party.close();
    await context?.close();
  });

  /** A browser with an authenticator of its own. */
  async function openBrowser(options: { dark?: boolean } = {}): Promise<void> {
    context = await browser.newContext({ colorScheme: options.dark === true ? 'dark' : 'light' });
    await context.addInitScript(offerSwitch);
    page = await context.newPage();
    passkeys = await context.newCDPSession(page);
    await passkeys.send('WebAuthn.enable');
    ({ authenticatorId } = await passkeys.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    }));
  }

  /** Whether the person touches the authenticator when they are asked to; counts for what is asked from now on. */
  async function touching(enabled: boolean): Promise<void> {
    await passkeys.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  }

  async function party(clientId: string): Promise<RelyingParty> {
    const opened = await openRelyingParty({ issuer, clientId });
    parties.push(opened);
    return opened;
  }

  /** The claims that the application gets once the person has said yes to it. */
  async function claimsAt(application: RelyingParty) {
    await page.getByRole('button', { name: 'Allow' }).click();
    await cameBack(page, application);
    return (await application.tokens).claims();
  }

  const shot = (name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });

  const code = (secret: string, later = 0) =>
    new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) }).generate({
      timestamp: Date.now() + later,
    });

  it('a passkey is enrolled where it is demanded, and then signs in alone and second', async () => {
    await openBrowser();
    const vault = await party('vault');
    await page.goto(vault.authorizationUrl);
    await shot('sign-in-passkey');
    await signIn(page, 'jane@example.com');
    await page.getByRole('heading', { name: 'Add a second factor' }).waitFor();
    await shot('enrol-passkey');
    await page.getByLabel('Name').fill('Virtual');
    await page.getByRole('button', { name: 'Create a passkey' }).click();
    await page.getByRole('heading', { name: 'Recovery codes' }).waitFor();
    expect(await page.locator('.codes li').count()).toBe(10);
    await shot('recovery-codes');
    await page.getByRole('link', { name: /continue/ }).click();
    expect(await claimsAt(vault)).toMatchObject({ acr: 'phr', amr: expect.arrayContaining(['pwd', 'mfa']) });

    await context.clearCookies();
    await page.goto(`${issuer}/`);
    await page.evaluate("localStorage.setItem('offer', 'no')");
    const alone = await party('wiki');
    await page.goto(alone.authorizationUrl);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    const claims = await claimsAt(alone);
    expect(claims).toMatchObject({ acr: 'phr', email: 'jane@example.com' });
    expect(claims?.['amr']).not.toContain('pwd');

    await page.goto(`${issuer}/`);
    await page.evaluate("localStorage.setItem('offer', 'yes')");
    await context.clearCookies();
    const offered = await party('wiki');
    await page.goto(offered.authorizationUrl);
    // The browser offers the passkey by itself, and nothing is pressed on the page.
    expect(await claimsAt(offered)).toMatchObject({ acr: 'phr', email: 'jane@example.com' });

    await context.clearCookies();
    const second = await party('vault');
    await touching(false);
    await page.goto(second.authorizationUrl);
    await signIn(page, 'jane@example.com');
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
    await shot('factor-passkey');
    await touching(true);
    await page.getByRole('button', { name: 'Use your passkey' }).click();
    expect(await claimsAt(second)).toMatchObject({ acr: 'phr', amr: expect.arrayContaining(['pwd', 'mfa']) });
    expect(sallyport.stderr()).not.toContain('Warning');
  });

  it('an authenticator app is enrolled and asked for, and a recovery code stands in for it', async () => {
    await openBrowser({ dark: true });
    const bank = await party('bank');
    await page.goto(bank.authorizationUrl);
    await shot('sign-in-passkey-dark');
    await signIn(page, 'bob@example.com');
    const secret = (await page.locator('code').first().textContent()) ?? '';
    expect(
      await page.locator('img.qr').evaluate((image) => Reflect.get(image, 'naturalWidth')),
    ).toBeGreaterThan(0);
    await shot('enrol-app-dark');
    await page.getByLabel('Code from your authenticator app').fill(code(secret));
    await page.getByRole('button', { name: 'Add the app' }).click();
    const recovery = await page.locator('.codes li').allTextContents();
    await shot('recovery-codes-dark');
    await page.getByRole('link', { name: /continue/ }).click();
    expect(await claimsAt(bank)).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });

    await context.clearCookies();
    const again = await party('bank');
    await page.goto(again.authorizationUrl);
    await signIn(page, 'bob@example.com');
    await page.getByLabel('Code from your authenticator app').fill('000000');
    await page.getByRole('button', { name: 'Continue' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('That is not right');
    await shot('factor-app-dark');
    // The code that confirmed the app is used up; the next one counts already.
    await page.getByLabel('Code from your authenticator app').fill(code(secret, 30_000));
    await page.getByRole('button', { name: 'Continue' }).click();
    expect(await claimsAt(again)).toMatchObject({ acr: 'mfa' });

    await context.clearCookies();
    const lost = await party('bank');
    await page.goto(lost.authorizationUrl);
    await signIn(page, 'bob@example.com');
    await page.getByText('I have lost my device').click();
    await page.getByLabel('Recovery code').fill(recovery[0] ?? '');
    await page.locator('details').getByRole('button', { name: 'Continue' }).click();
    expect(await claimsAt(lost)).toMatchObject({ amr: ['pwd', 'recovery', 'mfa'] });
  });

  it('the account’s page adds a passkey, shows it and the sessions, and removes it', async () => {
    await openBrowser();
    await page.goto(`${issuer}/account/factors/add`);
    await signIn(page, 'admin@example.com');
    await page.getByRole('heading', { name: 'Add a second factor' }).waitFor();
    await page.getByLabel('Name').fill('My laptop');
    await page.getByRole('button', { name: 'Create a passkey' }).click();
    await page.getByRole('link', { name: /continue/ }).click();
    await page.getByRole('heading', { name: 'Your account and security' }).waitFor();
    expect(await page.textContent('main')).toContain('My laptop');
    await shot('account');
    await page.emulateMedia({ colorScheme: 'dark' });
    await shot('account-dark');
    await page.setViewportSize({ width: 360, height: 740 });
    await shot('account-narrow-dark');
    expect(
      await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'),
    ).toBe(true);
    // A chain of the vault's asks for a passkey: the last one stays.
    await page.getByRole('button', { name: 'Remove My laptop' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Add another one first');
  });
});
