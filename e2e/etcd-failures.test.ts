import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  type EtcdStoreOptions,
  openEtcdStore,
  type Store,
  StoreOpenError,
  StoreUnavailableError,
} from '../src/store/index.ts';
import { record } from '../test/contract/store/store-under-test.ts';
import { type Issued, issue, issueAuthority, usage } from '../test/gateway/support/client-certificates.ts';
import { type Etcd, startEtcd } from './support/etcd.ts';

let opened: Store[] = [];

async function open(etcd: Etcd, options: Partial<EtcdStoreOptions> = {}): Promise<Store> {
  const store = await openEtcdStore({
    endpoints: etcd.endpoints,
    namespace: `${randomUUID()}/`,
    patienceMs: 300,
    onError: () => {},
    ...options,
  });
  opened.push(store);
  return store;
}

async function closeAll(): Promise<void> {
  await Promise.all(opened.map((store) => store.close()));
  opened = [];
}

const put = (store: Store, key: string, value = '') => store.txn([], [{ type: 'put', key, value }]);

describe('a store on three members', () => {
  let etcd: Etcd;
  beforeAll(async () => {
    etcd = await startEtcd(inject('etcd'), { members: 3 });
  });
  afterAll(async () => {
    await closeAll();
    await etcd?.stop();
  });

  it('R-041 goes on when one fails that is asked, its watches without loss or repetition', async () => {
    const store = await open(etcd);
    const watch = record(store, 'k/', 0);
    const kept: number[] = [];
    const write = async () => {
      // What failed is not sent again by itself; whether it happened shows in the watch.
      const { revision } = await put(store, 'k/a').catch(() => ({ revision: 0 }));
      if (revision > 0) kept.push(revision);
    };
    for (let n = 0; n < 20; n += 1) await write();
    await etcd.kill(0);
    while (kept.length < 40) await write();
    const last = kept.at(-1) ?? 0;
    await expect.poll(() => watch.events.at(-1)?.revision, { timeout: 15_000 }).toBe(last);
    const seen = watch.events.map(({ revision }) => revision);
    expect(seen).toEqual(Array.from({ length: last }, (_, n) => n + 1));
    expect(kept.filter((revision) => !seen.includes(revision))).toEqual([]);
    expect(watch.errors).toEqual([]);
  });

  it('R-019 reads nothing old, and says so, when most of them are gone', async () => {
    const store = await open(etcd);
    await put(store, 'a', '1');
    await etcd.kill(1);
    const [read, compared] = await Promise.allSettled([
      store.get('a'),
      store.txn([{ key: 'a', modRevision: 1 }], []),
    ]);
    for (const asked of [read, compared])
      expect(asked).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
    await Promise.all([etcd.restart(0), etcd.restart(1)]);
    await expect
      .poll(() => store.get('a').catch(() => undefined), { timeout: 15_000 })
      .toMatchObject({ value: '1' });
  });
});

