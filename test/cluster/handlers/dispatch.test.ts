import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster } from '../support.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());

describe('routes', () => {
  it.each([
    ['GET', '/api/v1/pods', 200],
    ['GET', '/api/v1/pods/x', 404], // a namespaced object without its namespace
    ['POST', '/api/v1/pods', 405],
    ['DELETE', '/api/v1/pods', 405],
    ['GET', '/api/v1/namespaces/default/nodes', 404], // a cluster-scoped resource in a namespace
    // Authorized as a list in one namespace; answering it with all namespaces would bypass that.
    ['GET', '/api/v1/namespaces/default/namespaces', 404],
    ['GET', '/api/v1/namespaces/default/namespaces?watch=1', 404],
    ['POST', '/api/v1/namespaces/default/namespaces', 404],
    ['GET', '/api/v1/namespaces/default/namespaces/kube-system', 404],
    ['DELETE', '/api/v1/namespaces/default/namespaces/kube-node-lease', 404],
    ['GET', '/api/v1/watch/namespaces/default/namespaces', 404],
    ['GET', '/api/v1/namespaces/default', 200],
    ['GET', '/api/v1/namespaces/default/', 200],
    ['GET', '/api/v1/namespaces/default/status', 200],
    ['GET', '/api/v1/namespaces/default/pods/x/y/z', 404],
    ['GET', '/api/v1/namespaces/default/pods/x/log', 404],
    ['POST', '/api/v1/namespaces/default/serviceaccounts/default/status', 404],
    ['DELETE', '/api/v1/namespaces', 405], // namespaces have no deletecollection
    ['OPTIONS', '/api/v1/namespaces/default/pods', 405],
    ['HEAD', '/api/v1/namespaces/default/pods', 405],
    ['DELETE', '/api/v1/namespaces/default/pods/x/status', 405],
    ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 404],
    ['GET', '/apis/apps/v1beta1/deployments', 404],
    ['GET', '/api/v1/proxy/namespaces/default/pods/x', 404],
    ['GET', '/api/v1/namespaces/default/configmaps/constructor/toString', 404],
    ['GET', '/apis/apps/v1/namespaces/default/deployments/__proto__', 404],
  ])('%s %s → %i', async (method, path, code) => {
    expect((await cluster.send(method, path)).code).toBe(code);
  });

  it.each([
    ['GET', '/api/v1/nodes/sallyport-node/proxy/metrics'],
    ['GET', '/api/v1/nodes/127.0.0.1:10250/proxy/pods'],
    ['POST', '/api/v1/namespaces/default/pods/x/proxy'],
    ['GET', '/api/v1/namespaces/default/pods/http:169.254.169.254:80/proxy/latest/meta-data/'],
    ['GET', '/api/v1/namespaces/default/services/https:kubernetes:443/proxy/'],
    ['GET', '/api/v1/proxy/nodes/localhost:10250/'],
  ])('S-268 nothing leads out of the process: %s %s', async (method, path) => {
    expect((await cluster.send(method, path)).code).toBe(404);
  });

  it.each([
    ['/version', 'application/json', '"gitVersion":"v1.35.0+sallyport"'],
    ['/version/', 'application/json', '"minor":"35"'],
    ['/healthz', 'text/plain; charset=utf-8', 'ok'],
    ['/readyz', 'text/plain; charset=utf-8', 'ok'],
    ['/livez', 'text/plain; charset=utf-8', 'ok'],
    ['/readyz/ping', 'text/plain; charset=utf-8', 'ok'],
    [
      '/livez?verbose&exclude=log',
      'text/plain; charset=utf-8',
      '[+]log excluded: ok\n[+]etcd ok\nlivez check passed\n',
    ],
    ['/api', 'application/json', 'APIVersions'],
    ['/apis', 'application/json', 'APIGroupList'],
    ['/apis/apps/v1', 'application/json', 'deployments/scale'],
    ['/openapi/v3', 'text/plain; charset=utf-8', '/openapi/v3/api/v1?hash='],
    ['/openapi/v2', 'application/json', '"swagger":"2.0"'],
  ])('GET %s is %s', async (path, type, part) => {
    const answer = await cluster.send('GET', path, undefined, { Accept: 'application/json' });
    expect([answer.code, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(answer.text).toContain(part);
  });

  it.each(['/', '/metrics', '/apis/nope.io', '/api/v2', '/healthz/nope'])(
    'GET %s is a plain 404',
    async (path) => {
      const answer = await cluster.send('GET', path);
      expect([answer.code, answer.text]).toEqual([404, '404 page not found\n']);
    },
  );

  it('knows the core group in every version, and no other group', async () => {
    const core = await cluster.send('GET', '/api/v2/pods');
    expect([core.code, core.json.reason]).toEqual([404, 'NotFound']);
    expect((await cluster.send('GET', '/apis/nope.io/v1/things')).text).toBe('404 page not found\n');
  });

  it.each(['/version', '/api', '/apis', '/apis/apps/v1'])('%s is there for reading only', async (path) => {
    expect((await cluster.send('POST', path)).code).toBe(405);
    expect((await cluster.send('POST', `${path}/nope`)).code).not.toBe(405);
  });

  it('answers 304 to discovery that the client has', async () => {
    const headers = { Accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };
    const first = await cluster.send('GET', '/apis', undefined, headers);
    expect(first.headers.get('vary')).toBe('Accept');
    const etag = first.headers.get('etag') ?? '';
    const again = await cluster.send('GET', '/apis', undefined, { ...headers, 'If-None-Match': etag });
    expect([again.code, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
  });

  it('lets nobody keep the legacy form', async () => {
    const { headers } = await cluster.send('GET', '/apis', undefined, { Accept: 'application/json' });
    expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['no-cache, private', null]);
  });

  it('serves OpenAPI documents under their hash for ever and redirects from a wrong one', async () => {
    const index = JSON.parse((await cluster.send('GET', '/openapi/v3')).text);
    const url = index.paths['apis/apps/v1'].serverRelativeURL;
    const document = await cluster.send('GET', url);
    expect(document.code).toBe(200);
    expect(document.headers.get('cache-control')).toBe('public, immutable');
    expect(document.headers.get('expires')).toBe('Wed, 24 Nov 2027 00:00:00 GMT');
    const stale = await cluster.send('GET', '/openapi/v3/apis/apps/v1?hash=ABC');
    expect([stale.code, stale.headers.get('location')]).toEqual([301, url]);
  });

  it('forbids caching unless it says otherwise', async () => {
    const answer = await cluster.send('GET', '/api/v1/pods');
    expect(answer.headers.get('cache-control')).toBe('no-cache, private');
  });
});
