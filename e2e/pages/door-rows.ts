import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { cameBack } from '../support/relying-party.ts';
import { amy, NEXT_PASSWORD } from './portal-rows.ts';
import type { Row, Walk } from './walk.ts';

/** Applications that ask for all that a sign-in may ask for. */
export const DOOR_CONFIG = `
mfa:
  authenticators:
    - { id: app, type: TOTP }
    - { id: passkey, type: WebAuthn }
staticClients:
  - { id: wiki, name: The wiki, public: true }
  - { id: bank, name: The bank, public: true, mfaChain: [app] }
  - { id: vault, name: The vault, public: true, mfaChain: [passkey] }
  - { id: club, name: The club, public: true, allowedGroups: [members, friends-of-members] }
`;

const code = (secret: string, later = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) }).generate({
    timestamp: Date.now() + later,
  });

/** Where a sign-in goes on. */
const RESUMED = /\/auth\/[\w-]+$/;

/** Presses a button whose answer leads away at once, and stays on the page in between. */
async function stopOn(page: Page, press: () => Promise<unknown>): Promise<void> {
  await page.route(RESUMED, (route) => route.abort('aborted'));
  await press();
  await page.locator('meta[http-equiv=refresh]').waitFor({ state: 'attached' });
}

const WAY_IN: readonly Row[] = [
  {
    name: 'front',
    async go(walk) {
      await walk.leave();
      await walk.to('/');
    },
  },
  { name: 'not-found', go: (walk) => walk.to('/nowhere'), error: 'page' },
  { name: 'unknown-client', go: (walk) => walk.to('/auth?client_id=nobody'), error: 'page' },
  { name: 'sign-in-over', go: (walk) => walk.to('/interaction/nothing'), error: 'page' },
  { name: 'signed-out', go: (walk) => walk.to('/logout/success') },
  { name: 'reset', go: (walk) => walk.to('/reset'), script: true },
  {
    name: 'reset-wrong',
    go: (walk) =>
      walk.fill({ code: 'nothing', 'new-password': 'correct horse battery', again: 'correct horse battery' }),
    error: 'form',
    script: true,
  },
  { name: 'sign-in', go: (walk) => walk.toApp('wiki'), script: true },
  { name: 'wrong-password', go: (walk) => walk.signIn('bob', 'wrong'), error: 'form', script: true },
  { name: 'consent', go: (walk) => walk.signIn('bob') },
];

const AMYS_FACTORS: readonly Row[] = [
  { name: 'enrol-app', go: (walk) => begin(walk, 'bank') },
  { name: 'enrol-app-wrong', go: (walk) => walk.fill({ code: '000000' }), error: 'form' },
  {
    name: 'recovery-codes',
    async go(walk) {
      const secret = (await walk.page.locator('code').first().textContent()) ?? '';
      walk.notes.set('secret', secret);
      await walk.fill({ code: code(secret) });
    },
  },
  { name: 'factor', go: (walk) => begin(walk, 'bank') },
  { name: 'factor-wrong', go: (walk) => walk.fill({ code: '000000' }), error: 'form' },
  {
    name: 'recovery-wrong',
    async go(walk) {
      await walk.page.locator('summary').click();
      await walk.fill({ recovery: 'nothing' });
    },
    error: 'form',
  },
  {
    name: 'bank-consent',
    // The code that confirmed the app is used up; the next one counts already.
    go: (walk) => walk.fill({ code: code(walk.notes.get('secret') ?? '', 30_000) }),
  },
  {
    name: 'continue',
    go: ({ page }) => stopOn(page, () => page.click('button.primary', { noWaitAfter: true })),
  },
  {
    name: 'enrol-passkey',
    async go(walk) {
      await walk.page.unroute(RESUMED);
      await walk.toApp('vault');
    },
    script: true,
  },
  {
    name: 'vault-consent',
    async go(walk) {
      await addAuthenticator(walk);
      await walk.page.reload();
      await walk.press('form[data-passkey] button');
    },
  },
  {
    name: 'factor-passkey',
    async go(walk) {
      // Nothing is filled in by itself while nobody touches the authenticator.
      await touching(walk, false);
      await walk.leave();
      await walk.toApp('vault');
      await walk.signIn(amy(walk), NEXT_PASSWORD);
    },
    script: true,
  },
  {
    name: 'account-full',
    async go(walk) {
      // Made without a script the page had no way to the authenticator.
      await walk.page.reload();
      await touching(walk, true);
      await walk.press('form[data-passkey] button');
      await walk.press('button.primary');
      await cameBack(walk.page, walk.app);
      // Or it would sign her in on the next page that asks who is there.
      await walk.devtools.send('WebAuthn.disable');
      await walk.to('/account');
    },
  },
];

const AUTHENTICATOR = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

async function addAuthenticator({ notes, devtools }: Walk): Promise<void> {
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: AUTHENTICATOR,
  });
  notes.set('authenticator', authenticatorId);
}

/** Whether the person touches it when they are asked to. */
async function touching({ notes, devtools }: Walk, enabled: boolean): Promise<void> {
  const authenticatorId = notes.get('authenticator') ?? '';
  await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
}

async function begin(walk: Walk, clientId: string): Promise<void> {
  await walk.leave();
  await walk.toApp(clientId);
  await walk.signIn(amy(walk), NEXT_PASSWORD);
}

const DEVICES: readonly Row[] = [
  {
    name: 'device',
    async go(walk) {
      await walk.leave();
      await walk.to('/device');
      await walk.signIn('jane');
    },
  },
  { name: 'device-wrong', go: (walk) => walk.fill({ user_code: 'BBBB-BBBB' }), error: 'form' },
  { name: 'device-confirm', go: (walk) => confirm(walk, 'kubectl') },
  { name: 'device-done', go: (walk) => walk.press('button[value=approve]') },
  {
    name: 'device-denied',
    async go(walk) {
      await confirm(walk, 'wiki');
      await walk.press('button[value=deny]');
    },
  },
  { name: 'device-not-for-her', go: (walk) => confirm(walk, 'club') },
  { name: 'refused', go: (walk) => walk.toApp('club'), error: 'page' },
];

async function confirm(walk: Walk, clientId: string): Promise<void> {
  const userCode = await walk.deviceCode(clientId);
  await walk.to('/device');
  await walk.fill({ user_code: userCode });
}

/** The pages on the way to an application or a device. Each part goes on where the one before has ended. */
export const DOOR = {
  'who signs in': WAY_IN,
  'who is asked for a second factor': AMYS_FACTORS,
  'who lets a device in': DEVICES,
} as const;
