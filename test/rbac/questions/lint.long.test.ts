import { describe, expect, it } from 'vitest';
import { clusterRole, roleBinding } from '../objects.ts';
import { found } from './lint/support/found.ts';

describe('a large policy', () => {
  it('is linted in time in proportion, with a bounded number of hints', () => {
    const objects = Array.from({ length: 20_000 }, (_, index) => [
      roleBinding(`ns${index % 100}`, `b${index}`, `ClusterRole ghost-${index}`, `User u${index % 50}`),
    ]).flat();
    const started = performance.now();
    const findings = found([
      ...objects,
      ...Array.from({ length: 2000 }, (_, index) => clusterRole(`real-${index}`, ['get pods'])),
    ]);
    expect(findings.filter(({ rule }) => rule === 'dangling-role')).toHaveLength(20_000);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
