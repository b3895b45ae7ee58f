import { describe, expect, it } from 'vitest';
import { createAddressLimit } from '../../../../src/identity/accounts/sign-in/address-limit.ts';
import { createThrottle } from '../../../../src/identity/accounts/sign-in/throttle.ts';
import { createExpiring, createMemoryStore, type Store } from '../../../../src/store/index.ts';

function open(store: Store = createMemoryStore()) {
  const clock = { now: 1_800_000_000_000 };
  const now = () => clock.now;
  const records = createExpiring<number>(store, { prefix: 'limit/', now });
  return { limit: createAddressLimit({ records, secret: 'secret', now }), records, clock, store, now };
}

const here = '192.0.2.1';

describe('S-110: the limit of an address', () => {
  it('is 20 at once and one more every 15 seconds, for all replicas together', async () => {
    const first = open();
    const second = open(first.store);
    for (let count = 0; count < 10; count++) {
      expect(await first.limit.take(here)).toBe(0);
      expect(await second.limit.take(here)).toBe(0);
    }
    expect([await first.limit.take(here), await second.limit.take(here)]).toEqual([15_000, 15_000]);
    first.clock.now += 15_000;
    expect([await first.limit.take(here), await first.limit.take(here)]).toEqual([0, 15_000]);
  });

  it('lets 20 of 100 at once through', async () => {
    const { limit } = open();
    const waits = await Promise.all(Array.from({ length: 100 }, () => limit.take(here)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(20);
  });

  it('S-114: counts the /64 of an IPv6 address, and IPv4 written as IPv6, as one', async () => {
    const { limit } = open();
    for (let host = 0; host < 20; host++) await limit.take(`2001:db8::${host.toString(16)}`);
    expect(await limit.take('2001:db8::ffff')).toBeGreaterThan(0);
    expect(await limit.take('2001:db8:0:1::1')).toBe(0);
    for (let count = 0; count < 20; count++) await limit.take(here);
    expect(await limit.take(`::ffff:${here}`)).toBeGreaterThan(0);
  });

  it('S-114: is ten hosts’ for all of an IPv6 site, and takes nothing from a host that the site has nothing left for', async () => {
    const { limit, store } = open();
    for (let host = 0; host < 200; host++)
      expect(await limit.take(`2001:db8:7:${host.toString(16)}::1`)).toBe(0);
    const before = (await store.list('')).remaining;
    expect(await limit.take('2001:db8:7:ffff::1')).toBe(1_500);
    expect((await store.list('')).remaining).toBe(before);
    expect(await limit.take('2001:db8:8::1')).toBe(0);
  });

  it('is given back, and leaves nothing behind', async () => {
    const { limit, store } = open();
    await Promise.all(Array.from({ length: 20 }, () => limit.take(here)));
    await Promise.all(Array.from({ length: 20 }, () => limit.refund(here)));
    expect((await store.list('')).entries).toEqual([]);
    expect(await limit.take(here)).toBe(0);
  });

  it('leaves nothing behind when its time is over', async () => {
    const { limit, records, clock, store } = open();
    await limit.take(here);
    clock.now += 15_000;
    await records.collect(10);
    expect((await store.list('')).entries).toEqual([]);
  });

  it('does not name addresses in the store, and keeps at most 65 536 records', async () => {
    const { limit, store } = open();
    for (let host = 0; host < 300; host++) await limit.take(`10.0.${host >> 8}.${host & 255}`);
    const { entries } = await store.list('limit/record/');
    expect(entries.length).toBeGreaterThan(250);
    for (const { key } of entries) expect(key).toMatch(/^limit\/record\/[0-9a-f]{4}$/);
  });
});

describe('S-112: the throttle', () => {
  it('does not lock out whoever has signed in from an address that others misuse', async () => {
    const { limit: addresses, store, now } = open();
    const throttle = createThrottle({
      records: createExpiring(store, { prefix: 'attempts/', now }),
      proven: createExpiring(store, { prefix: 'proven/', now }),
      addresses,
      now,
    });
    await (await throttle.begin('account\0ann', here)).succeeded();
    for (let guess = 0; guess < 20; guess++) await throttle.begin(`login\0${guess}`, here);
    expect((await throttle.begin('account\0bob', here)).wait).toBe(15_000);
    expect((await throttle.begin('account\0ann', here)).wait).toBe(0);
  });
});
