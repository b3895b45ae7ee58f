import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../../src/cluster/controllers/deployment/limits.ts';
import { deployments, pods } from '../../../src/cluster/controllers/kinds.ts';
import { isReady } from '../../../src/cluster/controllers/pods/pod-facts.ts';
import type { Deployment } from '../../../src/cluster/controllers/shapes.ts';
import { deployment, withImage } from './deployment-samples.ts';
import { living, startWorld } from './support.ts';

describe('a rolling update', () => {
  const count = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('0%', '25%', '50%', '100%'));
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('ready' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), which: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('roll' as const), which: fc.nat(2) }) },
  );

  it('never has too many pods, never too few of them by its own doing, and arrives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        count,
        count,
        fc.array(step, { maxLength: 25 }),
        async (replicas, maxSurge, maxUnavailable, steps) => {
          const isStuck = [0, '0%'].includes(maxSurge) && [0, '0%'].includes(maxUnavailable);
          const rollingUpdate = isStuck ? { maxSurge, maxUnavailable: 1 } : { maxSurge, maxUnavailable };
          const world = await startWorld();
          try {
            const strategy = { type: 'RollingUpdate', rollingUpdate };
            const made = await world.make(deployments, deployment({ replicas, strategy }));
            const limits = limitsOf(made);
            const readyPods = async () => living(await world.list(pods)).filter(isReady);
            const makeReady = async (which: number) => {
              const pending = living(await world.list(pods)).filter((pod) => !isReady(pod));
              const chosen = pending[which % Math.max(1, pending.length)];
              if (chosen !== undefined) await world.setPod(chosen.metadata.name ?? '', 'Running');
              await world.settle();
              return chosen !== undefined;
            };
            await world.settle();
            while (await makeReady(0));
            for (const each of steps) {
              const before = (await readyPods()).length;
              let lost = 0;
              if (each.do === 'ready') await makeReady(each.which);
              if (each.do === 'roll')
                await world.change(deployments, 'web', withImage(`nginx:${each.which}`));
              if (each.do === 'kill') {
                const all = living(await world.list(pods));
                const victim = all[each.which % all.length];
                if (victim !== undefined) await world.remove(pods, victim.metadata.name ?? '');
                lost = victim !== undefined && isReady(victim) ? 1 : 0;
              }
              await world.settle();
              const after = (await readyPods()).length;
              expect(living(await world.list(pods)).length).toBeLessThanOrEqual(replicas + limits.maxSurge);
              expect(after).toBeGreaterThanOrEqual(Math.min(replicas - limits.maxUnavailable, before - lost));
            }
            while (await makeReady(0));
            const own = living(await world.list(pods));
            const { spec, status } = (await world.get(deployments, 'web')) as Deployment;
            expect(own).toHaveLength(replicas);
            expect(own.every(({ spec: { containers } }) => containers[0]?.name === 'main')).toBe(true);
            expect(new Set(own.map((pod) => (pod.spec.containers[0] as { image?: string }).image))).toEqual(
              new Set([(spec.template.spec['containers'] as { image: string }[])[0]?.image]),
            );
            expect(status).toMatchObject({
              replicas,
              updatedReplicas: replicas,
              availableReplicas: replicas,
            });
          } finally {
            await world.close();
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
