import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeOther } from '../../src/http/index.ts';
import { type Door, openDoor } from './support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ path: '/idp' });
  const { pages } = door.identity;
  pages.router.get('/whoami', async (req, res) => {
    const visitor = await pages.visitor(req, res);
    if (visitor === undefined) return seeOther(res, pages.signInUrl('/whoami?x=1'));
    res.json({ ...visitor, query: req.query });
  });
});
afterAll(() => door.close());

const location = async (path: string) => {
  const { status, headers } = await door.browser().request(`${door.issuer}${path}`);
  return [status, headers.get('location')];
};

describe('a page on the issuer’s origin', () => {
  it('sends people to sign in, and has them back at the very address', async () => {
    const browser = door.browser();
    const login = await browser.open(`${door.issuer}/whoami`);
    expect(login.title).toBe('Sign in – Sallyport');
    const page = await browser.submit(login, { username: 'jane', password: 'password' }, '/login');
    expect(page.url).toBe(`${door.issuer}/whoami?x=1`);
    expect(JSON.parse(page.body)).toEqual({
      name: 'Jane Doe',
      query: { x: '1' },
      claims: {
        iss: door.issuer,
        aud: 'kubectl',
        sub: 'id-jane',
        email: 'jane@example.com',
        email_verified: true,
        name: 'Jane Doe',
        preferred_username: 'jane',
        groups: ['developers', 'oncall'],
      },
    });
  });

  it('gets no code in its address, and no other host is ever gone to', async () => {
    expect(await location('/signed-in?code=abc&state=%2Fwhoami%3Fx%3D1')).toEqual([303, '/idp/whoami?x=1']);
    for (const state of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '',
      '/a b',
      '/\t/evil',
    ]) {
      expect(await location(`/signed-in?code=abc&state=${encodeURIComponent(state)}`)).toEqual([
        303,
        '/idp/',
      ]);
    }
    expect(await location('/signed-in?code=abc&state=/a&state=/b')).toEqual([303, '/idp/']);
  });

  it('says so when the person declines', async () => {
    const page = await door.browser().open(`${door.issuer}/signed-in?error=access_denied&state=%2Fwhoami`);
    expect([page.status, page.title]).toEqual([403, 'Error: Something went wrong – Sallyport']);
  });
});
