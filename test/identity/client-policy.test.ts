import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/index.ts';
import { textOf } from './support/browser-like.ts';
import {
  bob,
  credentials,
  type Door,
  jane,
  openDoor,
  redeem,
  signInFor,
  startAuthorization,
  walk,
  webClient,
  webRedirect,
} from './support/door.ts';

const web = (more: object) => ({ ...webClient, ...more });
const asBob = { username: 'bob@example.com', password: 'password' };
const request = { redirect_uri: webRedirect, scope: 'openid email profile groups offline_access' };

async function withDoor(options: Parameters<typeof openDoor>[0], use: (door: Door) => Promise<void>) {
  const door = await openDoor(options);
  try {
    await use(door);
  } finally {
    await door.close();
  }
}

describe('a client for members of a group', () => {
  let door: Door;
  beforeAll(async () => {
    door = await openDoor({ clients: [web({ allowedGroups: ['oncall', 'platform'] })] });
  });
  afterAll(() => door.close());

  it('takes a member', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const { tokens } = await signInFor(config, door.browser(), request);
    expect(tokens.claims()).toMatchObject({ sub: jane.userID, groups: jane.groups });
  });

  it('tells anybody else, once signed in, which groups would do, and answers access_denied', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    const attempt = await startAuthorization(config, request);
    const first = await browser.open(attempt.url);
    expect(textOf(first)).not.toMatch(/oncall|platform/);
    const wrong = await browser.submit(first, { ...asBob, password: 'wrong' }, '/login');
    expect(textOf(wrong)).not.toMatch(/oncall|platform/);
    const page = await browser.submit(wrong, asBob, '/login');
    expect(page.status).toBe(403);
    expect(page.title).toBe('Error: You cannot use Web App – Sallyport');
    expect(textOf(page)).toMatch(
      /members of one of these groups: oncall platform .* You are signed in as Bob/,
    );
    const back = await browser.submit(page, {}, '/abort');
    expect(Object.fromEntries(new URL(back.url).searchParams)).toMatchObject({
      error: 'access_denied',
      state: attempt.state,
    });
    expect(new URL(back.url).searchParams.get('code')).toBeNull();
    expect(
      door.log.find(({ fields }) => 'event' in fields && fields.event === 'client_refused')?.fields,
    ).toEqual({
      event: 'client_refused',
      client_id: 'web',
      account: bob.userID,
      reason: 'groups',
    });
  });

  it('answers prompt=none of who is signed in already with access_denied', async () => {
    const config = await door.relyingParty('web', 'web-secret');
    const browser = door.browser();
    await walk(browser, (await startAuthorization(config, request)).url, asBob);
    const silent = await startAuthorization(config, { ...request, prompt: 'none' });
    const { searchParams } = new URL((await browser.open(silent.url)).url);
    expect(searchParams.get('error')).toBe('access_denied');
  });
});

describe('a client with rules', () => {
  const onlyVerified = {
    expression: 'claims.email_verified == true',
    message: 'Confirm <your> address first.',
  };
  const clients = [web({ claimValidationRules: [onlyVerified] })];

  it('takes who passes them, and tells anybody else in their words, as text', async () => {
    await withDoor({ clients, passwords: [jane, { ...bob, emailVerified: false }] }, async (door) => {
      const config = await door.relyingParty('web', 'web-secret');
      const { tokens } = await signInFor(config, door.browser(), request);
      expect(tokens.claims()).toMatchObject({ sub: jane.userID });
      const browser = door.browser();
      const page = await walk(browser, (await startAuthorization(config, request)).url, asBob);
      expect([page.status, page.title]).toEqual([403, 'Error: You cannot use Web App – Sallyport']);
      expect(page.body).toContain('Confirm &lt;your&gt; address first.');
      expect(new URL((await browser.submit(page, {}, '/abort')).url).searchParams.get('error')).toBe(
        'access_denied',
      );
      // And from now on nobody else, either.
      await door.identity.reload({ clients, passwords: [{ ...jane, emailVerified: false }] });
      await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
      });
      const refused = door.log.filter(({ message }) => message.includes('by a rule of the client'));
      expect(refused.map(({ level, fields }) => [level, fields])).toContainEqual([
        'info',
        { event: 'client_refused', client_id: 'web', account: bob.userID, reason: 'rule', rule: 0 },
      ]);
    });
  });
});

describe('a policy that changes', () => {
  it('counts at the next code, refresh and userinfo request', async () => {
    const store = createMemoryStore();
    const before = await openDoor({ store });
    const config = await before.relyingParty('web', 'web-secret');
    const { tokens } = await signInFor(config, before.browser(), request);
    const attempt = await startAuthorization(config, request);
    const callback = await walk(before.browser(), attempt.url);
    await before.close();
    await withDoor({ store, port: before.port, clients: [web({ allowedGroups: ['ops'] })] }, async () => {
      const gone = { error: 'invalid_grant' };
      await expect(redeem(config, attempt, callback.url)).rejects.toMatchObject(gone);
      await expect(client.fetchUserInfo(config, tokens.access_token, jane.userID)).rejects.toThrow();
      await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject(gone);
    });
  });
});

describe('claims of a client', () => {
  const mappings = [
    { claim: 'team', expression: "claims.email.split('@')[1]" },
    { claim: 'groups', expression: "dyn(claims.groups).map(g, 'corp:' + g)" },
  ];

  it('are filtered and mapped, in ID token and userinfo alike, at each refresh anew', async () => {
    await withDoor(
      { clients: [web({ groupFilter: { prefix: 'dev' }, claimMappings: mappings })] },
      async (door) => {
        const config = await door.relyingParty('web', 'web-secret');
        const { tokens } = await signInFor(config, door.browser(), request);
        const expected = { sub: jane.userID, groups: ['corp:developers'], team: 'example.com' };
        expect(tokens.claims()).toMatchObject(expected);
        expect(await client.fetchUserInfo(config, tokens.access_token, jane.userID)).toMatchObject(expected);
        const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
        expect(next.claims()).toMatchObject(expected);
      },
    );
  });

  it('refuse the sign-in when one has no value, with a line in the log and none of it on the page', async () => {
    const claimMappings = [{ claim: 'department', expression: 'claims.department' }];
    await withDoor({ clients: [web({ claimMappings })] }, async (door) => {
      const config = await door.relyingParty('web', 'web-secret');
      const page = await walk(door.browser(), (await startAuthorization(config, request)).url, credentials);
      expect(page.status).toBe(403);
      expect(textOf(page)).not.toMatch(/department|no such key/);
      expect(door.log.find(({ level }) => level === 'error')?.fields).toMatchObject({
        event: 'client_refused',
        client_id: 'web',
        claim: 'department',
        problem: 'no such key: department',
      });
    });
  });

  it('that cannot be used stop the start', async () => {
    const claimMappings = [{ claim: 'iss', expression: "'https://other.example'" }];
    await expect(openDoor({ clients: [web({ claimMappings })] })).rejects.toThrow(
      'the claim iss cannot be set',
    );
  });
});
