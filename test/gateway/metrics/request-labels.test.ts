import { describe, expect, it } from 'vitest';
import { requestKind, scopeLabel, verbLabel } from '../../../src/gateway/metrics/request-labels.ts';
import { resolveRequestInfo } from '../../../src/kube/index.ts';

const NS = '/api/v1/namespaces/default';

describe('the labels of a request', () => {
  it.each([
    ['GET', `${NS}/pods`, 'LIST', 'namespace', 'readOnly'],
    ['GET', '/api/v1/pods', 'LIST', 'cluster', 'readOnly'],
    ['HEAD', `${NS}/pods/web`, 'GET', 'resource', 'readOnly'],
    ['GET', `${NS}/pods?watch=1`, 'WATCH', 'namespace', 'readOnly'],
    ['GET', '/api/v1/watch/pods', 'WATCH', 'cluster', 'readOnly'],
    ['GET', `${NS}/pods?fieldSelector=metadata.name%3Dweb`, 'GET', 'resource', 'readOnly'],
    ['POST', `${NS}/pods`, 'POST', 'resource', 'mutating'],
    ['PUT', `${NS}/pods/web`, 'PUT', 'resource', 'mutating'],
    ['PATCH', `${NS}/pods/web`, 'PATCH', 'resource', 'mutating'],
    ['DELETE', `${NS}/pods/web`, 'DELETE', 'resource', 'mutating'],
    ['DELETE', `${NS}/pods`, 'DELETE', 'namespace', 'mutating'],
    ['GET', `${NS}/pods/web/log`, 'CONNECT', 'resource', 'readOnly'],
    ['POST', `${NS}/pods/web/exec`, 'CONNECT', 'resource', 'mutating'],
    ['GET', `${NS}/services/web/proxy/anything/at/all`, 'CONNECT', 'resource', 'readOnly'],
    ['GET', '/version', 'GET', '', 'readOnly'],
    ['PROPFIND', `${NS}/pods/web`, 'other', 'resource', 'mutating'],
    ['get', '/version', 'other', '', 'readOnly'],
  ])('of %s %s are those of kube-apiserver', (method, target, verb, scope, kind) => {
    const info = resolveRequestInfo(method, target);
    expect([verbLabel(method, undefined, info), scopeLabel(info), requestKind(info)]).toEqual([
      verb,
      scope,
      kind,
    ]);
  });

  it('tell apply from patch', () => {
    const info = resolveRequestInfo('PATCH', `${NS}/pods/web`);
    expect(verbLabel('PATCH', 'application/apply-patch+yaml', info)).toBe('APPLY');
  });

  it('of a request that names nothing are its method', () => {
    expect([verbLabel('GET', undefined, undefined), verbLabel('BREW', undefined, undefined)]).toEqual([
      'GET',
      'other',
    ]);
  });
});
