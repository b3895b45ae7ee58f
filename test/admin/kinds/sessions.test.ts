import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bob, type Door, jane, loopback, openDoor, signInFor } from '../../identity/support/door.ts';
import { serveAdmin } from '../support/served-admin.ts';

const offline = { redirect_uri: loopback, scope: 'openid offline_access' };
let door: Door;
let admin: Awaited<ReturnType<typeof serveAdmin>>;

beforeAll(async () => {
  door = await openDoor();
  admin = await serveAdmin({ identity: door.identity });
  for (const { email } of [jane, bob])
    await signInFor(await door.relyingParty('kubectl'), door.browser(), offline, {
      username: email,
      password: 'password',
    });
});
afterAll(async () => {
  await admin.close();
  await door.close();
});

interface Item {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly user: string; readonly kind: string };
}

const items = async (query = ''): Promise<readonly Item[]> =>
  (await admin.ask('GET', `sessions${query}`)).json.items;
const of = ({ userID }: typeof jane) => `?fieldSelector=spec.user%3D${userID}`;

describe('sessions', () => {
  it("are everybody's, or one user's", async () => {
    const all = await items();
    expect(all.map(({ spec }) => `${spec.user} ${spec.kind}`).sort()).toEqual([
      'id-bob Application',
      'id-bob Browser',
      'id-jane Application',
      'id-jane Browser',
    ]);
    const janes = await items(of(jane));
    expect(janes.map(({ spec }) => spec.user)).toEqual(['id-jane', 'id-jane']);
    const [application] = await items(`${of(jane)},spec.kind%3DApplication`);
    expect(application).toMatchObject({
      spec: { clients: ['kubectl'], scopes: ['openid', 'offline_access'] },
      status: { email: 'jane@example.com', address: '127.0.0.1' },
    });
    const name = application?.metadata.name ?? '';
    expect((await admin.ask('GET', `sessions/${name}`)).json).toMatchObject({
      kind: 'Session',
      metadata: { name },
    });
    expect(await items(`?fieldSelector=metadata.name%3D${name}`)).toHaveLength(1);
  });

  it('come in pages', async () => {
    const first = (await admin.ask('GET', 'sessions?limit=3')).json;
    const second = (await admin.ask('GET', `sessions?limit=3&continue=${first.metadata.continue}`)).json;
    const names = [...first.items, ...second.items].map(({ metadata }: Item) => metadata.name);
    expect([first.items.length, second.items.length, new Set(names).size]).toEqual([3, 1, 4]);
    expect(second.metadata.continue).toBeUndefined();
    // Selected by what is not looked up: the page ends in the midst of one that was read.
    const browsers = 'fieldSelector=spec.kind%3DBrowser';
    const one = (await admin.ask('GET', `sessions?limit=1&${browsers}`)).json;
    const other = (await admin.ask('GET', `sessions?limit=1&${browsers}&continue=${one.metadata.continue}`))
      .json;
    expect([...one.items, ...other.items].map(({ spec }: Item) => spec.user).sort()).toEqual([
      'id-bob',
      'id-jane',
    ]);
  });

  it('end when they are deleted, and not in a dry run', async () => {
    const [session] = await items(`${of(bob)},spec.kind%3DApplication`);
    const name = session?.metadata.name ?? '';
    expect((await admin.ask('DELETE', `sessions/${name}?dryRun=All`)).status).toBe(200);
    expect(door.identity.isEnded(name)).toBe(false);
    expect((await admin.ask('DELETE', `sessions/${name}`)).json.status).toBe('Success');
    expect(door.identity.isEnded(name)).toBe(true);
    const trail = door.log.map(({ fields }) => fields);
    expect(trail).toContainEqual(
      expect.objectContaining({
        audit: true,
        action: 'session.end',
        actor: 'gateway:jane',
        subject: 'id-bob',
      }),
    );
    expect((await admin.ask('DELETE', `sessions/${name}`)).json.message).toBe(
      `sessions.sallyport.dev "${name}" not found`,
    );
    for (const method of ['PUT', 'PATCH'] as const)
      expect((await admin.ask(method, `sessions/${name}`, {})).status).toBe(405);
    expect((await admin.ask('POST', 'sessions', {})).status).toBe(405);
  });

  it('come in pages all the same when the last one of a page ends in between', async () => {
    const page = async (query: string) => (await admin.ask('GET', `sessions?limit=1${query}`)).json;
    const [first, whole] = [await page(''), await items()];
    await door.identity.sessions.end(first.items[0].metadata.name);
    const names = [];
    for (let token = first.metadata.continue; token !== undefined; ) {
      const next = await page(`&continue=${token}`);
      names.push(...next.items.map(({ metadata }: Item) => metadata.name));
      token = next.metadata.continue;
    }
    expect(names).toEqual(whole.slice(1).map(({ metadata }) => metadata.name));
  });
});
