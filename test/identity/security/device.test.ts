import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approve, askForCode } from '../device/support.ts';
import { type Door, openDoor, signInFor, webRedirect } from '../support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

describe('S-155: the page for devices', () => {
  it.each([
    '/device/callback?code=x&state=y',
    '/device/callback',
    '/device/auth/verify_code?user_code=x&next=/device/callback',
  ])('has no place for a code of another client: %s', async (path) => {
    const answer = await fetch(`${door.issuer}${path}`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([404, null]);
  });

  it('goes on to no address that it is given', async () => {
    const { body: device } = await askForCode(door);
    const browser = door.browser();
    const next = encodeURIComponent('https://evil.example/device/callback');
    await approve(browser, {
      user_code: device.user_code,
      verification_uri: `${device.verification_uri}?next=${next}&redirect_uri=${next}&back=${next}`,
    });
    for (const { url, headers } of browser.seen) {
      expect(new URL(url).origin).toBe(door.issuer);
      expect(headers.get('location') ?? '').not.toContain('evil.example');
    }
  });
});

describe('S-157: a client’s secret', () => {
  it('is in no address that a browser sees, and in no log line', async () => {
    const browser = door.browser();
    const config = await door.relyingParty('web', 'web-secret');
    await signInFor(config, browser, { redirect_uri: webRedirect, scope: 'openid offline_access' });
    const { body: device } = await askForCode(door);
    await approve(browser, device);
    await browser.open(`${door.issuer}/device?client_id=web&client_secret=web-secret`);
    const written = browser.seen
      .slice(0, -1)
      .flatMap(({ url, headers, body }) => [url, headers.get('location') ?? '', body]);
    expect(written.length).toBeGreaterThan(20);
    for (const text of written) expect(text).not.toContain('web-secret');
    expect(browser.seen.at(-1)?.body).not.toContain('web-secret');
    expect(JSON.stringify(door.log)).not.toContain('web-secret');
  });
});
