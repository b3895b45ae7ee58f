import type { BrowserLike, PageSeen } from './browser-like.ts';

export const credentials = { username: 'jane@example.com', password: 'password' };

/** Signs in on the page, gives consent when asked; ends at the application. */
export async function walk(browser: BrowserLike, url: string, fields = credentials): Promise<PageSeen> {
  let page = await browser.open(url);
  if (page.body.includes('name="password"')) page = await browser.submit(page, fields, '/login');
  if (page.body.includes('/consent"')) page = await browser.submit(page, {}, '/consent');
  return page;
}
