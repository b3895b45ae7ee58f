import { expect } from 'vitest';
import { startCluster, type TestCluster } from '../../cluster/support.ts';
import type { Replicas } from './scene.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const WRITERS = 4;
const INCREMENTS = 12;

/** Several writers count up one number, each by what it has read: none may overwrite another. */
export async function raceWriters({ stores, dispose }: Replicas): Promise<void> {
  const clusters: TestCluster[] = [];
  for (const store of stores) clusters.push(await startCluster({ store }));
  const clusterAt = (at: number) => clusters[at % clusters.length]!;
  await clusterAt(0).send('POST', MAPS, { metadata: { name: 'n' }, data: { n: '0' } });
  const conflicts: number[] = [];
  /** What each success replaced, and by what. */
  const steps: { readonly from: string; readonly to: string }[] = [];

  async function count(writer: number): Promise<void> {
    for (let done = 0; done < INCREMENTS; ) {
      const { json } = await clusterAt(writer).send('GET', `${MAPS}/n`);
      const next = { ...json, data: { n: String(Number(json.data.n) + 1) } };
      const answer = await clusterAt(writer).send('PUT', `${MAPS}/n`, next);
      if (answer.code === 200) {
        steps.push({ from: json.metadata.resourceVersion, to: answer.json.metadata.resourceVersion });
        done += 1;
      } else {
        conflicts.push(answer.code);
      }
    }
  }

  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => count(writer)));
  const { json } = await clusterAt(1).send('GET', `${MAPS}/n`);
  expect(json.data.n).toBe(String(WRITERS * INCREMENTS));
  expect(new Set(conflicts)).toEqual(new Set(conflicts.length === 0 ? [] : [409]));
  // In the order of their versions, each replaced what the one before had written.
  const inOrder = steps.toSorted((a, b) => Number(a.to) - Number(b.to));
  expect(inOrder.slice(1).map(({ from }) => from)).toEqual(inOrder.slice(0, -1).map(({ to }) => to));
  for (const cluster of clusters) await cluster.close();
  await dispose();
}
