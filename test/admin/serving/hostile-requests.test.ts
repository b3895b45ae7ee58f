import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RawAnswer, rawRequest } from '../../identity/support/raw-request.ts';
import { serveAdmin } from '../support/served-admin.ts';

let admin: Awaited<ReturnType<typeof serveAdmin>>;
beforeAll(async () => {
  admin = await serveAdmin();
});
afterAll(() => admin.close());

const users = '/apis/sallyport.dev/v1/users';
const json = { 'content-type': 'application/json' };

describe('S-063: the admin API', () => {
  it.each(['', 'null', '[]', '""', '0', '{', '{"spec":null}', '{"spec":[]}', '{"metadata":null}'])(
    'refuses the body %j, and goes on',
    async (body) => {
      const before = (await admin.users.list()).items.length;
      for (const [method, path] of [
        ['POST', users],
        ['PUT', `${users}/id-jane`],
      ] as const) {
        const answer = await fetch(admin.url + path, { method, headers: json, body });
        expect([method, Math.floor(answer.status / 100)]).toEqual([method, 4]);
        expect(await answer.json()).toMatchObject({ kind: 'Status', status: 'Failure' });
      }
      expect((await admin.users.list()).items).toHaveLength(before);
    },
  );

  it.each(['users', 'groups', 'sessions', 'oauthclients', 'signingkeys'])(
    'has no %s for nobody in particular',
    async (resource) => {
      const nobody = await serveAdmin({
        caller: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
      });
      try {
        const { status, json } = await nobody.ask('GET', resource);
        expect([status, json.reason]).toEqual([403, 'Forbidden']);
      } finally {
        await nobody.close();
      }
    },
  );
});

describe('S-102: the address at which a reset is redeemed', () => {
  it.each<[string, Record<string, string>]>([
    ['Host', { host: 'evil.example' }],
    ['X-Forwarded-Host', { host: '127.0.0.1', 'x-forwarded-host': 'evil.example' }],
    ['Forwarded', { host: '127.0.0.1', forwarded: 'host=evil.example;proto=http' }],
  ])('is the issuer’s, whatever %s says', async (_name, headers) => {
    const spec = { email: `${Object.keys(headers).length}-${_name}@example.com`.toLowerCase() };
    const { json: made } = await admin.ask('POST', 'users', { spec });
    const port = Number(new URL(admin.url).port);
    const { status, body }: RawAnswer = await rawRequest(
      { port },
      `${users}/${made.metadata.name}/reset`,
      { ...headers, ...json },
      { method: 'POST', body: '{}' },
    );
    expect([status, JSON.parse(body).status.page]).toEqual([201, 'https://login.example.com/dex/reset']);
    expect(body).not.toContain('evil');
  });
});
