import type { Browser } from 'playwright-core';
import { openRelyingParty } from './relying-party.ts';
import type { Sallyport } from './sallyport.ts';
import { signIn } from './sign-in.ts';

/** An ID token as kubectl's client gets it, of a person who signs in with Chromium. */
export async function idTokenOf({ issuer }: Sallyport, browser: Browser, login: string): Promise<string> {
  const party = await openRelyingParty({ issuer, clientId: 'kubectl' });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(party.authorizationUrl);
    await signIn(page, login);
    return (await party.tokens).id_token ?? '';
  } finally {
    party.close();
    await context.close();
  }
}
