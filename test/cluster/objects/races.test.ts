import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configMap, startCluster, type TestCluster } from '../support.ts';

const path = '/api/v1/namespaces/default/configmaps';
const merge = { 'Content-Type': 'application/merge-patch+json' };

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

function codes(answers: readonly { code: number }[]): number[] {
  return answers.map(({ code }) => code).toSorted((a, b) => a - b);
}

const twenty = Array.from({ length: 20 }, (_, index) => index);

describe('writers at the same time', () => {
  it('create a name once', async () => {
    const answers = await Promise.all(
      twenty.map((n) => cluster.send('POST', path, configMap('x', { n: String(n) }))),
    );
    expect(codes(answers)).toEqual([201, ...Array(19).fill(409)]);
  });

  it('lose no patch that names no revision', async () => {
    await cluster.send('POST', path, configMap('x'));
    const answers = await Promise.all(
      twenty.map((n) => cluster.send('PATCH', `${path}/x`, { data: { [`k${n}`]: '' } }, merge)),
    );
    expect(codes(answers)).toEqual(Array(20).fill(200));
    expect(Object.keys((await cluster.send('GET', `${path}/x`)).json.data)).toHaveLength(20);
  });

  it('S-266 win one PUT of a revision, and one only', async () => {
    const { json } = await cluster.send('POST', path, configMap('x'));
    const { resourceVersion } = json.metadata;
    const answers = await Promise.all(
      twenty.map((n) =>
        cluster.send('PUT', `${path}/x`, configMap('x', { n: String(n) }, { resourceVersion })),
      ),
    );
    expect(codes(answers)).toEqual([200, ...Array(19).fill(409)]);
  });

  it('get different addresses', async () => {
    const services = '/api/v1/namespaces/default/services';
    const answers = await Promise.all(
      twenty.map((n) =>
        cluster.send('POST', services, { metadata: { name: `s${n}` }, spec: { ports: [{ port: 80 }] } }),
      ),
    );
    expect(new Set(answers.map(({ json }) => json.spec.clusterIP)).size).toBe(20);
  });

  it('take one address that all ask for once', async () => {
    const services = '/api/v1/namespaces/default/services';
    const spec = { ports: [{ port: 80 }], clusterIP: '10.96.7.7' };
    const answers = await Promise.all(
      twenty.map((n) => cluster.send('POST', services, { metadata: { name: `s${n}` }, spec })),
    );
    expect(codes(answers)).toEqual([201, ...Array(19).fill(422)]);
  });

  it('leave nothing behind in a namespace that goes', async () => {
    for (let round = 0; round < 3; round++) {
      await cluster.send('POST', '/api/v1/namespaces', { metadata: { name: 'gone' } });
      const creates = twenty.map((n) =>
        cluster.send('POST', '/api/v1/namespaces/gone/configmaps', configMap(`c${n}`)),
      );
      const [answer, ...others] = await Promise.all([
        cluster.send('DELETE', '/api/v1/namespaces/gone'),
        ...creates,
      ]);
      expect(answer.code).toBe(200);
      for (const { code } of others) expect([201, 403, 404]).toContain(code);
      while ((await cluster.send('GET', '/api/v1/namespaces/gone')).code !== 404);
      expect((await cluster.send('GET', '/api/v1/namespaces/gone/configmaps')).json.items).toEqual([]);
    }
  });
});

describe('a write that changes nothing', () => {
  it.each([
    ['PUT', configMap('x', { a: '1' }), {}],
    ['PATCH', { data: { a: '1' } }, merge],
    [
      'PATCH',
      [{ op: 'replace', path: '/data/a', value: '1' }],
      { 'Content-Type': 'application/json-patch+json' },
    ],
    ['PATCH', { metadata: { labels: { none: null } } }, merge],
  ])('by %s %j keeps the resourceVersion and makes no event', async (method, body, headers) => {
    const created = await cluster.send('POST', path, configMap('x', { a: '1' }));
    const revision = await cluster.store.revision();
    const answer = await cluster.send(method, `${path}/x`, body, headers);
    expect(answer.json).toEqual(created.json);
    expect(await cluster.store.revision()).toBe(revision);
  });
});
