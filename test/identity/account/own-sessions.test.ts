import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bob,
  type Door,
  jane,
  loopback,
  openDoor,
  signInFor,
  webClient,
  webRedirect,
} from '../support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

async function login(username = 'jane', client = 'kubectl') {
  const isWeb = client === webClient.id;
  const config = await door.relyingParty(client, isWeb ? webClient.secret : undefined);
  const request = { redirect_uri: isWeb ? webRedirect : loopback, scope: 'openid offline_access' };
  const { tokens } = await signInFor(config, door.browser(), request, {
    username,
    password: 'password',
  });
  return { bearer: tokens.access_token, sid: String(tokens.claims()?.['sid']) };
}

const ask = (path: string, bearer: string | undefined, method = 'GET') =>
  fetch(`${door.issuer}/sessions${path}`, {
    method,
    headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
  });

async function list(bearer: string): Promise<Record<string, unknown>[]> {
  const answer = await ask('', bearer);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
  const { sessions } = (await answer.json()) as { sessions: Record<string, unknown>[] };
  return sessions;
}

describe('the person’s own sessions', () => {
  it('are listed for the program on their machine, which knows its own', async () => {
    const { bearer, sid } = await login();
    const sessions = await list(bearer);
    const own = sessions.find(({ current }) => current === true);
    expect(own).toMatchObject({ id: sid, kind: 'application', clients: ['kubectl'] });
    expect(sessions.map(({ kind }) => kind)).toContain('browser');
    expect(sessions.flatMap(({ clients }) => clients)).not.toContain('sallyport-pages');
  });

  it('are theirs alone', async () => {
    const [janes, bobs] = [await login(jane.email), await login(bob.email)];
    expect((await list(bobs.bearer)).map(({ id }) => id)).not.toContain(janes.sid);
    expect((await ask(`/${janes.sid}`, bobs.bearer, 'DELETE')).status).toBe(404);
    expect((await list(janes.bearer)).map(({ id }) => id)).toContain(janes.sid);
  });

  it('end at once: their tokens are worth nothing', async () => {
    const [first, second] = [await login(), await login()];
    expect((await ask(`/${first.sid}`, second.bearer, 'DELETE')).status).toBe(204);
    expect(door.identity.isEnded(first.sid)).toBe(true);
    const refused = await ask('', first.bearer);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('error="invalid_token"'),
    ]);
    expect((await ask(`/${first.sid}`, second.bearer, 'DELETE')).status).toBe(404);
    expect((await list(second.bearer)).map(({ id }) => id)).not.toContain(first.sid);
  });

  it('are not for tokens of other clients, nor for no token', async () => {
    const web = await login('jane', webClient.id);
    for (const bearer of [web.bearer, undefined, 'guess', '']) {
      expect((await ask('', bearer)).status).toBe(401);
      expect((await ask(`/${web.sid}`, bearer, 'DELETE')).status).toBe(401);
    }
  });
});
