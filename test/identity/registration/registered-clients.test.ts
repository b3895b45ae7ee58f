import { describe, expect, it, onTestFinished } from 'vitest';
import type { RegisteredClient } from '../../../src/identity/registration/registered-client.ts';
import { openRegisteredClients } from '../../../src/identity/registration/registered-clients.ts';
import { createMemoryStore, type Store } from '../../../src/store/index.ts';

const config = () => ({ initialAccessToken: undefined, maxClients: 10, unusedFor: 3_600_000 });
const log = { info() {}, warn() {}, error() {} };

const client = (name: string): RegisteredClient => ({
  id: 'wiki',
  name,
  authMethod: 'none',
  redirectURIs: ['https://wiki.example/cb'],
  postLogoutRedirectURIs: [],
  grantTypes: ['authorization_code'],
  issuedAt: 0,
  secretHash: undefined,
  tokenHash: undefined,
  used: true,
  managed: true,
});

async function open(store: Store) {
  const clients = await openRegisteredClients({ store, log, config, now: Date.now });
  onTestFinished(() => clients.close());
  return clients;
}

/** A store whose watches tell nothing, as one whose connection is slow. */
function deaf(store: Store): Store {
  return Object.assign(Object.create(store) as Store, {
    watch: () => ({ close() {}, progress: () => 0 }),
  });
}

/** Its reads have been made, and answer when they may. */
function slow(store: Store) {
  const waiting: (() => void)[] = [];
  const get: Store['get'] = async (key) => {
    const entry = await store.get(key);
    await new Promise<void>((done) => waiting.push(done));
    return entry;
  };
  return {
    store: Object.assign(Object.create(store) as Store, { get }),
    waiting,
    answer: () => waiting.splice(0).forEach((done) => void done()),
  };
}

describe('clients of the store, as a process knows them', () => {
  it('are what they are there, once they were looked at, though nobody has told of it', async () => {
    const store = createMemoryStore();
    const writer = await open(store);
    const other = await open(deaf(store));
    const told: string[] = [];
    other.managed.follow(({ name }) => void told.push(String(name)));
    const revision = (await writer.create(client('First'))) ?? 0;
    expect(other.known('wiki')).toBeUndefined();
    await other.find('wiki');
    const before = other.managed.all();
    expect([other.known('wiki')?.name, before.get('wiki')?.name]).toEqual(['First', 'First']);
    await other.find('wiki');
    expect(other.managed.all()).toBe(before);
    await writer.update(client('Second'), revision);
    await other.find('wiki');
    expect(other.managed.all().get('wiki')?.name).toBe('Second');
    await writer.remove('wiki');
    await other.find('wiki');
    expect([other.known('wiki'), [...other.managed.all().keys()]]).toEqual([undefined, []]);
    expect(told).toEqual(['First', 'Second']);
  });

  it('are not there again by a look that was under way while they were removed', async () => {
    const store = createMemoryStore();
    const writer = await open(store);
    const held = slow(store);
    const other = await open(held.store);
    await writer.create(client('First'));
    const late = other.find('wiki');
    await expect.poll(() => held.waiting.length).toBe(1);
    await writer.remove('wiki');
    expect(other.known('wiki')).toBeUndefined();
    held.answer();
    expect((await late)?.name).toBe('First');
    expect([other.known('wiki'), [...other.managed.all().keys()]]).toEqual([undefined, []]);
  });

  it('do not go back to what they were by a look that was under way while they changed', async () => {
    const store = createMemoryStore();
    const writer = await open(store);
    const held = slow(store);
    const other = await open(held.store);
    const revision = (await writer.create(client('First'))) ?? 0;
    const late = other.find('wiki');
    await expect.poll(() => held.waiting.length).toBe(1);
    await writer.update(client('Second'), revision);
    held.answer();
    await late;
    expect(other.managed.all().get('wiki')?.name).toBe('Second');
  });
});
