import { expect, it } from 'vitest';
import type { Happening } from '../../src/access-requests/index.ts';
import { createAccessRequestMetrics } from '../../src/server/access-request-metrics.ts';
import { Registry } from '../../src/telemetry/index.ts';
import { figure, scrape } from '../telemetry/support/parse-exposition.ts';

function happening(action: Happening['action'], result: Happening['result']): Happening {
  return { action, result, by: undefined, request: { namespace: 'a', name: 'b' }, reason: undefined, at: 0 };
}

it('counts what is done to access requests, by cluster, and how many are open', async () => {
  const registry = new Registry();
  const metrics = createAccessRequestMetrics(registry);
  const [root, blue] = [metrics.of(undefined), metrics.of('blue')];
  root.show(() => ({ pending: 2, active: 1 }));
  await root.count(happening('approve', 'success'));
  await blue.count(happening('approve', 'failure'));
  await blue.count(happening('approve', 'failure'));
  const samples = await scrape(registry);
  const counted = (cluster: string, result: string) =>
    figure(samples, 'sallyport_access_request_actions_total', { cluster, action: 'approve', result });
  expect([counted('', 'success'), counted('blue', 'failure')]).toEqual([1, 2]);
  const open = (state: string) => figure(samples, 'sallyport_access_requests', { cluster: '', state });
  expect([open('pending'), open('active')]).toEqual([2, 1]);
});
