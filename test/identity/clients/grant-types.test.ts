import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { afterEach, describe, expect, it } from 'vitest';
import { approve, askForCode, deviceCodeGrant, poll } from '../device/support.ts';
import { textOf } from '../support/browser-like.ts';
import { type Door, type DoorOptions, loopback, openDoor, postToken, signInFor } from '../support/door.ts';

const redirect_uri = 'https://kiosk.example/callback';
const kiosk = { id: 'kiosk', secret: 'kiosk-secret', name: 'Kiosk' };
const asKiosk = { client_id: 'kiosk', client_secret: 'kiosk-secret' };

const opened: Door[] = [];
afterEach(async () => {
  for (const door of opened.splice(0)) await door.close();
});

async function open(options: DoorOptions): Promise<Door> {
  const door = await openDoor({ signer: { algorithm: 'ES256' }, ...options });
  opened.push(door);
  return door;
}

describe('the grant types of one client', () => {
  it('let one with a secret serve devices, with that secret only', async () => {
    const door = await open({ clients: [{ ...kiosk, grantTypes: [deviceCodeGrant, 'refresh_token'] }] });
    const refused = await askForCode(door, { client_id: 'kiosk' });
    expect([refused.status, refused.body['error']]).toEqual([401, 'invalid_client']);
    const { body: device } = await askForCode(door, asKiosk);
    expect(textOf(await approve(door.browser(), device))).toContain('The device is signed in');
    const { status, body } = await poll(door, device.device_code, asKiosk);
    expect(status).toBe(200);
    expect(decodeJwt(String(body['id_token']))).toMatchObject({ sub: 'id-jane', aud: 'kiosk' });
  });

  it('keep everybody out who comes by another one', async () => {
    const door = await open({ clients: [{ ...kiosk, grantTypes: [deviceCodeGrant] }] });
    const { status, body } = await postToken(door, {
      ...asKiosk,
      grant_type: 'authorization_code',
      code: 'x',
    });
    expect([status, body['error']]).toEqual([400, 'unauthorized_client']);
    const url = new URL(`${door.issuer}/auth`);
    url.search = new URLSearchParams({
      client_id: 'kiosk',
      response_type: 'code',
      scope: 'openid',
      redirect_uri,
    }).toString();
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(400);
  });

  it('S-059: take grants away', async () => {
    const app = { ...kiosk, redirectURIs: [redirect_uri] };
    const door = await open({ clients: [{ ...app, grantTypes: ['authorization_code'] }] });
    const config = await door.relyingParty('kiosk', 'kiosk-secret');
    const scope = 'openid offline_access';
    const { tokens } = await signInFor(config, door.browser(), { redirect_uri, scope });
    expect(tokens.refresh_token).toBeUndefined();
    for (const grant_type of [
      'refresh_token',
      deviceCodeGrant,
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ]) {
      const { body } = await postToken(door, { ...asKiosk, grant_type, refresh_token: 'x' });
      expect(body['error'], grant_type).toBe('unauthorized_client');
    }
    await door.identity.reload({ clients: [app], passwords: [] });
    const { body } = await postToken(door, { ...asKiosk, grant_type: 'refresh_token', refresh_token: 'x' });
    expect(body['error']).toBe('invalid_grant');
  });

  it('are those that are served, whatever is listed', async () => {
    const listed = { ...kiosk, grantTypes: ['client_credentials', deviceCodeGrant] };
    const door = await open({ clients: [listed] });
    const { body } = await postToken(door, { ...asKiosk, grant_type: 'client_credentials' });
    expect(body['error']).toBe('unsupported_grant_type');
  });

  it('must fit the client', async () => {
    await expect(open({ clients: [{ ...kiosk, grantTypes: ['authorization_code'] }] })).rejects.toThrow(
      /kiosk has no redirectURIs/,
    );
    const forItself = { id: 'app', public: true, grantTypes: ['client_credentials'] };
    await expect(open({ clients: [forItself] })).rejects.toThrow(/app has no secret/);
  });
});

describe('without authorization_code', () => {
  const grantTypes = ['refresh_token', deviceCodeGrant];

  it('people sign in for their devices, and nowhere else', async () => {
    const door = await open({ grantTypes });
    const config = await door.relyingParty('kubectl');
    expect(config.serverMetadata().grant_types_supported).toEqual(grantTypes);
    const { body: device } = await askForCode(door);
    expect(textOf(await approve(door.browser(), device))).toContain('The device is signed in');
    const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.01 });
    expect(tokens.claims()).toMatchObject({ sub: 'id-jane' });
    const page = await door.browser().open(
      client.buildAuthorizationUrl(config, {
        redirect_uri: loopback,
        scope: 'openid',
        code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
        code_challenge_method: 'S256',
      }).href,
    );
    expect(new URL(page.url).searchParams.get('error')).toBe('unauthorized_client');
  });
});
