import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createMemoryStore,
  type Store,
  StoreUnavailableError,
  TransactionTooLargeError,
} from '../../../src/store/index.ts';
import { startCluster, type TestCluster } from '../support.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

let cluster: TestCluster;
let failure: Error | undefined;
beforeAll(async () => {
  const real = createMemoryStore();
  const fail = async <T>(work: () => Promise<T>): Promise<T> => {
    if (failure !== undefined) throw failure;
    return work();
  };
  const store: Store = {
    ...real,
    // Only what is written can be too large.
    list: (prefix, options) =>
      failure instanceof TransactionTooLargeError
        ? real.list(prefix, options)
        : fail(() => real.list(prefix, options)),
    txn: (conditions, writes) => fail(() => real.txn(conditions, writes)),
  };
  cluster = await startCluster({ store });
});
afterAll(() => cluster.close());

it.each([
  ['POST', MAPS, new StoreUnavailableError('etcd did not answer'), 503, 'the storage does not answer'],
  ['GET', MAPS, new StoreUnavailableError('etcd did not answer'), 503, 'the storage does not answer'],
  ['POST', MAPS, new TransactionTooLargeError('too large'), 413, 'Request entity too large'],
])('%s %s, where the store fails with %s, is %i', async (method, path, error, code, message) => {
  failure = error;
  const answer = await cluster.send(method, path, method === 'POST' ? MAP : undefined);
  failure = undefined;
  expect(answer.code).toBe(code);
  expect(answer.text).toContain(message);
  // Nobody knows whether a write has happened: a client must not be made to send it again by itself.
  expect(answer.headers.get('retry-after')).toBeNull();
});
