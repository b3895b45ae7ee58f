import { describe, expect, it } from 'vitest';
import { addressNetwork, addressSite, createAddressBudget, HOSTS_PER_SITE } from '../../src/http/index.ts';

describe('S-114: the network of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:c000:0201', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('%j: %j', (address, network) => {
    expect(addressNetwork(address)).toBe(network);
  });
});

describe('S-114: the site of an address', () => {
  it.each([
    ['192.0.2.1', undefined],
    ['::ffff:192.0.2.1', undefined],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:0DB8:0001:ffff::9', '2001:db8:1::/48'],
    ['', undefined],
  ])('%j: %j', (address, site) => {
    expect(addressSite(address)).toBe(site);
  });
});

describe('the budget of an address', () => {
  it('gives so many at once, then one after another, and takes back what was not used', () => {
    let time = 1_000_000;
    const budget = createAddressBudget({ size: 3, every: 100, now: () => time });
    const take = (address = '2001:db8::1') => budget.take(address);
    expect([take(), take('2001:db8::2'), take(), take(), take('2001:db8:0:1::1')]).toEqual([0, 0, 0, 100, 0]);
    time += 60;
    expect(take()).toBe(40);
    budget.refund('2001:db8::3');
    expect([take(), take()]).toEqual([0, 40]);
    time += 1_000_000;
    budget.refund('2001:db8::1');
    expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 100]);
  });
  it('is one of ten hosts’ worth that an IPv6 site has in all, whichever hosts take it', () => {
    let time = 1_000_000;
    const budget = createAddressBudget({ size: 3, every: 100, now: () => time });
    let host = 0;
    const takeAnew = () => budget.take(`2001:db8:7:${(host++).toString(16)}::1`);
    for (let taken = 0; taken < 3 * HOSTS_PER_SITE; taken++) expect(takeAnew()).toBe(0);
    expect(takeAnew()).toBe(10);
    // A refusal costs the host nothing, and another site is another matter.
    budget.refund('2001:db8:7:0::1');
    expect([takeAnew(), takeAnew(), budget.take('2001:db8:8::1')]).toEqual([0, 10, 0]);
    time += 100;
    for (let taken = 0; taken < HOSTS_PER_SITE; taken++) expect(takeAnew()).toBe(0);
    expect(takeAnew()).toBe(10);
  });
});
