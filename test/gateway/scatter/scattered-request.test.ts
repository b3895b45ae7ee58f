import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiWith, type FakeApi, PODS, placesIn, serveScatter } from './support.ts';

describe('a request for all clusters', () => {
  let root: FakeApi;
  let north: FakeApi;
  let gateway: Awaited<ReturnType<typeof serveScatter>>;

  beforeAll(async () => {
    [root, north] = [apiWith(['a']), apiWith(['b'])];
    gateway = await serveScatter({ root, north });
  });

  afterAll(() => gateway.close());

  it.each([
    '/api',
    '/apis',
    '/api/v1',
    '/apis/apps/v1',
    '/version',
    '/openapi/v3',
    '/openapi/v3/api/v1?hash=1',
  ])('for %s is for the first cluster', async (path) => {
    const before = north.asked.length;
    expect((await gateway.ask(path)).status).toBe(200);
    expect(root.asked.at(-1)).toBe(path);
    expect(north.asked).toHaveLength(before);
  });

  it.each([
    ['GET', `/api/v1/namespaces/a/pods/b`, 400, 'lists only'],
    ['GET', `/api/v1/namespaces/a`, 400, 'lists only'],
    ['GET', `/api/v1/namespaces/a/pods/b/log`, 400, 'lists only'],
    ['GET', '/metrics', 400, 'lists only'],
    ['GET', '/clusters/north/api', 400, 'lists only'],
    ['GET', `${PODS}?watch=true`, 400, 'a watch is of one cluster'],
    ['GET', '/api/v1/watch/pods', 400, 'a watch is of one cluster'],
    ['GET', `${PODS}?resourceVersion=7`, 400, 'no common revision'],
    ['POST', '/api/v1/namespaces/a/pods', 405, 'lists only'],
    ['DELETE', PODS, 405, 'lists only'],
    ['PATCH', `/api/v1/namespaces/a/pods/b`, 405, 'lists only'],
  ])('%s %s is refused with %i, and told where to go', async (method, path, code, words) => {
    const { status, json } = await refused(path, method);
    expect([status, json.kind, json.code]).toEqual([code, 'Status', code]);
    expect(json.message).toContain(words);
    expect(json.message).toContain('name a cluster: /clusters/<name>/…');
  });

  it('is refused when it is no list that anybody could read', async () => {
    expect(await refused(PODS, 'HEAD')).toMatchObject({ status: 400 });
    expect(await refused(`${PODS}?limit=many`, 'GET')).toMatchObject({
      status: 400,
      json: { message: 'strconv.ParseInt: parsing "many": invalid syntax' },
    });
  });

  async function refused(path: string, method: string) {
    const before = [root.asked.length, north.asked.length];
    const answer = await gateway.ask(path, { method });
    expect([root.asked.length, north.asked.length]).toEqual(before);
    return answer;
  }

  it('has the query that the client wrote, but for revisions', async () => {
    await gateway.ask(
      `${PODS}?labelSelector=a%3Db&resourceVersion=0&resourceVersionMatch=NotOlderThan&x=%20y`,
    );
    expect(north.asked.at(-1)).toBe(`${PODS}?labelSelector=a%3Db&x=%20y&limit=500`);
  });

  it('goes on with its credentials and its audit id, as JSON, and by the path that it could have taken', async () => {
    const headers = {
      Authorization: 'Bearer t',
      'Audit-Id': 'x1',
      'Accept-Encoding': 'gzip',
      Accept: 'application/vnd.kubernetes.protobuf,application/json',
    };
    const answer = await gateway.ask(PODS, { headers });
    expect(answer.headers.get('audit-id')).toBe('x1');
    for (const [{ authorized }, url] of [
      [root, `${PODS}?limit=500`],
      [north, `/clusters/north${PODS}?limit=500`],
    ] as const) {
      const { request, auditId } = authorized.at(-1) ?? expect.unreachable();
      expect([auditId, request.url, request.method]).toEqual(['x1', url, 'GET']);
      expect(request.headers).toMatchObject({ accept: 'application/json', authorization: 'Bearer t' });
      expect(request.headers['accept-encoding']).toBeUndefined();
      expect(request.rawHeaders).toContain('Bearer t');
    }
    const protobuf = { headers: { Accept: 'application/vnd.kubernetes.protobuf' } };
    expect((await gateway.ask(PODS, protobuf)).status).toBe(406);
  });

  it('is made as whom the caller wants to be, by the leave of each cluster', async () => {
    const answer = await gateway.ask(PODS, { headers: { 'Impersonate-User': 'joe' } });
    expect([answer.status, answer.json.message]).toEqual([
      403,
      expect.stringContaining('User "joe" cannot list resource "pods"'),
    ]);
  });

  it.each([
    ['sallyport.dev/cluster=north', ['north/b'], ''],
    ['sallyport.dev/cluster!=north,a in (c,b),!d', ['root/a'], 'a in (b,c),!d'],
    ['sallyport.dev/cluster in (root,north),x,n>1,m<2,k==v', ['root/a', 'north/b'], 'x,n>1,m<2,k==v'],
    ['sallyport.dev/cluster', ['root/a', 'north/b'], ''],
  ])('may select clusters: %s', async (selector, places, left) => {
    const { json } = await gateway.ask(`${PODS}?labelSelector=${encodeURIComponent(selector)}`);
    expect(placesIn(json)).toEqual(places);
    const asked = (places[0]?.startsWith('root') ? root : north).asked.at(-1) ?? '';
    expect(new URL(asked, 'http://api').searchParams.get('labelSelector')).toBe(left);
  });

  it('that selects none of them is refused', async () => {
    const { status, json } = await gateway.ask(`${PODS}?labelSelector=sallyport.dev%2Fcluster%3Dwest`);
    expect([status, json.message]).toEqual([400, 'the labelSelector selects none of the clusters']);
  });
});
