import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendHtml } from '../../src/http/index.ts';
import { toText, unseenPage } from '../../views/index.ts';
import { formsOf } from './support/browser-like.ts';
import { type Door, openDoor, startAuthorization, webClient, webRedirect } from './support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ path: '/idp' });
  const { pages } = door.identity;
  pages.router.get('/pages/one', (req, res) =>
    sendHtml(res, 200, toText(unseenPage(pages.page(req), 'cluster'))),
  );
});
afterAll(() => door.close());

const langOf = ({ body }: { readonly body: string }) => /<html lang="(\w+)"/.exec(body)?.[1];
const swedish = { headers: { 'accept-language': 'sv' } };

async function authorizationUrl(parameters: Readonly<Record<string, string>> = {}): Promise<string> {
  const config = await door.relyingParty('web', webClient.secret);
  const wanted = { redirect_uri: webRedirect, scope: 'openid', ...parameters };
  return (await startAuthorization(config, wanted)).url;
}

describe('the language of the pages', () => {
  it('is the browser’s, unless the address asks for another, unless the person has chosen one', async () => {
    const browser = door.browser();
    const home = `${door.issuer}/`;
    expect(langOf(await browser.request(home, swedish))).toBe('sv');
    expect(langOf(await browser.request(`${home}?ui_locales=en`, swedish))).toBe('en');
    const page = await browser.submit(await browser.open(home), { lang: 'sv' }, '/language');
    expect([page.url, langOf(page)]).toEqual([home, 'sv']);
    expect(langOf(await browser.request(`${home}?ui_locales=en`))).toBe('sv');
    expect(langOf(await browser.open(await authorizationUrl({ ui_locales: 'en' })))).toBe('sv');
    expect(langOf(await browser.open(`${door.issuer}/nowhere`))).toBe('sv');
    expect(browser.setCookies.at(0)).toMatch(
      /^sallyport_language=sv; Max-Age=31536000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
  });

  it('changes on the way in, before and after a mistake, and stays through the flow', async () => {
    const browser = door.browser();
    const login = await browser.open(await authorizationUrl({ ui_locales: 'sv' }));
    expect(langOf(login)).toBe('sv');
    const failed = await browser.submit(login, { username: 'jane', password: 'wrong' }, '/login');
    expect([failed.status, langOf(failed)]).toEqual([200, 'sv']);
    const english = await browser.submit(failed, { lang: 'en' }, '/language');
    expect([english.url, langOf(english)]).toEqual([login.url, 'en']);
    const asked = await browser.submit(english, { username: 'jane', password: 'password' }, '/login');
    expect([asked.title, langOf(asked)]).toEqual(['Allow Web App to use your account? – Sallyport', 'en']);
  });

  it('goes along to the sign-in that a page asks for, and back', async () => {
    const browser = door.browser();
    const login = await browser.open(`${door.issuer}/account?ui_locales=sv`);
    expect(langOf(login)).toBe('sv');
    const page = await browser.submit(login, { username: 'jane', password: 'password' }, '/login');
    expect([page.url, langOf(page)]).toEqual([`${door.issuer}/account?ui_locales=sv`, 'sv']);
  });

  it('is changed by this site’s form alone, into one that there is', async () => {
    const send = (body: Record<string, string>, headers: Record<string, string>) =>
      door.browser().request(`${door.issuer}/language`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(body),
      });
    const own = { 'sec-fetch-site': 'same-origin' };
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
      const refused = await send({ lang: 'sv', to: '/idp/' }, headers);
      expect([refused.status, refused.headers.getSetCookie()]).toEqual([403, []]);
    }
    const unknown = await send({ lang: 'xx', to: '/idp/' }, own);
    expect([unknown.status, unknown.headers.getSetCookie()]).toEqual([400, []]);
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example/idp/', '/elsewhere', '/idp/\t/x', ''])(
    'leads home, not to %j',
    async (to) => {
      const browser = door.browser();
      const page = await browser.submit(
        await browser.open(`${door.issuer}/`),
        { lang: 'sv', to },
        '/language',
      );
      expect([page.url, langOf(page)]).toEqual([`${door.issuer}/`, 'sv']);
    },
  );

  it('is offered wherever a page can be looked at again, and no program’s parameters are repeated', async () => {
    const back = async (path: string) =>
      formsOf(await door.browser().open(door.issuer + path)).find(({ action }) =>
        action.endsWith('/language'),
      )?.fields['to'];
    expect(await back('/')).toBe('/idp/');
    expect(await back('/nowhere?code=abc')).toBe('/idp/nowhere');
    expect(await back('/reset')).toBe('/idp/reset');
    expect(await back('/logout')).toBe('/idp/logout/success');
    expect(await back('/logout?id_token_hint=eyJ')).toBe('/idp/logout');
    expect(await back('/pages/one?x=1')).toBe('/idp/pages/one?x=1');
    expect(await back('/auth?client_id=nobody&request=eyJ')).toBeUndefined();
  });
});
