import { expect, it, vi } from 'vitest';
import { loopback, openDoor, signInFor } from './support/door.ts';

it('T9: nothing of the provider’s development set-up is in use', async () => {
  const said = [vi.spyOn(console, 'info'), vi.spyOn(console, 'warn')];
  const doors = [await openDoor({ signer: {} }), await openDoor({ signer: {} })];
  try {
    const [door] = doors;
    if (door === undefined) throw new Error('no door');
    await signInFor(await door.relyingParty('kubectl'), door.browser(), {
      redirect_uri: loopback,
      scope: 'openid',
    });
    // The provider says so itself where a development default is left on.
    for (const spy of said)
      expect(spy.mock.calls.flat().filter((line) => /oidc-provider/.test(String(line)))).toEqual([]);
    const kids = doors.flatMap(({ identity }) => identity.jwks().keys.map(({ kid }) => kid));
    expect(new Set(kids).size).toBe(kids.length);
    expect(kids).not.toContain('keystore-CHANGE-ME');
    const page = await fetch(`${door.issuer}/interaction/unknown`);
    expect(page.status).toBe(400);
    expect(await page.text()).toContain('Sallyport');
    // What it has to remember is in the store, not in a map of its own.
    const { entries } = await door.store.list('identity/oidc/');
    const models = new Set(entries.map(({ key }) => key.split('/')[3]));
    for (const model of ['Session', 'Grant', 'AuthorizationCode', 'AccessToken'])
      expect([...models]).toContain(model);
  } finally {
    for (const spy of said) spy.mockRestore();
    for (const door of doors) await door.close();
  }
});
