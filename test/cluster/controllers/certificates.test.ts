import { afterEach, beforeEach, expect, it } from 'vitest';
import { signingRequests } from '../../../src/cluster/controllers/kinds.ts';
import type { KubeObject } from '../../../src/cluster/resources/index.ts';
import { makeCertificateRequest } from '../../certificates/support/make-certificate-request.ts';
import { startWorld, type TestWorld } from './support.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const hour = 3_600_000;
const request = Buffer.from(makeCertificateRequest().request).toString('base64');

/** A request, with what was decided of it just now. */
async function make(name: string, signerName: string, ...types: string[]) {
  const usages = ['client auth'];
  await world.make(signingRequests, { metadata: { name }, spec: { request, signerName, usages } });
  const stored = await world.context.objects.get(signingRequests, '', name);
  const lastUpdateTime = new Date(world.context.now()).toISOString();
  const times = { lastUpdateTime, lastTransitionTime: null };
  const conditions = types.map((type) => ({ type, status: 'True', reason: 'R', ...times }));
  if (stored) await world.context.objects.replace(stored, { ...stored.object, status: { conditions } });
}

const names = async () =>
  (await world.context.objects.list(signingRequests, '')).items.map(
    ({ object }: { object: KubeObject }) => object.metadata.name,
  );

it('requests for certificates are cleared away when nobody needs them any more', async () => {
  await make('waiting', 'a.example/signer');
  await make('unsigned', 'a.example/signer', 'Approved');
  await make('denied', 'a.example/signer', 'Denied');
  await make('failed', 'a.example/signer', 'Approved', 'Failed');
  await make('signed', 'kubernetes.io/kube-apiserver-client', 'Approved');
  await world.pass(hour - 1000);
  expect(await names()).toEqual(['denied', 'failed', 'signed', 'unsigned', 'waiting']);
  await world.pass(2000);
  expect(await names()).toEqual(['unsigned', 'waiting']);
  await world.pass(23 * hour);
  expect(await names()).toEqual([]);
});
