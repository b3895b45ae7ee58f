import { describe, expect, it } from 'vitest';
import { matchAuditLevel } from '../../../src/gateway/audit/index.ts';
import { resolveRequestInfo } from '../../../src/kube/index.ts';
import { jane, policyOf } from './support/recording.ts';

const core = (...resources: string[]) => ({ resources: [{ group: '', resources }] });
/** A rule that names them, as none may. */
const PASSWORDS = {
  resources: [
    { group: 'sallyport.dev', resources: ['users', 'users/password', 'users/reset', 'oauthclients/secret'] },
  ],
};
const POD = '/api/v1/namespaces/default/pods/web';

describe('matchAuditLevel', () => {
  it.each([
    // rule, method, target, matches
    [{}, 'GET', POD, true],
    [{}, 'GET', '/healthz', true],
    [{ users: ['jane'] }, 'GET', POD, true],
    [{ users: ['Jane', 'jan*', '*'] }, 'GET', POD, false],
    [{ userGroups: ['admins', 'developers'] }, 'GET', POD, true],
    [{ userGroups: ['admins'] }, 'GET', POD, false],
    [{ users: ['jane'], userGroups: ['admins'] }, 'GET', POD, false],
    [{ verbs: ['get'] }, 'GET', POD, true],
    [{ verbs: ['list', '*'] }, 'GET', POD, false],
    [{ verbs: ['watch'] }, 'GET', '/api/v1/pods?watch=1', true],
    [{ namespaces: ['default'] }, 'GET', POD, true],
    [{ namespaces: ['other'] }, 'GET', POD, false],
    [{ namespaces: [''] }, 'GET', '/api/v1/nodes', true],
    [{ namespaces: [''] }, 'GET', POD, false],
    [{ namespaces: [''] }, 'GET', '/healthz', false],
    [core('pods'), 'GET', POD, true],
    [core('pods'), 'GET', `${POD}/log`, false],
    [core('pods/log'), 'GET', `${POD}/log`, true],
    [core('pods/*'), 'GET', `${POD}/log`, true],
    [core('pods/*'), 'GET', POD, true],
    [core('*/log'), 'GET', `${POD}/log`, true],
    [core('*/log'), 'GET', POD, false],
    [core('*/'), 'GET', POD, false],
    [core('*'), 'GET', `${POD}/log`, true],
    [core(), 'GET', `${POD}/log`, true],
    [core('pods'), 'GET', '/apis/apps/v1/deployments', false],
    [{ resources: [{ group: 'apps' }] }, 'GET', '/apis/apps/v1/deployments', true],
    [{ resources: [{ group: '*', resources: ['deployments'] }] }, 'GET', '/apis/apps/v1/deployments', true],
    [{ resources: [{ resources: ['pods'], resourceNames: ['web'] }] }, 'GET', POD, true],
    [{ resources: [{ resources: ['pods'], resourceNames: ['web'] }] }, 'GET', '/api/v1/pods', false],
    [{ ...core('pods'), namespaces: ['other'] }, 'GET', POD, false],
    [core('pods'), 'GET', '/api/v1', false],
    [{ nonResourceURLs: ['/healthz*'] }, 'GET', '/healthz/etcd', true],
    [{ nonResourceURLs: ['/healthz'] }, 'GET', '/healthz/etcd', false],
    [{ nonResourceURLs: ['*'] }, 'GET', '/version', true],
    [{ nonResourceURLs: ['*'] }, 'GET', POD, false],
  ])('%j on %s %s: %s', (rule, method, target, matches) => {
    const policy = policyOf({ level: 'Metadata', ...rule });
    const { level } = matchAuditLevel(policy, resolveRequestInfo(method, target), jane);
    expect(level).toBe(matches ? 'Metadata' : 'None');
  });

  it('takes the first rule that matches', () => {
    const policy = policyOf({ level: 'None', users: ['jane'] }, { level: 'Metadata' });
    expect(matchAuditLevel(policy, resolveRequestInfo('GET', POD), jane).level).toBe('None');
    expect(matchAuditLevel(policy, resolveRequestInfo('GET', POD), undefined).level).toBe('Metadata');
  });

  it('matches no rule with users or groups for a failed authentication', () => {
    const policy = policyOf(
      { level: 'Metadata', users: [''] },
      { level: 'Metadata', userGroups: ['system:unauthenticated'] },
    );
    expect(matchAuditLevel(policy, resolveRequestInfo('GET', POD), undefined).level).toBe('None');
  });

  // Stricter than kube-apiserver, which records the bodies of these by any rule.
  it.each([
    [{}, 'POST', '/api/v1/namespaces/default/secrets', 'Metadata'],
    [core('*'), 'POST', '/api/v1/namespaces/default/secrets', 'Metadata'],
    [core(), 'PUT', '/api/v1/namespaces/default/configmaps/a', 'Metadata'],
    [
      { resources: [{ group: '*', resources: ['secrets'] }] },
      'POST',
      '/api/v1/namespaces/default/secrets',
      'Metadata',
    ],
    [core('serviceaccounts/*'), 'POST', '/api/v1/namespaces/a/serviceaccounts/b/token', 'Metadata'],
    [{}, 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', 'Metadata'],
    [core('pods', 'secrets'), 'POST', '/api/v1/namespaces/default/secrets', 'RequestResponse'],
    [PASSWORDS, 'POST', '/apis/sallyport.dev/v1/users', 'Metadata'],
    [PASSWORDS, 'POST', '/apis/sallyport.dev/v1/users/u/password', 'Metadata'],
    [PASSWORDS, 'POST', '/apis/sallyport.dev/v1/users/u/reset', 'Metadata'],
    [PASSWORDS, 'POST', '/apis/sallyport.dev/v1/oauthclients/c/secret', 'Metadata'],
    [{}, 'POST', '/apis/sallyport.dev/v1/groups', 'RequestResponse'],
    [
      core('serviceaccounts/token'),
      'POST',
      '/api/v1/namespaces/a/serviceaccounts/b/token',
      'RequestResponse',
    ],
    [{}, 'POST', '/api/v1/namespaces/default/pods', 'RequestResponse'],
    [{}, 'POST', '/apis/example.com/v1/secrets', 'RequestResponse'],
  ])(
    'RequestResponse %j on %s %s is %s: bodies with credentials only by name',
    (rule, method, target, level) => {
      const policy = policyOf({ level: 'RequestResponse', ...rule });
      expect(matchAuditLevel(policy, resolveRequestInfo(method, target), jane).level).toBe(level);
    },
  );
});