describe('a store on one member', () => {
  let etcd: Etcd;
  beforeAll(async () => {
    etcd = await startEtcd(inject('etcd'));
  });
  afterAll(async () => {
    await closeAll();
    await etcd?.stop();
  });

  it('R-017 fails while it is away, and goes on by itself when it is back', async () => {
    const errors: unknown[] = [];
    const store = await open(etcd, { onError: (error) => errors.push(error) });
    const watch = record(store, '', 0);
    await put(store, 'a', '1');
    await etcd.kill();
    await expect(put(store, 'a', '2')).rejects.toThrow(StoreUnavailableError);
    await etcd.restart();
    await put(store, 'a', '3');
    await watch.expectCalls(['1 +a=1', '2 +a=3']);
    expect(errors).toHaveLength(1);
  });

  it('R-044 ends its watches when what they have not seen is forgotten, and no others', async () => {
    const namespace = `${randomUUID()}/`;
    const [store, other] = [await open(etcd, { namespace }), await open(etcd, { namespace })];
    await put(store, 'a', '1');
    const behind = record(store, '', 1);
    const ahead = record(store, '', 9);
    await other.close();
    await etcd.kill();
    await etcd.restart();
    // A new one is there before the first has found its way back.
    const third = await open(etcd, { namespace });
    for (const value of ['2', '3', '4']) await put(third, 'a', value);
    await third.compact(4);
    await expect
      .poll(() => [behind.calls, behind.errors.length])
      .toSatisfy(
        ([calls, errors]) => JSON.stringify(calls) === '["2 +a=2","3 +a=3","4 +a=4"]' || errors === 1,
      );
    if (behind.errors.length > 0) expect(behind.errors[0]).toMatchObject({ code: 'SP_STORE_COMPACTED' });
    for (let n = 5; n <= 10; n += 1) await put(third, 'a', `${n}`);
    await ahead.expectCalls(['10 +a=10']);
  });

  it('has its watches begin anywhere, also where this process remembers nothing', async () => {
    const namespace = `${randomUUID()}/`;
    const writer = await open(etcd, { namespace });
    const puts = Array.from({ length: 1200 }, (_, n) => put(writer, `k/${n % 7}`, `${n}`));
    await Promise.all(puts);
    await put(writer, 'quiet/a', 'last');
    const reader = await open(etcd, { namespace });
    const all = record(reader, 'k/', 0);
    const quiet = record(reader, 'quiet/', 3);
    await expect.poll(() => all.events.length).toBe(1200);
    await put(writer, 'k/0', 'live');
    await put(writer, 'quiet/a', 'live');
    await expect.poll(() => all.calls.at(-1)).toBe('1202 +k/0=live');
    await quiet.expectCalls(['1201 +quiet/a=last', '1203 +quiet/a=live']);
    expect(all.events.map(({ revision }) => revision)).toEqual(
      [...Array(1200).keys()].map((n) => n + 1).concat(1202),
    );
  });

  it('takes its leases’ keys along by itself', async () => {
    const store = await open(etcd);
    const lease = await store.lease(1000);
    await store.txn([], [{ type: 'put', key: 'held', value: '', leaseId: lease.id }]);
    const watch = record(store, '', 1);
    await expect.poll(() => watch.calls, { timeout: 10_000 }).toEqual(['2 -held']);
    expect(await lease.keepAlive()).toBe(false);
  });

  it('is not made where other keys are', async () => {
    const namespace = `${randomUUID()}/`;
    await etcd.tell('kv/put', { key: btoa(`${namespace}of another`), value: '' });
    await expect(open(etcd, { namespace })).rejects.toMatchObject({
      code: 'SP_STORE_FOREIGN',
      message: expect.stringContaining('name another namespace'),
    });
  });

  it('leaves no connection behind when it closes', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    await closeAll();
    await expect.poll(sockets).toBeLessThanOrEqual(1);
    const before = sockets();
    const store = await open(etcd);
    for (const prefix of ['', 'a/', 'b/']) record(store, prefix, 0);
    await Promise.all(Array.from({ length: 20 }, (_, n) => put(store, `a/${n}`)));
    expect(sockets()).toBeGreaterThan(before);
    await store.close();
    // What was there before may have gone meanwhile: a connection of the test's own, kept alive for some seconds.
    await expect.poll(sockets).toBeLessThanOrEqual(before);
  });
});

