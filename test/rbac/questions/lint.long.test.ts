import { describe, expect, it } from 'vitest';
import { cpuMilliseconds } from '../../support/cpu-milliseconds.ts';
import { clusterRole, roleBinding } from '../objects.ts';
import { found } from './lint/support/found.ts';

describe('a large policy', () => {
  it('is linted in time in proportion, with a bounded number of hints', async () => {
    const objects = Array.from({ length: 20_000 }, (_, index) => [
      roleBinding(`ns${index % 100}`, `b${index}`, `ClusterRole ghost-${index}`, `User u${index % 50}`),
    ]).flat();
    const roles = Array.from({ length: 2000 }, (_, index) => clusterRole(`real-${index}`, ['get pods']));
    const took = await cpuMilliseconds(() => {
      const findings = found([...objects, ...roles]);
      expect(findings.filter(({ rule }) => rule === 'dangling-role')).toHaveLength(20_000);
    });
    expect(took).toBeLessThan(20_000);
  });
});
