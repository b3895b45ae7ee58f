import { hashSync } from '@node-rs/bcrypt';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  type Door,
  type DoorOptions,
  jane,
  loopback,
  openDoor,
  postToken,
  startAuthorization,
} from '../support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

async function open(options: DoorOptions): Promise<Door> {
  const fresh = await openDoor(options);
  onTestFinished(() => fresh.close());
  return fresh;
}

/** Whether the page lets the credentials in. */
async function accepts(at: Door, username: string, password: string): Promise<boolean> {
  const config = await at.relyingParty('kubectl');
  const browser = at.browser();
  const { url } = await startAuthorization(config, { redirect_uri: loopback, scope: 'openid' });
  const answer = await browser.submit(await browser.open(url), { username, password }, '/login');
  return new URL(answer.url).searchParams.has('code');
}

describe('S-113: a password', () => {
  it('is looked at by the sign-in page only, where attempts are counted', async () => {
    const attempts: Record<string, () => Promise<{ status: number }>> = {
      'password grant': () =>
        postToken(door, {
          grant_type: 'password',
          client_id: 'kubectl',
          username: 'jane',
          password: 'password',
        }),
      'as a client’s secret': () => postToken(door, { client_id: 'jane', client_secret: 'password' }),
      'in the header, at the front page': () => withPassword('/'),
      'in the header, at userinfo': () => withPassword('/userinfo'),
      'in the header, at the authorization endpoint': () => withPassword('/auth'),
    };
    const withPassword = (path: string) =>
      fetch(`${door.issuer}${path}`, { headers: { authorization: `Basic ${btoa('jane:password')}` } });
    for (const [name, send] of Object.entries(attempts)) {
      const answer = await send();
      if (name !== 'in the header, at the front page') expect([400, 401], name).toContain(answer.status);
    }
    expect(await (await withPassword('/')).text()).not.toContain(jane.email);
    expect(JSON.stringify(door.log)).not.toContain('"sign_in"');
  });
});

describe('S-115 S-117: a password counts as it was typed', () => {
  const passwords: readonly [string, string, readonly string[]][] = [
    ['blanks at its ends', ' pass word ', ['pass word', ' pass word', 'pass word ']],
    ['capitals', 'PassWord', ['password', 'PASSWORD']],
    ['a composed letter', 'caf\u00e9-caf\u00e9', ['cafe-cafe', 'cafe\u0301-cafe\u0301']],
    ['all of 72 bytes', 'x'.repeat(72), ['x'.repeat(71), 'x'.repeat(73), `${'x'.repeat(72)}y`]],
    ['markup', '<b>&amp;"\'', ['<b>&"\'', '&lt;b&gt;&amp;"\'']],
  ];

  it.each(passwords)('%s', async (_name, password, others) => {
    const at = await open({ passwords: [{ ...jane, hash: hashSync(password, 4) }] });
    for (const other of others) expect(await accepts(at, 'jane', other), JSON.stringify(other)).toBe(false);
    expect(await accepts(at, 'jane', password)).toBe(true);
  });
});

describe('S-123: a fresh installation', () => {
  it.each([
    ['admin', 'admin'],
    ['admin', 'password'],
    ['admin@example.com', 'password'],
    ['root', ''],
    ['', ''],
  ])('lets nobody in as %j with %j', async (username, password) => {
    const fresh = await open({ passwords: [], clients: [] });
    expect(await accepts(fresh, username, password)).toBe(false);
  });
});
