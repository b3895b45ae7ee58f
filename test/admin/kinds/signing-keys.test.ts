import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Door, openDoor } from '../../identity/support/door.ts';
import { serveAdmin } from '../support/served-admin.ts';

let door: Door;
let admin: Awaited<ReturnType<typeof serveAdmin>>;
beforeEach(async () => {
  door = await openDoor({ signer: { algorithm: 'ES256' } });
  admin = await serveAdmin({ identity: door.identity });
});
afterEach(async () => {
  await admin.close();
  await door.close();
});

const keys = async () => (await admin.ask('GET', 'signingkeys')).json.items;

describe('signing keys', () => {
  it('are shown without their private halves', async () => {
    const [key] = await keys();
    expect(key).toMatchObject({ spec: { algorithm: 'ES256' }, status: { state: 'Signing' } });
    expect(door.identity.jwks().keys.map(({ kid }) => kid)).toEqual([key.metadata.name]);
    expect((await admin.ask('GET', `signingkeys/${key.metadata.name}`)).json.metadata).toEqual(key.metadata);
    expect((await admin.ask('GET', 'signingkeys/other')).status).toBe(404);
    expect(JSON.stringify(key)).not.toMatch(/"d"|PRIVATE/);
  });

  it('are rotated; the old one still verifies', async () => {
    const [before] = await keys();
    const { status, json } = await admin.ask('POST', 'keyrotations', { kind: 'KeyRotation' });
    expect(status).toBe(201);
    const after: { metadata: { name: string }; status: { state: string } }[] = await keys();
    const states = new Map(after.map((key) => [key.metadata.name, key.status.state]));
    expect(states.get(json.status.signingKey)).toBe('Signing');
    expect(states.get(before.metadata.name)).toBe('Retired');
    const trail = door.log.map(({ fields }) => fields);
    expect(trail).toContainEqual(
      expect.objectContaining({ audit: true, action: 'key.rotate', actor: 'gateway:jane' }),
    );
  });

  it('are revoked: nothing that they have signed is good any more', async () => {
    const [before] = await keys();
    const { json } = await admin.ask('POST', 'keyrotations', { spec: { revoke: true } });
    expect(json).toMatchObject({ kind: 'KeyRotation', spec: { revoke: true } });
    const names = (await keys()).map(({ metadata }: { metadata: { name: string } }) => metadata.name);
    expect(names).toEqual([json.status.signingKey]);
    expect(names).not.toContain(before.metadata.name);
  });

  it('stay in a dry run, and have no other way to change', async () => {
    const before = await keys();
    expect((await admin.ask('POST', 'keyrotations?dryRun=All', {})).status).toBe(201);
    expect(await keys()).toEqual(before);
    expect((await admin.ask('DELETE', `signingkeys/${before[0].metadata.name}`)).status).toBe(405);
    expect((await admin.ask('GET', 'keyrotations')).status).toBe(405);
    // What discovery does not list as a verb is refused, as Kubernetes refuses it.
    for (const kind of ['signingkeys', 'sessions']) {
      const { status, json } = await admin.ask('GET', `${kind}?watch=1`);
      expect([status, json.reason]).toEqual([405, 'MethodNotAllowed']);
    }
  });
});
