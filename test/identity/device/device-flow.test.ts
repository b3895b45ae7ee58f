import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../../src/store/index.ts';
import { textOf } from '../support/browser-like.ts';
import { bob, type Door, type DoorOptions, dump, jane, openDoor } from '../support/door.ts';
import { approve, askForCode, claimsOf, decide, enterCode, poll, userCodeOn } from './support.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

async function open(options: DoorOptions = {}): Promise<Door> {
  const own = await openDoor(options);
  onTestFinished(() => own.close());
  return own;
}

describe('a device', () => {
  it('is signed in by a person in a browser elsewhere', async () => {
    const config = await door.relyingParty('kubectl');
    expect(config.serverMetadata()).toMatchObject({
      device_authorization_endpoint: `${door.issuer}/device/code`,
      grant_types_supported: expect.arrayContaining(['urn:ietf:params:oauth:grant-type:device_code']),
    });
    const device = await client.initiateDeviceAuthorization(config, { scope: 'openid offline_access' });
    expect(device).toMatchObject({
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${door.issuer}/device`,
      verification_uri_complete: `${door.issuer}/device?user_code=${device.user_code}`,
      expires_in: 300,
      interval: 5,
    });
    expect(textOf(await approve(door.browser(), device))).toContain('The device is signed in');
    const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.01 });
    expect(tokens.claims()).toMatchObject({ sub: jane.userID, aud: 'kubectl', groups: jane.groups });
    const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(next.claims()?.sub).toBe(jane.userID);
  });

  it('S-156: is never let in by the address alone: the code is filled in, and two buttons are pressed', async () => {
    const { body: device } = await askForCode(door, {}, { 'user-agent': 'kubelogin/1 <b>' });
    const browser = door.browser();
    const entry = await browser.open(device.verification_uri_complete);
    const page = await browser.submit(entry, { username: 'jane', password: 'password' }, '/login');
    expect(userCodeOn(page)).toBe(device.user_code);
    expect((await poll(door, device.device_code)).body).toMatchObject({ error: 'authorization_pending' });
    const confirm = await browser.submit(page, {}, '/device');
    for (const text of [
      device.user_code,
      'kubectl',
      '127.0.0.1',
      'kubelogin/1 <b>',
      'Asked just now',
      'just now',
    ]) {
      expect(textOf(confirm)).toContain(text);
    }
    expect(confirm.body).not.toContain('<b>');
    expect(confirm.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(textOf(await decide(browser, confirm, 'approve'))).toContain('The device is signed in');
    for (const { url, status, headers } of browser.seen.filter((one) => one.url.includes('/device'))) {
      expect([200, 303], url).toContain(status);
      expect(headers.get('cache-control'), url).toBe('no-store');
    }
  });

  it('is told when the person refuses', async () => {
    const { body: device } = await askForCode(door);
    const browser = door.browser();
    const confirm = await enterCode(browser, device.verification_uri, device.user_code);
    expect(textOf(await decide(browser, confirm, 'deny'))).toContain('The device has got nothing');
    const { status, body } = await poll(door, device.device_code);
    expect([status, body['error']]).toEqual([400, 'access_denied']);
  });

  it('S-153: belongs to its client', async () => {
    const own = await open({ clients: [{ id: 'tool', public: true }] });
    const { body: device } = await askForCode(own);
    await approve(own.browser(), device);
    const stolen = await poll(own, device.device_code, { client_id: 'tool' });
    expect(stolen.body['error']).toBe('invalid_grant');
    expect((await poll(own, device.device_code)).status).toBe(200);
  });

  it('S-059: is nothing for clients that are not public programs', async () => {
    const { status, body } = await askForCode(door, { client_id: 'web', client_secret: 'web-secret' });
    expect([status, body['error']]).toEqual([400, 'unauthorized_client']);
  });

  it('of a client that is not built in shows what it asks for and gets no more', async () => {
    const own = await open({ clients: [{ id: 'tool', name: 'The tool', public: true }] });
    const { body: device } = await askForCode(own, { client_id: 'tool', scope: 'openid groups' });
    const browser = own.browser();
    const confirm = await enterCode(browser, device.verification_uri, device.user_code);
    expect(textOf(confirm)).toContain('see the groups you belong to');
    expect(textOf(confirm)).toContain('The tool');
    await decide(browser, confirm, 'approve');
    const { body } = await poll(own, device.device_code, { client_id: 'tool' });
    const claims = claimsOf(body['id_token']);
    expect(claims).toMatchObject({ sub: jane.userID, aud: 'tool', groups: jane.groups });
    expect(claims).not.toHaveProperty('email');
    expect(body).not.toHaveProperty('refresh_token');
  });

  it('S-040 S-041: groups are read when the device fetches its tokens; none for a vanished account', async () => {
    const store = createMemoryStore();
    const first = await openDoor({ store });
    const { port } = first;
    const [one, two] = [(await askForCode(first)).body, (await askForCode(first)).body];
    const browser = first.browser();
    for (const device of [one, two]) await approve(browser, device);
    await first.close();
    const second = await openDoor({ store, port, passwords: [{ ...jane, groups: ['ops'] }, bob] });
    const { body } = await poll(second, one.device_code);
    await second.close();
    expect(claimsOf(body['id_token'])['groups']).toEqual(['ops']);
    const third = await open({ store, port, passwords: [bob] });
    expect((await poll(third, two.device_code)).body['error']).toBe('invalid_grant');
  });

  it('outlives the browser session that it was allowed in', async () => {
    const config = await door.relyingParty('kubectl');
    const { body: device } = await askForCode(door, { scope: 'openid offline_access' });
    const browser = door.browser();
    await approve(browser, device);
    await browser.submit(await browser.open(`${door.issuer}/logout`), { logout: 'yes' });
    expect((await browser.open(`${door.issuer}/`)).title).toContain('You are not signed in');
    const { body } = await poll(door, device.device_code);
    const next = await client.refreshTokenGrant(config, String(body['refresh_token']));
    expect(next.claims()?.sub).toBe(jane.userID);
  });
});

describe('the page of a person', () => {
  it.each(['en', 'sv'])('speaks their language and needs no script: %s', async (lang) => {
    const { body: device } = await askForCode(door);
    const browser = door.browser();
    const page = await enterCode(browser, device.verification_uri, device.user_code);
    const again = await browser.request(page.url, { headers: { 'accept-language': lang } });
    expect(again.body).toContain(`<html lang="${lang}"`);
    expect(again.body).not.toContain('<script');
    expect(textOf(again)).toContain(lang === 'en' ? 'Refuse' : 'Neka');
  });

  it('S-158: reads a code however it is written', async () => {
    const { body: device } = await askForCode(door);
    const written = ` ${device.user_code.toLowerCase().replace('-', ' \u2011 ')}`;
    const confirm = await enterCode(door.browser(), device.verification_uri, written);
    expect(textOf(confirm)).toContain(device.user_code);
  });

  it('says the same of codes that never were, are used, have ended', async () => {
    let time = Date.now();
    const own = await open({ now: () => time });
    const [used, ended] = [(await askForCode(own)).body, (await askForCode(own)).body];
    const browser = own.browser();
    await approve(browser, used);
    const wrong = async (code: string) => {
      const page = await enterCode(browser, used.verification_uri, code);
      expect(page.title).toMatch(/^Error: Connect a device/);
      return textOf(page);
    };
    const texts = [await wrong('BCDF-BCDF'), await wrong(used.user_code), await wrong('nonsense <i>')];
    // What was given out ends by the system's clock, which has gone on.
    time = Date.now() + 301_000;
    texts.push(await wrong(ended.user_code));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('This code is not right, or its time is over.');
  });

  it('asks who is there first; one who goes away is told so', async () => {
    const browser = door.browser();
    const entry = await browser.open(`${door.issuer}/device`);
    expect(entry.title).toContain('Sign in');
    const gone = await browser.submit(entry, {}, '/abort');
    expect([gone.status, textOf(gone)]).toEqual([403, expect.stringContaining('Access was denied')]);
  });

  it('takes no form of another site, of another browser, or without its token', async () => {
    const { body: device } = await askForCode(door);
    const browser = door.browser();
    const confirm = await enterCode(browser, device.verification_uri, device.user_code);
    const fields = { user_code: device.user_code, decision: 'approve' };
    const csrf = /name="csrf" value="([^"]*)"/.exec(confirm.body)?.[1] ?? '';
    const post = (who: typeof browser, body: Record<string, string>, headers: Record<string, string> = {}) =>
      who.request(`${door.issuer}/device/confirm`, {
        method: 'POST',
        headers,
        body: new URLSearchParams(body),
      });
    const stranger = door.browser();
    const bobs = { username: 'bob', password: 'password' };
    await enterCode(stranger, device.verification_uri, device.user_code, bobs);
    const refused = [
      await post(browser, fields),
      await post(browser, { ...fields, csrf }, { 'sec-fetch-site': 'cross-site' }),
      await post(browser, { ...fields, csrf }, { origin: 'https://evil.example' }),
      await post(stranger, { ...fields, csrf }),
    ];
    // To whom has been shown the form of another session it is shown anew, and nothing is done.
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 303]);
    expect(refused.at(-1)?.headers.get('location')).toBe('/device');
    expect((await poll(door, device.device_code)).body['error']).toBe('authorization_pending');
  });
});

it('S-032: neither code is in the store or the log', async () => {
  const own = await open();
  const { body: device } = await askForCode(own);
  const browser = own.browser();
  await approve(browser, device);
  await enterCode(browser, device.verification_uri_complete);
  const kept = `${await dump(own.store)}${JSON.stringify(own.log)}`;
  const bare = device.user_code.replace('-', '');
  for (const secret of [device.device_code, device.user_code, bare]) expect(kept).not.toContain(secret);
  expect(kept).toContain('device.approve');
});
