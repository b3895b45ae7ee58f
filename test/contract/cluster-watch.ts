import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openScene, type Replicas } from './cluster-watch/scene.ts';
import { type Step, step } from './cluster-watch/steps.ts';
import { raceWriters } from './cluster-watch/writers.ts';

export type { Replicas } from './cluster-watch/scene.ts';

/**
 * What the embedded API's lists and watches keep to on every store, whatever is written, forgotten and cut in between
 * (etcd's own invariants for watches, tests/robustness/validate).
 * @param open gives one empty store each time, as one or several processes see it
 */
export function describeWatchInvariants(name: string, open: () => Promise<Replicas>, numRuns: number): void {
  describe(`lists and watches of the embedded API on ${name}`, () => {
    it('R-040 R-041 R-042 R-044 R-045 tell everything once, in order, or that they cannot', {
      timeout: 120_000,
    }, async () => {
      const steps = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' });
      await fc.assert(
        fc.asyncProperty(steps, (script) => play(open, script)),
        { numRuns },
      );
    });

    it('R-043 each object is written by one at a time; what is out of date is 409', {
      timeout: 60_000,
    }, async () => {
      await raceWriters(await open());
    });
  });
}

async function play(open: () => Promise<Replicas>, script: readonly Step[]): Promise<void> {
  const scene = await openScene(await open());
  try {
    for (const next of script) await scene.play(next);
    await scene.confirm();
    expect(scene.logged()).toEqual([]);
  } finally {
    await scene.close();
  }
}
