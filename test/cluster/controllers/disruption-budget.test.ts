import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deployments, disruptionBudgets, pods } from '../../../src/cluster/controllers/kinds.ts';
import { living, podTemplate, startWorld, type TestWorld } from './support.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const labels = { app: 'web' };
const budget = (spec: object) =>
  world.make(disruptionBudgets, {
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: labels }, ...spec },
  });
const runAll = async (count = Infinity) => {
  await world.settle();
  for (const { metadata } of living(await world.list(pods)).slice(0, count))
    await world.setPod(metadata.name ?? '', 'Running');
  await world.settle();
};
const deploy = async (replicas: number) => {
  const spec = { replicas, selector: { matchLabels: labels }, template: podTemplate('web:1', labels) };
  await world.make(deployments, { metadata: { name: 'web' }, spec });
};
const status = async () => (await world.get(disruptionBudgets, 'web'))?.status;

describe('a disruption budget', () => {
  it.each([
    [{ minAvailable: 2 }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 2 }],
    [{ minAvailable: '60%' }, { expectedPods: 4, desiredHealthy: 3, disruptionsAllowed: 1 }],
    [{ maxUnavailable: 1 }, { expectedPods: 4, desiredHealthy: 3, disruptionsAllowed: 1 }],
    [{ maxUnavailable: '30%' }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 2 }],
    [{ maxUnavailable: 0 }, { expectedPods: 4, desiredHealthy: 4, disruptionsAllowed: 0 }],
  ])('%j says how many may go', async (spec, expected) => {
    await deploy(4);
    await budget(spec);
    await runAll();
    expect(await status()).toMatchObject({ ...expected, currentHealthy: 4 });
  });

  it('counts those that are well, and says when none may go', async () => {
    await deploy(4);
    await budget({ minAvailable: 2 });
    await runAll(2);
    const said = await status();
    expect(said).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 0 });
    expect(said?.conditions).toMatchObject([
      { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' },
    ]);
  });

  it('expects what the deployment wants, however many sets it has', async () => {
    await deploy(4);
    await budget({ maxUnavailable: 1 });
    await runAll();
    await world.change(deployments, 'web', (object) => ({
      ...object,
      spec: { ...object.spec, template: podTemplate('web:2', labels) },
    }));
    await world.settle();
    expect(living(await world.list(pods)).length).toBeGreaterThan(4);
    expect(await status()).toMatchObject({ expectedPods: 4, desiredHealthy: 3 });
  });
});
