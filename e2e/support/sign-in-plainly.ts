import { createBrowserLike } from '../../test/identity/support/browser-like.ts';

/**
 * Signs somebody in where an authorization request begins, without Chromium: for tests of what comes after.
 * @returns where the browser is sent back to
 */
export async function signInPlainly(url: string, username: string, password = 'password'): Promise<string> {
  const browser = createBrowserLike(new URL(url).origin);
  const login = await browser.open(url);
  const { url: callback, body } = await browser.submit(login, { username, password }, '/login');
  if (new URL(callback).origin === new URL(url).origin)
    throw new Error(`${username} is not signed in: ${body}`);
  return callback;
}
