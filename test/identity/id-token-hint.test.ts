import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  credentials,
  type Door,
  loopback,
  openDoor,
  signInFor,
  startAuthorization,
  walk,
  webRedirect,
} from './support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

describe('S-019: an id_token_hint', () => {
  const parameters = { redirect_uri: webRedirect, scope: 'openid' };
  const bobsCredentials = { username: 'bob', password: 'password' };

  async function hintOf(fields = credentials): Promise<string> {
    const config = await door.relyingParty('web', 'web-secret');
    return (await signInFor(config, door.browser(), parameters, fields)).tokens.id_token ?? '';
  }

  it('of somebody else than who is signed in is login_required with prompt=none', async () => {
    const id_token_hint = await hintOf(bobsCredentials);
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    await signInFor(config, browser, parameters);
    const { url } = await startAuthorization(config, { ...parameters, prompt: 'none', id_token_hint });
    expect(new URL((await browser.open(url)).url).searchParams.get('error')).toBe('login_required');
  });

  it.each(['login', undefined])(
    'is login_required when somebody else signs in (prompt=%s)',
    async (prompt) => {
      const id_token_hint = await hintOf();
      const config = await door.relyingParty('web', 'web-secret');
      const asked = prompt === undefined ? { id_token_hint } : { id_token_hint, prompt };
      const { url } = await startAuthorization(config, { ...parameters, ...asked });
      const answer = new URL((await walk(door.browser(), url, bobsCredentials)).url).searchParams;
      expect([answer.get('error'), answer.has('code')]).toEqual(['login_required', false]);
      const right = new URL((await walk(door.browser(), url)).url).searchParams;
      expect([right.get('error'), right.has('code')]).toEqual([null, true]);
    },
  );

  it.each<[string, (token: string) => Promise<string> | string]>([
    ['with a signature that is not ours', (token) => `${token.slice(0, -8)}AAAAAAAA`],
    [
      'with alg none',
      (token) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`,
    ],
    [
      'of another client',
      async () => {
        const config = await door.relyingParty('kubectl');
        const { tokens } = await signInFor(config, door.browser(), { ...parameters, redirect_uri: loopback });
        return tokens.id_token ?? '';
      },
    ],
  ])('%s is an error, whoever is signed in', async (_name, change) => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    const { tokens } = await signInFor(config, browser, parameters);
    const id_token_hint = await change(tokens.id_token ?? '');
    const { url } = await startAuthorization(config, { ...parameters, id_token_hint });
    expect(new URL((await browser.open(url)).url).searchParams.get('error')).toBe('invalid_request');
  });
});
