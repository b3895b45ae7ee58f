import { describe, expect, it } from 'vitest';
import type { CredentialMode } from '../../../src/gateway/upstream/outbound-identity.ts';
import { checkOwnRights } from '../../../src/gateway/upstream/own-rights.ts';
import { createApiClient } from '../../../src/kubeconfig/index.ts';
import type { PolicyObject, PolicyRule } from '../../../src/rbac/index.ts';
import { startApiServer } from '../../cli/support/api-server.ts';

const IMPERSONATE: PolicyRule = {
  apiGroups: [''],
  resources: ['users', 'groups', 'serviceaccounts'],
  verbs: ['impersonate'],
};

async function check(
  rules: readonly PolicyRule[],
  mode: CredentialMode = 'impersonate',
  writesBindings = false,
) {
  const objects: PolicyObject[] = [
    { kind: 'ClusterRole', metadata: { name: 'own' }, rules },
    {
      kind: 'ClusterRoleBinding',
      metadata: { name: 'own' },
      subjects: [{ kind: 'User', name: 'gateway' }],
      roleRef: { kind: 'ClusterRole', name: 'own' },
    },
  ];
  const api = await startApiServer({
    objects,
    userOf: () => ({ username: 'gateway', groups: ['system:authenticated'] }),
  });
  const client = createApiClient({
    endpoint: { server: api.url, tls: { rejectUnauthorized: true } },
    credentials: { token: 'own' },
    renewal: '',
  });
  const warnings: string[] = [];
  const log = {
    warn: (fields: object, message: string) => warnings.push(`${message} ${JSON.stringify(fields)}`),
  };
  const rights = await checkOwnRights({ client, mode, writesBindings, log });
  await client.close();
  return { ...rights, warnings, requests: api.requests };
}

describe("the gateway's own account", () => {
  it.each<[string, PolicyRule[]]>([
    ['impersonation', [IMPERSONATE]],
    [
      'impersonation with uids and extras',
      [
        IMPERSONATE,
        {
          apiGroups: ['authentication.k8s.io'],
          resources: ['uids', 'userextras/scopes', 'userextras/*'],
          verbs: ['impersonate'],
        },
      ],
    ],
    [
      'reading the policy and asking for reviews',
      [
        IMPERSONATE,
        {
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
          verbs: ['get', 'list', 'watch'],
        },
        { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
      ],
    ],
  ])('may have %s, and no more is said', async (_, rules) => {
    expect(await check(rules)).toMatchObject({ missing: [], excess: [], warnings: [] });
  });

  it.each<[string, PolicyRule[], string[]]>([
    ['nothing', [], ['users', 'groups']],
    ['users only', [{ ...IMPERSONATE, resources: ['users'] }], ['groups']],
    ['one user only', [{ ...IMPERSONATE, resourceNames: ['jane'] }], ['users', 'groups']],
  ])('with %s can’t speak for callers: a warning', async (_, rules, missing) => {
    const found = await check(rules);
    expect(found.missing).toEqual(missing);
    expect(found.warnings).toEqual([
      expect.stringContaining(`the gateway's account may not impersonate ${missing.join(' and ')}`),
    ]);
  });

  it.each<[string, PolicyRule, string]>([
    ['everything', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, '* *.*'],
    ['secrets', { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }, 'get,list secrets'],
    [
      'one secret',
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['s'], verbs: ['get'] },
      'get secrets (s)',
    ],
    ['all verbs on users', { ...IMPERSONATE, resources: ['users'], verbs: ['*'] }, '* users'],
    [
      'writing roles',
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['list', 'bind'] },
      'bind roles.rbac.authorization.k8s.io',
    ],
    ['all paths', { nonResourceURLs: ['*'], verbs: ['*'] }, '* *'],
  ])('with %s beside is loudly warned of', async (_, rule, excess) => {
    const found = await check([IMPERSONATE, rule]);
    expect(found.excess).toEqual([excess]);
    expect(found.warnings).toEqual([
      expect.stringMatching(/^DANGER: the gateway's account may do more than impersonate/),
    ]);
    expect(found.warnings[0]).toContain(excess);
  });

  it('may write bindings where access requests need it, and must then', async () => {
    const group = { apiGroups: ['rbac.authorization.k8s.io'] };
    const writes: PolicyRule[] = [
      {
        ...group,
        resources: ['rolebindings', 'clusterrolebindings'],
        verbs: ['get', 'list', 'create', 'delete'],
      },
      { ...group, resources: ['roles', 'clusterroles'], verbs: ['bind'] },
    ];
    const may = await check([IMPERSONATE, ...writes], 'impersonate', true);
    expect(may).toMatchObject({ missingForRequests: [], excess: [], warnings: [] });
    const mayNot = await check([IMPERSONATE, ...writes.slice(0, 1)], 'impersonate', true);
    expect(mayNot.missingForRequests).toEqual(['bind roles', 'bind clusterroles']);
    expect(mayNot.warnings).toEqual([
      expect.stringContaining('may not bind roles, bind clusterroles: access requests cannot be approved'),
    ]);
    expect((await check([IMPERSONATE, ...writes])).excess).toHaveLength(4);
  });

  it.each<[CredentialMode, number]>([
    ['passThrough', 0],
    ['fixed', 1],
  ])('is not judged with %s', async (mode, warnings) => {
    const found = await check([], mode);
    expect(found.requests).toEqual([]);
    expect(found.warnings).toHaveLength(warnings);
  });
});
