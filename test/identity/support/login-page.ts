import { type Door, loopback, startAuthorization } from './door.ts';

/** The page that kubectl's browser comes to when nobody is signed in. */
export async function loginPage(
  door: Door,
  browser = door.browser(),
  parameters: Record<string, string> = {},
) {
  const config = await door.relyingParty('kubectl');
  const attempt = await startAuthorization(config, {
    redirect_uri: loopback,
    scope: 'openid',
    ...parameters,
  });
  return { browser, attempt, page: await browser.open(attempt.url) };
}
