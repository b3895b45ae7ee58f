import type { Browser } from 'playwright-core';
import { openRelyingParty } from './relying-party.ts';
import type { Sallyport } from './sallyport.ts';
import { signIn } from './sign-in.ts';

/** Signs the person in with a browser and gives the ID token of the client `kubectl`. */
export async function getIdToken(sallyport: Sallyport, browser: Browser, person: string): Promise<string> {
  const party = await openRelyingParty({ issuer: sallyport.issuer, clientId: 'kubectl' });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(party.authorizationUrl);
    await signIn(page, person);
    return (await party.tokens).id_token ?? '';
  } finally {
    party.close();
    await context.close();
  }
}
