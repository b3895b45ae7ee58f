import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, startCluster, type TestCluster } from '../support.ts';
import { cronTab, cronTabs, cronTabsPath, define, definitionsPath } from './cron-tab.ts';

const betaPath = cronTabsPath.replace('v1', 'v1beta1');
const merge = { 'Content-Type': 'application/merge-patch+json' };
const asTable = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
let cluster: TestCluster;

async function create(name: string, spec: object = {}, more: object = {}) {
  const answer = await cluster.send('POST', cronTabsPath, cronTab(name, spec, more));
  expect(answer.code, answer.text).toBe(201);
  return answer;
}

beforeAll(async () => {
  cluster = await startCluster();
  await define(cluster, cronTabs);
});

afterAll(async () => {
  await cluster.close();
  expect(cluster.logged).toEqual([]);
});

describe('a custom resource', () => {
  it('gets defaults and loses what its schema does not specify', async () => {
    const { json, headers } = await create('pruned', {
      bogus: 1,
      env: [{ name: 'a', more: 1 }],
      extra: { any: [1] },
    });
    expect(json.spec).toEqual({
      cronSpec: '* * * * */5',
      image: 'my-image',
      replicas: 1,
      policy: 'Allow',
      env: [{ name: 'a', value: '' }],
      extra: { any: [1] },
    });
    expect(json.metadata.generation).toBe(1);
    expect(headers.get('warning')).toBe(
      '299 - "unknown field \\"spec.bogus\\"", 299 - "unknown field \\"spec.env[0].more\\""',
    );
  });

  it('is refused for unknown and repeated fields by a strict client', async () => {
    const body = JSON.stringify(cronTab('strict', { bogus: 1 })).replace('{', '{"kind":"CronTab",');
    const { code, json } = await cluster.send('POST', `${cronTabsPath}?fieldValidation=Strict`, body);
    expect(code).toBe(400);
    expect(json.message).toBe(
      'CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: ' +
        'unknown field "spec.bogus", duplicate field "kind"',
    );
  });

  it('is validated with the words of kube-apiserver', async () => {
    const spec = {
      cronSpec: 5,
      image: 'x'.repeat(21),
      replicas: 50,
      policy: 'Never',
      port: true,
      env: [{ name: 'a' }, { name: 'a' }],
      hosts: ['x', 'x'],
    };
    const { code, json } = await cluster.send('POST', cronTabsPath, cronTab('wrong', spec));
    expect(code).toBe(422);
    const causes = json.details.causes.map(
      (each: { field: string; message: string }) => `${each.field}: ${each.message}`,
    );
    expect(causes).toEqual([
      'spec.cronSpec: Invalid value: "integer": spec.cronSpec in body must be of type string: "integer"',
      'spec.image: Too long: may not be more than 20 bytes',
      'spec.replicas: Invalid value: 50: spec.replicas in body should be less than or equal to 10',
      'spec.policy: Unsupported value: "Never": supported values: "Allow", "Forbid"',
      'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
      'spec.env[1]: Duplicate value: {"name":"a"}',
      'spec.hosts[1]: Duplicate value: "x"',
    ]);
    const missing = await cluster.send('POST', cronTabsPath, { ...cronTab('wrong'), spec: {} });
    expect(missing.json.message).toBe(
      'CronTab.stable.example.com "wrong" is invalid: spec.cronSpec: Required value',
    );
  });

  it.each([
    [{ kind: undefined }, 400, /cannot be handled as a CronTab: Object 'Kind' is missing in '/],
    [{ kind: 'Other' }, 422, /kind: Invalid value: "Other": must be CronTab/],
    [
      { apiVersion: 'stable.example.com/v1beta1' },
      400,
      /^the API version in the data \(stable.example.com\/v1beta1\) does not match the expected API version/,
    ],
    [
      { metadata: { name: 'wrong', labels: { a: 1 } } },
      400,
      /cannot unmarshal number into Go struct field ObjectMeta.labels/,
    ],
  ])('says what it is: %j', async (more, code, message) => {
    const answer = await cluster.send('POST', cronTabsPath, { ...cronTab('wrong'), ...more });
    expect(answer.code).toBe(code);
    expect(answer.json.message).toMatch(message);
  });

  it('is the same object in all versions, without what a version does not have', async () => {
    await create('versions', { timeZone: 'Europe/Vienna' });
    const beta = await cluster.send('GET', `${betaPath}/versions`);
    expect(beta.json).toMatchObject({ apiVersion: 'stable.example.com/v1beta1', kind: 'CronTab' });
    expect(beta.json.spec).not.toHaveProperty('timeZone');
    expect(beta.headers.get('warning')).toBe(
      '299 - "stable.example.com/v1beta1 CronTab is deprecated; use stable.example.com/v1 CronTab"',
    );
    await cluster.send('PATCH', `${betaPath}/versions`, { spec: { image: 'new' } }, merge);
    const stable = await cluster.send('GET', `${cronTabsPath}/versions`);
    expect(stable.json).toMatchObject({ apiVersion: 'stable.example.com/v1', spec: { image: 'new' } });
    const list = await cluster.send('GET', betaPath);
    expect(list.json).toMatchObject({ kind: 'CronTabList', apiVersion: 'stable.example.com/v1beta1' });
    expect(new Set(list.json.items.map((each: { apiVersion: string }) => each.apiVersion))).toEqual(
      new Set(['stable.example.com/v1beta1']),
    );
  });

  it('has a status that only its path writes, and a generation that counts the rest', async () => {
    await create('parts', {}, { status: { replicas: 7 } });
    const patch = async (path: string, body: object) =>
      (await cluster.send('PATCH', `${cronTabsPath}/parts${path}`, body, merge)).json;
    expect(await patch('', { status: { replicas: 7 } })).not.toHaveProperty('status');
    const reported = await patch('/status', { spec: { image: 'ignored' }, status: { replicas: 3 } });
    expect(reported).toMatchObject({
      metadata: { generation: 1 },
      spec: { image: 'my-image' },
      status: { replicas: 3 },
    });
    expect((await patch('', { spec: { image: 'b' } })).metadata.generation).toBe(2);
    const wrong = await patch('/status', { status: { replicas: 'many' } });
    expect(wrong.message).toContain('status.replicas in body must be of type integer: "string"');
  });

  it('is scaled by the paths of its definition', async () => {
    await create('scaled', { replicas: 2 });
    const status = { status: { replicas: 2, labelSelector: 'app=cron' } };
    await cluster.send('PATCH', `${cronTabsPath}/scaled/status`, status, merge);
    const scale = await cluster.send('GET', `${cronTabsPath}/scaled/scale`);
    expect(scale.json).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 2 },
      status: { replicas: 2, selector: 'app=cron' },
    });
    await cluster.send('PATCH', `${cronTabsPath}/scaled/scale`, { spec: { replicas: 4 } }, merge);
    expect((await cluster.send('GET', `${cronTabsPath}/scaled`)).json.spec.replicas).toBe(4);
    const tooMany = await cluster.send(
      'PATCH',
      `${cronTabsPath}/scaled/scale`,
      { spec: { replicas: 40 } },
      merge,
    );
    expect(tooMany.code).toBe(422);
  });

  it('takes no strategic merge patch', async () => {
    const type = { 'Content-Type': 'application/strategic-merge-patch+json' };
    const { code, json } = await cluster.send('PATCH', `${cronTabsPath}/parts`, {}, type);
    expect(code).toBe(415);
    expect(json.message).toBe(
      'the body of the request was in an unknown format - accepted media types include: ' +
        'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    );
  });

  it('is applied by the list types of its schema', async () => {
    const apply = (manager: string, env: object[]) =>
      cluster.send('PATCH', `${cronTabsPath}/applied?fieldManager=${manager}`, cronTab('applied', { env }), {
        'Content-Type': 'application/apply-patch+yaml',
      });
    expect((await apply('one', [{ name: 'a', value: '1' }])).code).toBe(201);
    const second = await apply('two', [{ name: 'b', value: '2' }]);
    expect(second.json.spec.env).toEqual([
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
    ]);
    const third = await apply('two', [{ name: 'a', value: 'mine' }]);
    expect(third.code).toBe(409);
    expect(third.json.message).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.env[name="a"].value',
    );
  });

  it('is shown in the columns of its definition, and selected by its fields', async () => {
    await create('shown', { image: 'chosen' });
    const ready = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    await cluster.send('PATCH', `${cronTabsPath}/shown/status`, ready, merge);
    const { json } = await cluster.send(
      'GET',
      `${cronTabsPath}?fieldSelector=spec.image%3Dchosen`,
      undefined,
      asTable,
    );
    expect(json.columnDefinitions.map((each: { name: string }) => each.name)).toEqual([
      'Name',
      'Spec',
      'Replicas',
      'Ready',
      'Age',
    ]);
    expect(json.rows.map((row: { cells: unknown[] }) => row.cells)).toEqual([
      ['shown', '* * * * */5', 1, 'True', '0s'],
    ]);
    const unknown = await cluster.send('GET', `${cronTabsPath}?fieldSelector=spec.policy%3DAllow`);
    expect(unknown.code).toBe(400);
  });

  it('is watched in the version that was asked for, until the definition changes', async () => {
    const watch = await cluster.watch(`${betaPath}?watch=1&fieldSelector=metadata.name%3Dwatched`);
    await create('watched', { timeZone: 'UTC' });
    const [added] = await watch.until(1);
    expect(added).toMatchObject({ type: 'ADDED', object: { apiVersion: 'stable.example.com/v1beta1' } });
    expect(added?.object.spec).not.toHaveProperty('timeZone');
    await cluster.send(
      'PATCH',
      `${definitionsPath}/${cronTabs.metadata.name}`,
      { spec: { names: { shortNames: ['ct', 'cts'] } } },
      merge,
    );
    await watch.ended();
  });

  it('goes with its namespace and with its owner', async () => {
    await cluster.send('POST', '/api/v1/namespaces', { metadata: { name: 'gone' } });
    const there = cronTabsPath.replace('default', 'gone');
    await cluster.send('POST', there, cronTab('a'));
    const owner = (await create('owner')).json.metadata;
    const ownerReferences = [
      { apiVersion: 'stable.example.com/v1', kind: 'CronTab', name: 'owner', uid: owner.uid },
    ];
    await create('owned', {}, { metadata: { name: 'owned', ownerReferences } });
    await cluster.send('DELETE', '/api/v1/namespaces/gone');
    await cluster.send('DELETE', `${cronTabsPath}/owner`);
    const isGone = async (path: string) => (await cluster.send('GET', path)).code === 404 || undefined;
    await eventually(() => isGone('/api/v1/namespaces/gone'));
    await eventually(() => isGone(`${cronTabsPath}/owned`));
  });
});
