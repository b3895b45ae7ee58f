import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createLimitCounts, shedLoad } from '../../../src/gateway/index.ts';

it('S-246: an overloaded gateway answers with the 429 that clients of Kubernetes wait after, and asks nobody', async () => {
  let overloaded = true;
  let handled = 0;
  const counts = createLimitCounts({ debug() {} });
  const handle: RequestListener = (_request, response) => {
    handled++;
    response.end('{}');
  };
  const server = createServer(shedLoad(handle, () => overloaded, counts));
  onTestFinished(() => void server.close());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/pods`;

  const refused = await fetch(url);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await refused.json()).toMatchObject({
    kind: 'Status',
    message: 'Too many requests, please try again later.',
    reason: 'TooManyRequests',
    details: { retryAfterSeconds: 1 },
  });
  expect([handled, counts.refusals('overload')]).toEqual([0, 1]);

  overloaded = false;
  expect((await fetch(url)).status).toBe(200);
  expect([handled, counts.refusals('overload')]).toEqual([1, 1]);
});
