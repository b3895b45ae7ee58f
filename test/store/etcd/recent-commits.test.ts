import { describe, expect, it } from 'vitest';
import { createRecentCommits } from '../../../src/store/etcd/recent-commits.ts';
import type { StoreEvent } from '../../../src/store/index.ts';

function put(key: string, revision: number, value = ''): StoreEvent {
  return { type: 'put', revision, entry: { key, value, createRevision: revision, modRevision: revision } };
}

const revisions = (events: readonly StoreEvent[]) => events.map(({ revision }) => revision);

describe('recent commits', () => {
  it('have what came after a revision, under a prefix', () => {
    const recent = createRecentCommits(5);
    for (const revision of [6, 9, 10]) recent.add([put('a/1', revision), put('b/1', revision)], revision);
    expect([recent.compactedRevision(), recent.revision()]).toEqual([5, 10]);
    expect(revisions(recent.events('a/', 5, 10))).toEqual([6, 9, 10]);
    expect(revisions(recent.events('a/', 6, 9))).toEqual([9]);
    expect(revisions(recent.events('a/', 7, 8))).toEqual([]);
    expect(revisions(recent.events('c/', 5, 10))).toEqual([]);
  });

  it.each([
    ['commits', 12_000, ''],
    ['characters', 200, 'x'.repeat(200_000)],
  ])('forget the oldest when there are too many %s, and say so', (_what, count, value) => {
    const recent = createRecentCommits(0);
    for (let revision = 1; revision <= count; revision += 1)
      recent.add([put('a', revision, value)], revision);
    const since = recent.compactedRevision();
    expect(since).toBeGreaterThan(0);
    expect(revisions(recent.events('a', since, count))).toEqual(
      Array.from({ length: count - since }, (_, n) => since + 1 + n),
    );
    expect((count - since) * value.length).toBeLessThanOrEqual(16 * 1024 * 1024);
    expect(count - since).toBeLessThanOrEqual(5000);
    expect(count - since).toBeGreaterThan(20);
  });

  it('begin anew where nothing is known of what was before', () => {
    const recent = createRecentCommits(0);
    recent.add([put('a', 1)], 1);
    recent.startFrom(7);
    expect([recent.compactedRevision(), recent.revision()]).toEqual([7, 7]);
    recent.add([put('a', 8)], 8);
    expect(revisions(recent.events('', 7, 8))).toEqual([8]);
  });

  it('do not tell what was forgotten on purpose', () => {
    const recent = createRecentCommits(0);
    for (const revision of [1, 2, 3]) recent.add([put('a', revision)], revision);
    recent.forgetTo(2);
    recent.forgetTo(1);
    expect(recent.compactedRevision()).toBe(2);
    expect(revisions(recent.events('', 2, 3))).toEqual([3]);
  });
});
