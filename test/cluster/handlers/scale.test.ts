import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { samples } from '../samples.ts';
import { startCluster, type TestCluster } from '../support.ts';

const path = '/apis/apps/v1/namespaces/default/deployments';
const applyType = { 'Content-Type': 'application/apply-patch+yaml' };
const asTable = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
  const sample = samples['apps/v1/deployments'];
  expect((await cluster.send('POST', path, { metadata: { name: 'd' }, ...sample })).code).toBe(201);
});
afterEach(() => cluster.close());

const scale = (replicas: unknown) => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'd' },
  spec: { replicas },
});
const apply = (manager: string, body: object, query = '') =>
  cluster.send('PATCH', `${path}/d/scale?fieldManager=${manager}${query}`, body, applyType);

describe('/scale', () => {
  it('is shown as a Table', async () => {
    const { json } = await cluster.send('GET', `${path}/d/scale`, undefined, asTable);
    expect(json.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual([
      'Name',
      'Desired',
      'Available',
      'Age',
    ]);
    expect(json.rows[0].cells).toEqual(['d', 1, 0, '0s']);
  });

  it('is applied to: the number in the object behind it gets an owner', async () => {
    const { code, json } = await apply('scaler', scale(3), '&force=true');
    expect([code, json.kind, json.spec]).toEqual([200, 'Scale', { replicas: 3 }]);
    const deployment = (await cluster.send('GET', `${path}/d`)).json;
    expect(deployment.spec.replicas).toBe(3);
    expect(deployment.metadata.managedFields).toContainEqual(
      expect.objectContaining({
        manager: 'scaler',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        subresource: 'scale',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      }),
    );
    const conflict = await apply('other', scale(5));
    expect([conflict.code, conflict.json.message]).toEqual([
      409,
      'Apply failed with 1 conflict: conflict with "scaler" with subresource "scale": .spec.replicas',
    ]);
    expect((await apply('other', scale(5), '&force=true&dryRun=All')).json.spec.replicas).toBe(5);
    expect((await cluster.send('GET', `${path}/d/scale`)).json.spec.replicas).toBe(3);
  });

  it.each([
    [
      422,
      scale(-1),
      'Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [500, scale('3'), 'Scale): .spec.replicas: expected numeric (int or float), got string'],
    [500, scale(2 ** 31), 'cannot unmarshal number 2147483648 into Go struct field'],
    [400, { ...scale(3), kind: 'Deployment' }, 'invalid object type: autoscaling/v1, Kind=Deployment'],
    [400, { ...scale(3), metadata: { name: 'e' } }, 'does not match the name on the URL'],
  ])('takes nothing else, with %i: %j', async (expected, body, message) => {
    const { code, json } = await apply('scaler', body);
    expect([code, json.message]).toEqual([expected, expect.stringContaining(message)]);
  });
});
