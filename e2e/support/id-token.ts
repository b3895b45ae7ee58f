import { openRelyingParty } from './relying-party.ts';
import type { Sallyport } from './sallyport.ts';
import { signInPlainly } from './sign-in-plainly.ts';

/** Signs the person in and gives the ID token of the client `kubectl`. */
export async function getIdToken(sallyport: Sallyport, person: string): Promise<string> {
  const party = await openRelyingParty({ issuer: sallyport.issuer, clientId: 'kubectl' });
  try {
    await fetch(await signInPlainly(party.authorizationUrl, person));
    return (await party.tokens).id_token ?? '';
  } finally {
    party.close();
  }
}
