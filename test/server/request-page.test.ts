import { describe, expect, it } from 'vitest';
import { resourceAttributes } from '../../src/kube/index.ts';
import { createPolicy, defaultPolicyObjects, explain } from '../../src/rbac/index.ts';
import { createRequestPage } from '../../src/server/request-page.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../rbac/objects.ts';

const policy = createPolicy();
for (const object of [
  ...defaultPolicyObjects(),
  clusterRole('asks', [
    'create @sallyport.dev:accessrequests',
    'create @sallyport.dev:clusteraccessrequests',
  ]),
  clusterRoleBinding('asks', 'asks', 'User jane'),
  roleBinding('dev', 'editors', 'ClusterRole edit', 'User jane', 'User mute'),
  role('shop', 'reader', ['get secrets']),
  roleBinding('shop', 'readers', 'Role reader', 'User bob'),
])
  policy.put('test', object);

const pageOf = createRequestPage({
  config: { issuer: 'https://idp.example/dex/' },
  cluster: { name: 'blue' },
  authorize: (attributes) => policy.authorize(attributes),
});

function refused(user: string, verb: string, resource: string, namespace: string): string | undefined {
  const attributes = resourceAttributes({
    user: { username: user, groups: [] },
    verb,
    apiGroup: '',
    resource,
    namespace,
    name: 'x',
  });
  expect(policy.authorize(attributes).decision).not.toBe('allow');
  return pageOf(attributes, explain(policy, attributes).nearMisses);
}

describe('whoever was refused', () => {
  it('is led to where the role that they have elsewhere can be asked for', () => {
    expect(refused('jane', 'delete', 'pods', 'shop')).toBe(
      'https://idp.example/dex/requests?cluster=blue&namespace=shop&role=edit',
    );
  });

  it('can ask for a role of the namespace, and for one in the whole cluster', () => {
    expect(refused('jane', 'get', 'secrets', 'shop')).toMatch(/namespace=shop&role=(?:edit|Role%2Freader)$/);
    expect(refused('jane', 'list', 'pods', '')).toBe(
      'https://idp.example/dex/requests?cluster=blue&role=edit',
    );
  });

  it('is led nowhere who may not ask, and where no role is near that would do', () => {
    expect(refused('mute', 'delete', 'pods', 'shop')).toBeUndefined();
    expect(refused('jane', 'escalate', 'pods', 'dev')).toBeUndefined();
  });
});
