import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { resolveRequestInfo } from '../../src/kube/index.ts';
import { accessPageUrl, readAccessQuestion } from '../../src/portal/access-question.ts';

const ask = (query: string) => readAccessQuestion(new URLSearchParams(query));
const nothing = { apiGroup: '', resource: '', subresource: '', namespace: '', name: '', path: '' };

describe('a question in an address', () => {
  it.each([
    ['', undefined],
    ['verb=&resource=', undefined],
    ['verb=get&resource=pods', { ...nothing, verb: 'get', resource: 'pods' }],
    ['verb=get&resource=pods/log', { ...nothing, verb: 'get', resource: 'pods', subresource: 'log' }],
    [
      'verb=create&resource=deployments.apps/scale&namespace=dev&name=web',
      {
        ...nothing,
        verb: 'create',
        resource: 'deployments',
        apiGroup: 'apps',
        subresource: 'scale',
        namespace: 'dev',
        name: 'web',
      },
    ],
    ['verb=get&resource=/healthz', { ...nothing, verb: 'get', path: '/healthz' }],
    ['verb=get&path=/healthz&resource=pods', { ...nothing, verb: 'get', path: '/healthz' }],
    ['verb=get&resource=pods&cluster=blue', { ...nothing, cluster: 'blue', verb: 'get', resource: 'pods' }],
    ['resource=pods', 'verb'],
    ['verb=get', 'resource'],
    ['verb=get&path=healthz', 'path'],
    ['verb=get&resource=p%00ds', 'resource'],
    ['verb=get&resource=p%C3%B6ds', 'resource'],
    [`verb=get&resource=pods&name=${'n'.repeat(254)}`, 'name'],
    [`verb=get&path=/${'p'.repeat(1024)}`, 'path'],
  ])('%s', (query, expected) => {
    expect(ask(query)).toEqual(expected);
  });
});

test('an address asks what was refused, for every plain target', () => {
  const segment = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
  const target = fc.oneof(
    fc
      .tuple(segment, segment, segment)
      .map(([ns, resource, name]) => `/api/v1/namespaces/${ns}/${resource}/${name}`),
    fc.tuple(segment, segment).map(([group, resource]) => `/apis/${group}.io/v1/${resource}`),
    segment.map((path) => `/x${path}`),
  );
  fc.assert(
    fc.property(target, fc.constantFrom('GET', 'POST', 'DELETE'), (path, method) => {
      const { isResourceRequest, verb, apiGroup, resource, subresource, namespace, name, ...info } =
        resolveRequestInfo(method, path);
      const refused = { isResourceRequest, verb, apiGroup, resource, subresource, namespace, name };
      const url = new URL(
        accessPageUrl('https://idp.example/x/', { ...refused, path: info.path, cluster: undefined }),
      );
      expect(url.pathname).toBe('/x/access');
      expect(readAccessQuestion(url.searchParams)).toEqual(
        isResourceRequest
          ? { verb, apiGroup, resource, subresource, namespace, name, path: '' }
          : { ...nothing, verb, path: info.path },
      );
    }),
  );
});
