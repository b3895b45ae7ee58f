import { describe, expect, it } from 'vitest';
import type { AccessBinding, Authority } from '../../src/access-requests/index.ts';
import type { Attributes, StatusError } from '../../src/kube/index.ts';
import { ApiError } from '../../src/kubeconfig/index.ts';
import { createPolicy, defaultPolicyObjects } from '../../src/rbac/index.ts';
import { bindRule } from '../../src/server/bind-rule.ts';
import { role, roleBinding } from '../rbac/objects.ts';

const GROUP = 'rbac.authorization.k8s.io';

function bindingTo(kind: 'Role' | 'ClusterRole', name: string, namespace = 'dev'): AccessBinding {
  const content = {
    apiVersion: `${GROUP}/v1`,
    subjects: [{ kind: 'User', apiGroup: GROUP, name: 'amy' }],
    roleRef: { apiGroup: GROUP, kind, name },
  };
  return namespace === ''
    ? { ...content, kind: 'ClusterRoleBinding', metadata: { name: 'b' } }
    : { ...content, kind: 'RoleBinding', metadata: { name: 'b', namespace } };
}

function approver(
  username: string,
  allows: (asked: Attributes) => boolean,
  groups: string[] = [],
): Authority {
  const user = { username, groups };
  const decide = async (asked: Attributes) =>
    ({ decision: allows(asked) ? 'allow' : 'noOpinion', reason: '' }) as const;
  return { user, caller: user, decide };
}

async function refusal(work: Promise<void>): Promise<StatusError['status'] | undefined> {
  return work.then(
    () => undefined,
    (error: StatusError) => error.status,
  );
}

describe('who has a role bound, by the policy here', () => {
  const policy = createPolicy();
  for (const object of [
    ...defaultPolicyObjects(),
    roleBinding('dev', 'leads', 'ClusterRole edit', 'User lead'),
    role('dev', 'reader', ['get pods']),
  ])
    policy.put('test', object);
  policy.put('test', {
    apiVersion: `${GROUP}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'binds-admin' },
    rules: [
      { verbs: ['bind'], apiGroups: [GROUP], resources: ['clusterroles'], resourceNames: ['admin', 'ghost'] },
    ],
  });
  policy.put('test', roleBinding('dev', 'binders', 'ClusterRole binds-admin', 'User binder'));
  const client = { get: () => Promise.reject(new Error('nobody asks the API server')) };
  const confirm = bindRule(policy, client);
  const nobody = () => false;

  it('holds all that it holds, or may bind it, there', async () => {
    const lead = approver('lead', nobody);
    expect(await refusal(confirm(bindingTo('ClusterRole', 'view'), lead))).toBeUndefined();
    expect(await refusal(confirm(bindingTo('Role', 'reader'), lead))).toBeUndefined();
    expect(await refusal(confirm(bindingTo('ClusterRole', 'admin'), lead))).toMatchObject({ code: 403 });
    expect(await refusal(confirm(bindingTo('ClusterRole', 'view', 'shop'), lead))).toMatchObject({
      code: 403,
    });
    expect(await refusal(confirm(bindingTo('ClusterRole', 'view', ''), lead))).toMatchObject({ code: 403 });
    const binder = approver('binder', nobody);
    expect(await refusal(confirm(bindingTo('ClusterRole', 'admin'), binder))).toBeUndefined();
    expect(await refusal(confirm(bindingTo('ClusterRole', 'edit'), binder))).toMatchObject({ code: 403 });
  });

  it('binds no role that is not there, whatever they may bind', async () => {
    const binder = approver('binder', nobody);
    expect(await refusal(confirm(bindingTo('ClusterRole', 'ghost'), binder))).toMatchObject({ code: 404 });
    const root = approver('root', nobody, ['system:masters']);
    expect(await refusal(confirm(bindingTo('Role', 'reader', 'shop'), root))).toMatchObject({ code: 404 });
  });
});

describe('who has a role bound, where the API server decides', () => {
  const roles = new Map([[`/apis/${GROUP}/v1/clusterroles/edit`, {}]]);
  const client = {
    get: async (path: string) => {
      if (roles.has(path)) return {};
      if (path.endsWith('/secret')) throw new ApiError(403, 'Forbidden', 'not yours');
      throw new ApiError(404, 'NotFound', 'not found');
    },
  };
  const confirm = bindRule(undefined, client);

  it('may bind it, by that server’s word', async () => {
    const asked: Attributes[] = [];
    const lead = approver('lead', (attributes) => {
      asked.push(attributes);
      return attributes.namespace === 'dev';
    });
    expect(await refusal(confirm(bindingTo('ClusterRole', 'edit'), lead))).toBeUndefined();
    expect(asked).toMatchObject([
      { verb: 'bind', apiGroup: GROUP, resource: 'clusterroles', name: 'edit', namespace: 'dev' },
    ]);
    expect(await refusal(confirm(bindingTo('ClusterRole', 'edit', 'shop'), lead))).toMatchObject({
      code: 403,
      message: expect.stringContaining('needs the verb "bind" on it'),
    });
    expect(await refusal(confirm(bindingTo('Role', 'reader'), lead))).toMatchObject({ code: 404 });
    expect(await refusal(confirm(bindingTo('Role', 'secret'), lead))).toMatchObject({
      code: 503,
      message: 'the gateway could not look the role up: not yours',
    });
  });
});
