import { describe, expect, it } from 'vitest';
import { addressNetwork, createAddressBudget } from '../../src/http/index.ts';

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
});
