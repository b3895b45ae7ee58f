import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { textOf } from '../../identity/support/browser-like.ts';
import {
  type Door,
  dump,
  jane,
  openDoor,
  postToken,
  signInFor,
  startAuthorization,
  webClient,
  webRedirect,
} from '../../identity/support/door.ts';
import { serveAdmin } from '../support/served-admin.ts';

const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'];
const request = { redirect_uri: webRedirect, scope: 'openid email offline_access' };
let door: Door;
let admin: Awaited<ReturnType<typeof serveAdmin>>;

beforeAll(async () => {
  // Two processes on one store take the requests in turn, and nobody may register.
  door = await openDoor({ replicas: 2, grantTypes });
  admin = await serveAdmin({ identity: door.identity });
});
afterAll(async () => {
  await admin.close();
  await door.close();
});

const make = (name: string | undefined, spec: object, query = '') =>
  admin.ask('POST', `oauthclients${query}`, { metadata: { name }, spec });

async function secretOf(name: string): Promise<string> {
  const { status, json } = await admin.ask('POST', `oauthclients/${name}/secret`, {});
  expect([status, json.kind]).toEqual([201, 'OAuthClientSecret']);
  return json.status.secret;
}

/** Whether the client can prove itself by it: in both processes, one after the other. */
async function proves(id: string, secret: string): Promise<readonly unknown[]> {
  const code = { grant_type: 'authorization_code', code: 'none', redirect_uri: webRedirect };
  const tries = [1, 2].map(() => postToken(door, { ...code, client_id: id, client_secret: secret }));
  return (await Promise.all(tries)).map(({ body }) => body['error']);
}

const right = ['invalid_grant', 'invalid_grant'];
const wrong = ['invalid_client', 'invalid_client'];

