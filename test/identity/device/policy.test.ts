import { expect, it, onTestFinished } from 'vitest';
import { textOf } from '../support/browser-like.ts';
import { type Door, type DoorOptions, openDoor } from '../support/door.ts';
import { askForCode, decide, enterCode, poll, userCodeOn } from './support.ts';

async function open(options: DoorOptions): Promise<Door> {
  const door = await openDoor({ signer: { algorithm: 'ES256' }, ...options });
  onTestFinished(() => door.close());
  return door;
}

const tool = { id: 'tool', public: true, name: 'Tool' };
const asTool = { client_id: 'tool' };

it('somebody whom a device’s client does not admit is told before, and can only refuse', async () => {
  const door = await open({ clients: [{ ...tool, allowedGroups: ['admins'] }] });
  const { body: device } = await askForCode(door, asTool);
  const browser = door.browser();
  const page = await enterCode(browser, device.verification_uri, device.user_code);
  for (const text of ['You cannot use Tool', 'members of one of these groups', 'admins', '127.0.0.1'])
    expect(textOf(page)).toContain(text);
  expect(page.body).not.toContain('value="approve"');
  expect(textOf(await decide(browser, page, 'deny'))).toContain('The device has got nothing');
  expect((await poll(door, device.device_code, asTool)).body).toMatchObject({ error: 'access_denied' });
});

it('is told by the rule that is in the way', async () => {
  const claimValidationRules = [
    { expression: "claims.email.endsWith('.org')", message: 'For members only.' },
  ];
  const door = await open({ clients: [{ ...tool, claimValidationRules }] });
  const { body: device } = await askForCode(door, asTool);
  const page = await enterCode(door.browser(), device.verification_uri, device.user_code);
  expect(textOf(page)).toContain('You cannot use Tool For members only.');
  expect(page.body).not.toContain('value="approve"');
});

it('a device gets nothing for them, even when its form says yes', async () => {
  const door = await open({ clients: [{ ...tool, allowedGroups: ['admins'] }] });
  const { body: device } = await askForCode(door, asTool);
  const browser = door.browser();
  const page = await enterCode(browser, device.verification_uri, device.user_code);
  expect(textOf(await decide(browser, page, 'approve'))).toContain('You cannot use Tool');
  expect((await poll(door, device.device_code, asTool)).body).toMatchObject({
    error: 'authorization_pending',
  });
});

it('a device gets nothing for somebody whom its client no longer admits', async () => {
  const door = await open({ clients: [tool] });
  const { body: device } = await askForCode(door, asTool);
  const browser = door.browser();
  const page = await enterCode(browser, device.verification_uri, device.user_code);
  expect(textOf(await decide(browser, page, 'approve'))).toContain('The device is signed in');
  await door.identity.reload({ clients: [{ ...tool, allowedGroups: ['admins'] }], passwords: [] });
  const { status, body } = await poll(door, device.device_code, asTool);
  expect([status, body['error']]).toEqual([400, 'invalid_grant']);
});

it('a code that is posted to Dex’s address is filled in, and no more', async () => {
  const door = await open({});
  const { body: earlier } = await askForCode(door);
  const browser = door.browser();
  await enterCode(browser, earlier.verification_uri, earlier.user_code);
  const { body: device } = await askForCode(door);
  const posted = await browser.request(`${door.issuer}/device/auth/verify_code`, {
    method: 'POST',
    body: new URLSearchParams({ user_code: device.user_code.toLowerCase() }),
  });
  expect([posted.status, posted.headers.get('location')]).toEqual([303, '/device']);
  expect(userCodeOn(await browser.open(device.verification_uri))).toBe(device.user_code);
  expect((await poll(door, device.device_code)).body).toMatchObject({ error: 'authorization_pending' });
  const foreign = await fetch(`${door.issuer}/device/auth/verify_code`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
    body: new URLSearchParams({ user_code: device.user_code }),
  });
  expect(foreign.status).toBe(403);
});
