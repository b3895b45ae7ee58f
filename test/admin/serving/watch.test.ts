import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDoor } from '../../identity/support/door.ts';
import { good, operator } from '../../identity/support/local-accounts.ts';
import { serveAdmin } from '../support/served-admin.ts';

let admin: Awaited<ReturnType<typeof serveAdmin>>;
beforeEach(async () => {
  admin = await serveAdmin();
});
afterEach(() => admin.close());

interface Event {
  readonly type: string;
  readonly object: {
    readonly metadata: {
      readonly name: string;
      readonly resourceVersion: string;
      readonly annotations?: object;
    };
    readonly spec: { readonly email: string; readonly disabled: boolean };
    readonly rows?: readonly { readonly cells: readonly unknown[] }[];
    readonly code?: number;
  };
}

/** The events of a watch, one after the other. */
async function watch(path: string, accept = 'application/json') {
  const gone = new AbortController();
  const url = `${admin.url}/apis/sallyport.dev/v1/${path}`;
  const response = await fetch(url, { headers: { accept }, signal: gone.signal });
  expect(response.status).toBe(200);
  const lines = createInterface({ input: Readable.fromWeb(response.body as never) });
  const events = lines[Symbol.asyncIterator]();
  return {
    next: async (): Promise<Event> => JSON.parse(String((await events.next()).value)),
    ended: async () => (await events.next()).done,
    close: () => gone.abort(),
  };
}

/** What a watch at a door tells of clients. */
describe('a watch of clients', () => {
  it('tells what becomes of those of the store after a list, without their secrets', async () => {
    const door = await openDoor();
    await admin.close();
    admin = await serveAdmin({ identity: door.identity });
    onTestFinished(() => door.close());
    const { resourceVersion } = (await admin.ask('GET', 'oauthclients')).json.metadata;
    const events = await watch(`oauthclients?watch=true&resourceVersion=${resourceVersion}`);
    const body = { metadata: { name: 'wiki' }, spec: { redirectURIs: ['https://wiki.example/cb'] } };
    const made = await admin.ask('POST', 'oauthclients', body);
    expect(await events.next()).toEqual({ type: 'ADDED', object: made.json });
    const { json } = await admin.ask('POST', 'oauthclients/wiki/secret', {});
    const rotated = await events.next();
    expect([rotated.type, JSON.stringify(rotated).includes(json.status.secret)]).toEqual(['MODIFIED', false]);
    const renamed = await admin.ask('PATCH', 'oauthclients/wiki', { spec: { name: 'Wiki' } });
    expect(await events.next()).toEqual({ type: 'MODIFIED', object: renamed.json });
    await admin.ask('DELETE', 'oauthclients/wiki');
    expect((await events.next()).type).toBe('DELETED');
    events.close();
    const all = await watch('oauthclients?watch=true');
    const first = [await all.next(), await all.next()];
    expect(first.map(({ object }) => object.metadata.name)).toEqual(['kubectl', 'web']);
    all.close();
  });
});

const emailOf = ({ type, object }: Event) => `${type} ${object.spec.email}`;

describe('a watch', () => {
  it('tells what becomes of users after a list', async () => {
    await admin.groups.create({ name: 'ops' }, operator);
    const { resourceVersion } = (await admin.ask('GET', 'users')).json.metadata;
    const events = await watch(`users?watch=true&resourceVersion=${resourceVersion}`);
    const { id } = await admin.users.create({ email: 'amy@example.com' }, operator);
    const added = await events.next();
    expect(emailOf(added)).toBe('ADDED amy@example.com');
    expect(added.object.metadata).toEqual((await admin.ask('GET', `users/${id}`)).json.metadata);
    await admin.users.setPassword(id, good, operator);
    const changed = await events.next();
    expect(emailOf(changed)).toBe('MODIFIED amy@example.com');
    expect(JSON.stringify(changed)).not.toContain('argon2');
    await admin.users.delete(id, operator);
    const deleted = await events.next();
    expect(emailOf(deleted)).toBe('DELETED amy@example.com');
    expect(Number(deleted.object.metadata.resourceVersion)).toBeGreaterThan(
      Number(changed.object.metadata.resourceVersion),
    );
    events.close();
  });

  it('begins with all that there is, and says where that ends', async () => {
    await admin.users.create({ email: 'amy@example.com' }, operator);
    const events = await watch(
      'users?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
    );
    const initial = [await events.next(), await events.next(), await events.next()];
    expect(initial.map(emailOf).sort()).toEqual([
      'ADDED amy@example.com',
      'ADDED bob@example.com',
      'ADDED jane@example.com',
    ]);
    const end = await events.next();
    expect(end.type).toBe('BOOKMARK');
    expect(end.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    events.close();
  });

  it('tells those that a selector takes, as they come and go, and as a Table', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const events = await watch('users?watch=true&fieldSelector=spec.disabled%3Dtrue', accept);
    const { id } = await admin.users.create({ email: 'amy@example.com' }, operator);
    await admin.users.disable(id, operator);
    await admin.users.enable(id, operator);
    const seen = [await events.next(), await events.next()];
    expect(seen.map(({ type, object }) => [type, object.rows?.[0]?.cells[1]])).toEqual([
      ['ADDED', 'amy@example.com'],
      ['DELETED', 'amy@example.com'],
    ]);
    events.close();
  });

  it('of groups tells one as gone from the first moment of its deletion, once', async () => {
    await admin.groups.create({ name: 'ops' }, operator);
    await admin.users.create({ email: 'amy@example.com', groups: ['ops'] }, operator);
    const { resourceVersion } = (await admin.ask('GET', 'groups')).json.metadata;
    const events = await watch(`groups?watch=true&resourceVersion=${resourceVersion}`);
    await admin.groups.delete('ops', operator);
    await admin.groups.create({ name: 'next' }, operator);
    const seen = [await events.next(), await events.next()];
    expect(seen.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      'DELETED ops',
      'ADDED next',
    ]);
    events.close();
  });

  it('from before the history begins is a 410', async () => {
    await admin.users.create({ email: 'amy@example.com' }, operator);
    await admin.users.create({ email: 'ben@example.com' }, operator);
    await admin.store.compact(await admin.store.revision());
    const events = await watch('users?watch=true&resourceVersion=1');
    expect(await events.next()).toMatchObject({ type: 'ERROR', object: { code: 410 } });
    expect(await events.ended()).toBe(true);
  });

  it('is there for users, groups and clients only, and on no single path', async () => {
    for (const path of ['sessions', 'signingkeys'])
      expect((await admin.ask('GET', `${path}?watch=true`)).json.code).toBe(405);
    expect((await admin.ask('GET', '/apis/sallyport.dev/v1/watch/users/x/password')).json.code).toBe(404);
  });
});