describe('clients that an operator makes', () => {
  it('sign people in at once in every process, by a secret that is told once', async () => {
    const made = await make('wiki', { name: 'Wiki', redirectURIs: [webRedirect] });
    expect(made).toMatchObject({
      status: 201,
      json: {
        metadata: { name: 'wiki', resourceVersion: expect.stringMatching(/^[1-9]/) },
        spec: {
          clientID: 'wiki',
          name: 'Wiki',
          public: false,
          redirectURIs: [webRedirect],
          grantTypes: ['authorization_code', 'refresh_token'],
        },
        status: { hasSecret: true, source: 'Stored' },
      },
    });
    const secret = await secretOf('wiki');
    const config = await door.relyingParty('wiki', secret);
    const browser = door.browser();
    const { tokens } = await signInFor(config, browser, request);
    expect(tokens.claims()).toMatchObject({ sub: jane.userID, aud: 'wiki' });
    const shown = JSON.stringify([
      (await admin.ask('GET', 'oauthclients/wiki')).json,
      (await admin.ask('GET', 'oauthclients')).json,
      door.log,
    ]);
    for (const text of [shown, await dump(door.store)]) expect(text).not.toContain(secret);

    const next = await secretOf('wiki');
    expect([await proves('wiki', secret), await proves('wiki', next)]).toEqual([wrong, right]);
    const refreshed = await client.refreshTokenGrant(
      await door.relyingParty('wiki', next),
      tokens.refresh_token ?? '',
    );
    expect(refreshed.claims()?.aud).toBe('wiki');

    expect((await admin.ask('DELETE', 'oauthclients/wiki')).status).toBe(200);
    expect((await admin.ask('GET', 'oauthclients/wiki')).status).toBe(404);
    expect([await proves('wiki', next), door.identity.hasClient('wiki')]).toEqual([wrong, false]);
    const sessions = await door.identity.sessions.list(jane.userID);
    expect(JSON.stringify(sessions)).not.toContain('"wiki"');
    const about = door.events.filter(({ subject }) => subject === 'wiki');
    expect(about.map(({ action, actor, result }) => [action, actor, result])).toEqual(
      ['create', 'rotate-secret', 'rotate-secret', 'delete'].map((verb) => [
        `client.${verb}`,
        'gateway:jane',
        'success',
      ]),
    );
  });

  it('are vouched for: people are asked, and not told that nobody has checked them', async () => {
    await make('vouched', { name: 'Vouched For', public: true, redirectURIs: [webRedirect] });
    const attempt = await startAuthorization(await door.relyingParty('vouched'), request);
    const browser = door.browser();
    const consent = await browser.submit(
      await browser.open(attempt.url),
      { username: 'jane', password: 'password' },
      '/login',
    );
    expect(textOf(consent)).toContain('Vouched For');
    expect(textOf(consent)).not.toContain('has registered itself');
    const { status, json } = await admin.ask('POST', 'oauthclients/vouched/secret', {});
    expect([status, json.message]).toEqual([422, expect.stringContaining('the client is public')]);
  });

  it('get tokens for themselves, where that is served and they are to', async () => {
    const { json } = await make(undefined, { grantTypes: ['client_credentials'] });
    const { name: id } = json.metadata;
    expect(id).toMatch(/^client-[0-9a-f]{32}$/);
    const asItself = { client_id: id, client_secret: await secretOf(id) };
    const got = await postToken(door, { grant_type: 'client_credentials', ...asItself });
    expect([got.status, got.body['token_type']]).toEqual([200, 'Bearer']);
    const device = await make('device', { grantTypes: ['urn:ietf:params:oauth:grant-type:device_code'] });
    expect(device.json.message).toContain('device_code is not served: add it to oauth2.grantTypes');
  });

  it('change by patches and updates, and not behind the back of somebody else', async () => {
    const { json } = await make('changed', { name: 'Before', redirectURIs: [webRedirect] });
    const secret = await secretOf('changed');
    const redirectURIs = ['https://other.example/cb'];
    const patched = await admin.ask('PATCH', 'oauthclients/changed', { spec: { redirectURIs } });
    expect(patched.json.spec).toMatchObject({ name: 'Before', redirectURIs });
    expect(await proves('changed', secret)).toEqual(right);
    const stale = await admin.ask('PUT', 'oauthclients/changed', json);
    expect([stale.status, stale.json.reason]).toEqual([409, 'Conflict']);
    const { resourceVersion: _seen, ...metadata } = json.metadata;
    const whole = { ...json, metadata, spec: { ...json.spec, name: 'After' } };
    expect((await admin.ask('PUT', 'oauthclients/changed', whole)).json.spec).toMatchObject({
      name: 'After',
      redirectURIs: [webRedirect],
    });
    const dry = await admin.ask('PATCH', 'oauthclients/changed?dryRun=All', { spec: { name: 'Dry' } });
    expect(dry.json.spec.name).toBe('Dry');
    expect((await admin.ask('GET', 'oauthclients/changed')).json.spec.name).toBe('After');
    for (const spec of [{ public: true }, { clientID: 'other' }]) {
      const refused = await admin.ask('PATCH', 'oauthclients/changed', { spec });
      expect([refused.status, refused.json.message]).toEqual([
        422,
        expect.stringContaining('does not change'),
      ]);
    }
  });

  it.each([
    ['redirectURIs', { redirectURIs: ['http://app.example/cb'] }, 'is http, and not of the person’s own'],
    ['redirectURIs[0]', { redirectURIs: ['https://*.example/cb'] }, 'has a wildcard'],
    ['redirectURIs', {}, 'expected at least one of redirectURIs'],
    ['postLogoutRedirectURIs[0]', { postLogoutRedirectURIs: ['javascript:alert(1)'] }, 'has the scheme'],
    ['name', { name: 'a\u202eb' }, 'cannot be seen'],
  ])('are refused for what those that register themselves may not have: %s %o', async (field, spec, why) => {
    const base = field.startsWith('redirectURIs') ? {} : { redirectURIs: [webRedirect] };
    const { status, json } = await make('refused', { ...base, ...spec });
    expect([status, json.message]).toEqual([422, expect.stringContaining(why)]);
    expect(json.details.causes[0].field).toBe(`spec.${field}`);
    expect((await admin.ask('GET', 'oauthclients/refused')).status).toBe(404);
  });

  it('have ids of their own', async () => {
    const spec = { redirectURIs: [webRedirect] };
    for (const id of ['web', 'kubectl']) {
      const { status, json } = await make(id, spec);
      expect([status, json.message]).toEqual([422, expect.stringContaining('staticClients')]);
    }
    expect((await make('a:b', spec)).json.message).toContain('a client id is 1 to 100 letters');
    expect((await make('twice', spec, '?dryRun=All')).status).toBe(201);
    expect((await make('twice', spec)).status).toBe(201);
    const again = await make('twice', spec);
    expect([again.status, again.json.reason]).toEqual([409, 'AlreadyExists']);
    const patched = await admin.ask('PATCH', 'oauthclients/web', { spec: { name: 'Mine' } });
    expect([patched.status, patched.json.message]).toEqual([403, expect.stringContaining('staticClients')]);
    const secret = await admin.ask('POST', 'oauthclients/web/secret', {});
    expect([secret.status, secret.json.message]).toEqual([403, expect.stringContaining('staticClients')]);
  });

  it('are not made while one of the same id is still being removed, whose removal would take them away', async () => {
    const begun = { type: 'put', key: 'identity/client-endings/halfway', value: '' } as const;
    await door.store.txn([], [begun]);
    const spec = { redirectURIs: [webRedirect] };
    const early = await make('halfway', spec);
    expect([early.status, early.json.message]).toEqual([
      429,
      expect.stringContaining('is still being removed'),
    ]);
    for (const { collect } of door.identity.expiring) await collect(100);
    expect((await make('halfway', spec)).status).toBe(201);
  });

  it('do not end by themselves, and take no place of those that register themselves', async () => {
    let now = Date.now();
    const registration = { initialAccessToken: undefined, maxClients: 1, unusedFor: 3_600_000 };
    const own = await openDoor({ registration, now: () => now });
    const served = await serveAdmin({ identity: own.identity });
    onTestFinished(async () => {
      await served.close();
      await own.close();
    });
    const body = { metadata: { name: 'kept' }, spec: { redirectURIs: [webRedirect] } };
    expect((await served.ask('POST', 'oauthclients', body)).status).toBe(201);
    const registered = await fetch(`${own.issuer}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [webRedirect] }),
    });
    expect(registered.status).toBe(201);
    now += 10 * 365 * 24 * 3_600_000;
    for (const { collect } of own.identity.expiring) await collect(100);
    expect(own.identity.clients().map(({ id, source }) => [id, source])).toEqual([
      ['web', 'static'],
      ['kubectl', 'builtIn'],
      ['kept', 'stored'],
    ]);
  });

  it('give way to one of the file that has the id', async () => {
    const own = await openDoor();
    const served = await serveAdmin({ identity: own.identity });
    onTestFinished(async () => {
      await served.close();
      await own.close();
    });
    await served.ask('POST', 'oauthclients', {
      metadata: { name: 'later' },
      spec: { redirectURIs: [webRedirect] },
    });
    const later = { id: 'later', secret: 'of-the-file', redirectURIs: [webRedirect] };
    await own.identity.reload({ clients: [webClient, later], passwords: [jane] });
    const { json } = await served.ask('GET', 'oauthclients');
    const sources = json.items.map(({ metadata, status }: typeof json) => [metadata.name, status.source]);
    expect(sources).toEqual([
      ['kubectl', 'BuiltIn'],
      ['later', 'Static'],
      ['web', 'Static'],
    ]);
    const tried = await postToken(own, {
      grant_type: 'authorization_code',
      code: 'none',
      redirect_uri: webRedirect,
      client_id: 'later',
      client_secret: 'of-the-file',
    });
    expect(tried.body['error']).toBe('invalid_grant');
  });

  it('are made, changed and given secrets by who may', async () => {
    const rules = [{ apiGroups: ['sallyport.dev'], resources: ['oauthclients'], verbs: ['get', 'create'] }];
    const some = await serveAdmin({ identity: door.identity, rules });
    onTestFinished(() => some.close());
    const body = { metadata: { name: 'by-right' }, spec: { redirectURIs: [webRedirect] } };
    expect((await some.ask('POST', 'oauthclients', body)).status).toBe(201);
    const others = [
      await some.ask('PATCH', 'oauthclients/by-right', { spec: { name: 'X' } }),
      await some.ask('PUT', 'oauthclients/by-right', body),
      await some.ask('POST', 'oauthclients/by-right/secret', {}),
      await some.ask('DELETE', 'oauthclients/by-right'),
    ];
    expect(others.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });

  it('have tokens name groups and other people only by who may give these', async () => {
    const clients = { apiGroups: ['sallyport.dev'], resources: ['oauthclients', 'oauthclients/secret'] };
    const mayBind = [
      { apiGroups: ['sallyport.dev'], resources: ['groups'], verbs: ['bind'], resourceNames: ['ops'] },
    ];
    const some = await serveAdmin({
      identity: door.identity,
      rules: [{ ...clients, verbs: ['get', 'create', 'patch'] }, ...mayBind],
    });
    onTestFinished(() => some.close());
    const own = (...groups: string[]) => ({ clientCredentialsClaims: { groups } });
    const mapped = (claim: string) => ({ claimMappings: [{ claim, expression: "'x'" }] });
    const asked = async (name: string, spec: object) => {
      const body = { metadata: { name }, spec: { redirectURIs: [webRedirect], ...spec } };
      const { status, json } = await some.ask('POST', 'oauthclients', body);
      return [status, / would give (.*), which needs/.exec(json.message)?.[1]];
    };
    expect(await asked('ops-robot', own('ops'))).toEqual([201, undefined]);
    expect(await asked('own-claim', mapped('role'))).toEqual([201, undefined]);
    expect(await asked('p', own('ops', 'admins'))).toEqual([403, 'the membership of group "admins"']);
    expect(await asked('p', mapped('groups'))).toEqual([403, 'any membership']);
    for (const claim of ['email', 'name', 'preferred_username'])
      expect(await asked('p', mapped(claim))).toEqual([403, 'any login']);
    const widened = await some.ask('PATCH', 'oauthclients/own-claim', { spec: mapped('groups') });
    expect(widened.status).toBe(403);
    expect((await some.ask('PATCH', 'oauthclients/own-claim', { spec: { name: 'X' } })).status).toBe(200);
    await make('admin-robot', own('admins'));
    const jwks = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] };
    const taken = [
      await some.ask('POST', 'oauthclients/admin-robot/secret', {}),
      await some.ask('PATCH', 'oauthclients/admin-robot', { spec: { jwks } }),
      await some.ask('POST', 'oauthclients/ops-robot/secret', {}),
    ];
    expect(taken.map(({ status }) => status)).toEqual([403, 403, 201]);
  });
});
