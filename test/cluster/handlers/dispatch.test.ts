import { readFileSync } from 'node:fs';
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
    ['/version', 'application/json', '"gitVersion": "v1.35.0+sallyport"'],
    ['/version/', 'application/json', '"minor": "35"'],
    ['/healthz', 'text/plain; charset=utf-8', 'ok'],
    ['/readyz', 'text/plain; charset=utf-8', 'ok'],
    ['/livez', 'text/plain; charset=utf-8', 'ok'],
    ['/readyz/ping', 'text/plain; charset=utf-8', 'ok'],
    ['/livez?verbose&exclude=log', 'text/plain; charset=utf-8', '[+]log excluded: ok\n[+]etcd ok\n'],
    ['/readyz/poststarthook/rbac/bootstrap-roles', 'text/plain; charset=utf-8', 'ok'],
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

  it.each([
    '/metrics',
    '/apis/nope.io',
    '/healthz/nope',
    '/healthz/',
    '/healthz/etcd/',
    '/livez/shutdown',
    '/openapi/v2/',
    '/.well-known',
  ])('GET %s is a plain 404', async (path) => {
    const answer = await cluster.send('GET', path);
    expect([answer.code, answer.text]).toEqual([404, '404 page not found\n']);
  });

  it.each(['healthz', 'livez', 'readyz'])('/%s?verbose names the checks of a real one', async (name) => {
    const recorded = new URL(`../../corpus/cluster/health/${name}.txt`, import.meta.url);
    const answer = await cluster.send('GET', `/${name}?verbose`);
    expect(answer.text).toBe(readFileSync(recorded, 'utf8'));
  });

  it('warns of checks that cannot be left out', async () => {
    const { text } = await cluster.send('GET', '/livez?verbose&exclude=zzz&exclude=etcd&exclude=nope');
    expect(text).toContain('[+]etcd excluded: ok\n');
    expect(text).toMatch(
      /\nwarn: some health checks cannot be excluded: no matches for "nope","zzz"\nlivez check passed\n$/,
    );
  });

  it.each([
    ['/api/v2/pods', 'JSON'],
    ['/api/v2', 'JSON'],
    ['/apis/apps/v2', 'JSON'],
    ['/apis/apps/v2/', 'JSON'],
    ['/apis/apps/v2/deployments', 'JSON'],
    ['/version/x', 'JSON'],
    ['/apis/nope.io/v1', 'page'],
    ['/apis/nope.io/v1/things', 'page'],
  ])('what %s does not find is said in a %s', async (path, form) => {
    const { code, text } = await cluster.send('GET', path);
    expect(code).toBe(404);
    if (form === 'page') expect(text).toBe('404 page not found\n');
    else expect(JSON.parse(text).message).toBe('the server could not find the requested resource');
  });

  it('says nothing at all of an OpenAPI document that is not there', async () => {
    for (const path of ['/openapi/v3/', '/openapi/v3/nope', '/openapi/v3/api/v1/']) {
      const { code, text, headers } = await cluster.send('GET', path);
      expect([code, text, headers.get('content-type')], path).toEqual([404, '', null]);
    }
  });

  it.each(['/', '/index.html'])('GET %s lists what is no resource, for people', async (path) => {
    const { text, json } = await cluster.send('GET', path);
    expect(text).toMatch(/^\{\n {2}"paths": \[\n {4}"\/\.well-known\/openid-configuration",\n/);
    expect(json.paths).toEqual(json.paths.toSorted());
    for (const each of json.paths.filter((name: string) => name !== '/apis/')) {
      expect((await cluster.send('GET', each)).code, each).toBe(200);
    }
    expect(json.paths).toEqual(
      expect.arrayContaining(['/api/v1', '/apis/apps/v1', '/livez/etcd', '/version']),
    );
  });

  it.each(['/version', '/api', '/api/v1', '/apis/apps/v1', '/openid/v1/jwks'])(
    '%s is there for reading only, and for reading it whole',
    async (path) => {
      for (const method of ['POST', 'DELETE', 'HEAD']) {
        expect((await cluster.send(method, path)).code, method).toBe(405);
      }
    },
  );

  it.each(['/apis', '/apis/apps', '/healthz', '/'])('%s does not look at the method', async (path) => {
    for (const method of ['POST', 'DELETE', 'HEAD']) {
      expect((await cluster.send(method, path)).code, method).toBe(200);
    }
  });

  it.each([
    ['/api', '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml'],
    ['/apis/apps/v1', '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml'],
    ['/apis', 'only the following media types are accepted: application/json, application/yaml'],
    ['/apis/apps', 'only the following media types are accepted: application/json, application/yaml'],
    ['/version', '406: Not Acceptable\n\nAvailable representations: application/json'],
  ])('%s says in which forms it is there', async (path, message) => {
    for (const accept of ['text/html', 'image/png', 'application/json;q=0']) {
      const { code, json } = await cluster.send('GET', path, undefined, { Accept: accept });
      expect([code, json.reason, json.message], accept).toEqual([406, 'NotAcceptable', message]);
    }
  });

  it('writes discovery as YAML, and indented for curl', async () => {
    const yaml = await cluster.send('GET', '/apis/apps', undefined, { Accept: 'application/yaml' });
    expect(yaml.headers.get('content-type')).toBe('application/yaml');
    expect(yaml.text).toMatch(/^apiVersion: v1\nkind: APIGroup\nname: apps\n/);
    const curl = await cluster.send('GET', '/apis/apps', undefined, { 'User-Agent': 'curl/8.5.0' });
    expect(curl.text).toMatch(/^\{\n {2}"kind": "APIGroup",\n/);
    const plain = await cluster.send('GET', '/apis/apps');
    expect(plain.text).toMatch(/^\{"kind":"APIGroup",.*\}\n$/);
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
