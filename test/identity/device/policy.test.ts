import { expect, it, onTestFinished } from 'vitest';
import { openDoor } from '../support/door.ts';
import { approve, askForCode, poll } from './support.ts';

it('a device has no refresh token of a client whose refresh tokens end with the browser', async () => {
  const door = await openDoor({
    clients: [
      { id: 'tool', public: true },
      { id: 'bound', public: true, refreshTokenLifetime: 'session' },
    ],
  });
  onTestFinished(() => door.close());
  for (const client_id of ['tool', 'bound']) {
    const { body: device } = await askForCode(door, { client_id, scope: 'openid offline_access' });
    await approve(door.browser(), device);
    const { status, body } = await poll(door, device.device_code, { client_id });
    expect([status, 'refresh_token' in body]).toEqual([200, client_id === 'tool']);
  }
});

it('a device gets nothing for somebody whom its client does not admit', async () => {
  const door = await openDoor({ clients: [{ id: 'tool', public: true, allowedGroups: ['admins'] }] });
  onTestFinished(() => door.close());
  const { body: device } = await askForCode(door, { client_id: 'tool' });
  await approve(door.browser(), device);
  const { status, body } = await poll(door, device.device_code, { client_id: 'tool' });
  expect([status, body['error']]).toEqual([400, 'invalid_grant']);
});