describe('a store on an etcd that asks who comes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'etcd-tls-'));
  let etcd: Etcd;
  let authority: Issued;
  let client: Issued;
  let other: Issued;
  let named: Issued;
  const file = (name: string, text: string) => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };

  const pair = ({ cert, key }: Issued) => ({ cert, key });

  beforeAll(async () => {
    [authority, other] = [await issueAuthority('etcd-ca'), await issueAuthority('other-ca')];
    client = await issue([['O', 'sallyport']], { by: authority });
    named = await issue([['CN', 'sallyport']], { by: authority });
    const server = await issue([['CN', 'etcd']], {
      by: authority,
      usages: [usage.server, usage.client],
      dnsNames: ['etcd.test'],
    });
    etcd = await startEtcd(inject('etcd'), {
      tls: { ca: authority.cert, servername: 'etcd.test', ...pair(client) },
      args: [
        ...['--cert-file', file('server.crt', server.cert), '--key-file', file('server.key', server.key)],
        ...['--trusted-ca-file', file('ca.crt', authority.cert), '--client-cert-auth'],
      ],
    });
    for (const name of ['root', 'sallyport']) {
      await etcd.tell('auth/user/add', { name, password: `${name}-secret` });
      await etcd.tell('auth/role/add', { name });
      await etcd.tell('auth/user/grant', { user: name, role: name });
    }
    const perm = { permType: 'READWRITE', key: btoa('mine/'), range_end: btoa('mine0') };
    await etcd.tell('auth/role/grant', { name: 'sallyport', perm });
    expect(await etcd.tell('auth/enable', {})).toBe(200);
  });
  afterAll(async () => {
    await closeAll();
    await etcd?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const options = (): Partial<EtcdStoreOptions> => ({
    namespace: 'mine/',
    credentials: { name: 'sallyport', password: 'sallyport-secret' },
    tls: { ca: authority.cert, serverName: 'etcd.test', ...pair(client) },
  });

  it('works with certificate, name and password, and signs in again when etcd has forgotten it', async () => {
    const store = await open(etcd, options());
    const watch = record(store, '', 0);
    await put(store, 'a', '1');
    const lease = await store.lease(60_000);
    await store.txn([], [{ type: 'put', key: 'b', value: '', leaseId: lease.id }]);
    await etcd.kill();
    await etcd.restart();
    await expect.poll(() => put(store, 'a', '2').catch(() => undefined), { timeout: 10_000 }).toBeDefined();
    await lease.revoke();
    await store.compact(2);
    await watch.expectCalls(['1 +a=1', '2 +b=', '3 +a=2', '4 -b']);
  });

  it.each<[string, () => Partial<EtcdStoreOptions>, string, RegExp]>([
    ['another authority', () => ({ tls: { ...options().tls, ca: other.cert } }), 'SP_STORE_TLS', /caFile/],
    ['no authority', () => ({ tls: { serverName: 'etcd.test', ...pair(client) } }), 'SP_STORE_TLS', /caFile/],
    ['a common name', () => ({ tls: { ...options().tls, ...pair(named) } }), 'SP_STORE_CREDENTIALS', /no CN/],
    ['another name', () => ({ tls: { ca: authority.cert, ...pair(client) } }), 'SP_STORE_TLS', /serverName/],
    [
      'another password',
      () => ({ credentials: { name: 'sallyport', password: 'x' } }),
      'SP_STORE_CREDENTIALS',
      /password/,
    ],
    // The member's own certificate stands for whoever does not say who it is.
    ['no password', () => ({ credentials: undefined }), 'SP_STORE_PERMISSION', /storage\.config\.username/],
    ['a namespace of others', () => ({ namespace: 'theirs/' }), 'SP_STORE_PERMISSION', /grant-permission/],
  ])('with %s says what to do', async (_what, change, code, remedy) => {
    const failure = await open(etcd, { ...options(), ...change() }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreOpenError);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(remedy) });
    expect(String(failure)).not.toContain('secret');
  });

  it('without a client certificate is refused', async () => {
    const tls = { ca: authority.cert, serverName: 'etcd.test' };
    await expect(open(etcd, { ...options(), tls })).rejects.toThrow(StoreOpenError);
  });
});

it('a store that nobody serves is not opened', async () => {
  await expect(
    openEtcdStore({ endpoints: ['http://127.0.0.1:1'], namespace: '', patienceMs: 0 }),
  ).rejects.toMatchObject({ code: 'SP_STORE_UNREACHABLE', message: expect.stringContaining('start etcd') });
});
