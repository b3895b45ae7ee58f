import { describe, expect, it } from 'vitest';
import { createWatches } from '../../../src/cluster/watch/index.ts';
import { sharedLine } from '../../../src/cluster/watch/shared-line.ts';
import { StatusError } from '../../../src/kube/index.ts';

const line = (bytes: number) => Buffer.alloc(bytes);
const ignore = () => {};

function codeOf(open: () => unknown): number {
  try {
    open();
    return 200;
  } catch (error) {
    return error instanceof StatusError ? error.status.code : 500;
  }
}

describe('the accounts of watches', () => {
  it('refuse one too many of a user and of all, and take the next when one has closed', () => {
    const watches = createWatches({ perUser: 2, total: 3 });
    const first = watches.open('a', ignore);
    watches.open('a', ignore);
    expect(codeOf(() => watches.open('a', ignore))).toBe(429);
    watches.open('b', ignore);
    expect(codeOf(() => watches.open('c', ignore))).toBe(429);
    first.close();
    first.close();
    expect([watches.count(), codeOf(() => watches.open('a', ignore))]).toEqual([2, 200]);
    expect(codeOf(() => watches.open('a', ignore))).toBe(429);
  });

  it('count a line that waits for several once, until the last has taken it', () => {
    const watches = createWatches();
    const [a, b] = [watches.open('a', ignore), watches.open('b', ignore)];
    const shared = line(100);
    a.hold(shared);
    b.hold(shared);
    b.hold(line(10));
    expect([watches.waiting(), a.waiting(), b.waiting()]).toEqual([110, 100, 110]);
    a.release(shared);
    expect([watches.waiting(), a.waiting()]).toEqual([110, 0]);
    b.close();
    b.hold(line(1));
    expect(watches.waiting()).toBe(0);
  });

  it('cut off those for whom most has waited longest, and no more than needed', () => {
    const cut: string[] = [];
    let time = 0;
    const watches = createWatches({ waitingTotal: 100 }, () => time);
    const open = (name: string) => watches.open(name, () => cut.push(`${name} ${watches.waiting()}`));
    const [quick, slow, slower] = [open('quick'), open('slow'), open('slower')];
    slow.hold(line(40));
    slower.hold(line(50));
    time = 10;
    quick.hold(line(60));
    expect([cut, watches.waiting(), watches.count()]).toEqual([['slower 100'], 100, 2]);
    time = 11;
    quick.hold(line(1));
    expect([cut, watches.waiting(), watches.count()]).toEqual([['slower 100', 'slow 61'], 61, 1]);
    time = 12;
    quick.hold(line(40));
    expect([cut.at(-1), watches.waiting(), watches.count()]).toEqual(['quick 0', 0, 0]);
  });

  it('call a watch overfull when more than its share waits', () => {
    const account = createWatches({ waitingEach: 10 }).open('a', ignore);
    account.hold(line(10));
    expect(account.isOverfull()).toBe(false);
    account.hold(line(1));
    expect(account.isOverfull()).toBe(true);
  });
});

describe('a shared line', () => {
  it('is made once a source, variant and second', () => {
    let made = 0;
    const make = () => `line ${++made}`;
    const source = {};
    const lines = [
      sharedLine(source, 'ADDED object', 0, make),
      sharedLine(source, 'ADDED object', 0, make),
      sharedLine(source, 'ADDED Table', 7, make),
      sharedLine(source, 'ADDED Table', 7, make),
      sharedLine(source, 'ADDED Table', 8, make),
      sharedLine({}, 'ADDED object', 0, make),
    ];
    expect(lines.map(String)).toEqual(['line 1', 'line 1', 'line 2', 'line 2', 'line 3', 'line 4']);
    expect(lines[1]).toBe(lines[0]);
  });
});
