import { afterEach, describe, expect, it } from 'vitest';
import { createRefusalExplainer, createReviewAnswerer } from '../../../src/gateway/index.ts';
import type { Status } from '../../../src/kube/index.ts';
import { createPolicy, defaultPolicyObjects, type PolicyObject } from '../../../src/rbac/index.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../../rbac/objects.ts';
import { recording } from '../audit/support/recording.ts';
import { serveGateway } from '../support/gateway.ts';

const SENTENCE =
  'pods "web" is forbidden: User "jane" cannot delete resource "pods" in API group "" in the namespace "dev"';
const PLAIN = `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":${JSON.stringify(SENTENCE)},"reason":"Forbidden","details":{"name":"web","kind":"pods"},"code":403}\n`;
const MISS =
  'Role "reader", given to User "jane" by RoleBinding "readers" in namespace "dev", allows get on pods, not delete: delete removes one object.';
const REMEDY = 'Add the verb delete to the rule.';
const MAY_SEE = [
  clusterRole('explained', ['get @sallyport.dev:explanations']),
  clusterRoleBinding('explained', 'explained', 'User jane'),
];
const READER = [
  role('dev', 'reader', ['get pods']),
  roleBinding('dev', 'readers', 'Role reader', 'User jane'),
];

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function gatewayWith(
  objects: readonly PolicyObject[],
  options: Parameters<typeof serveGateway>[0] = {},
) {
  const policy = createPolicy();
  for (const object of defaultPolicyObjects()) policy.put('defaults', object);
  for (const object of objects) policy.put('test', object);
  const explain = createRefusalExplainer({ policy, now: () => 0 });
  const gateway = await serveGateway({
    policy,
    explain,
    reviews: createReviewAnswerer({
      authorize: (attributes) => policy.authorize(attributes),
      explain,
      rulesFor: (user, namespace) => policy.rulesFor(user, namespace),
      now: () => new Date(0),
    }),
    ...options,
  });
  closers.push(gateway.close);
  return gateway.url;
}

const deletePod = (url: string) => fetch(`${url}/api/v1/namespaces/dev/pods/web`, { method: 'DELETE' });

describe('the 403', () => {
  it('ends with the address of a page, where there is one and something to show on it', async () => {
    const explanationPage = ({ name }: { readonly name: string }) =>
      `https://idp.example/access?name=${name}`;
    const url = await gatewayWith([...READER, ...MAY_SEE], { explanationPage });
    const { message, details } = (await (await deletePod(url)).json()) as Status;
    expect(message.split('\n').at(-1)).toBe('See https://idp.example/access?name=web');
    expect(details?.causes?.at(-1)).toEqual({
      reason: 'ExplanationPage',
      message: 'https://idp.example/access?name=web',
    });
    const plain = await gatewayWith(READER, { explanationPage });
    expect(await (await deletePod(plain)).text()).toBe(PLAIN);
  });

  it('says where what is missing can be asked for, to whom there is such a place', async () => {
    const requestPage = (_refused: object, misses: readonly object[]) =>
      `https://idp.example/requests?misses=${misses.length}`;
    const url = await gatewayWith([...READER, ...MAY_SEE], { requestPage });
    const { message, details } = (await (await deletePod(url)).json()) as Status;
    expect(message.split('\n').at(-1)).toBe('Ask for it: https://idp.example/requests?misses=1');
    expect(details?.causes?.at(-1)?.reason).toBe('RequestPage');
    const nowhere = await gatewayWith([...READER, ...MAY_SEE], { requestPage: () => undefined });
    expect(await (await deletePod(nowhere)).text()).not.toContain('Ask for it');
  });

  it("is kube-apiserver's, byte for byte, for who may not see explanations", async () => {
    expect(await (await deletePod(await gatewayWith(READER))).text()).toBe(PLAIN);
  });

  it('is the same where explanations are turned off, and where there is nothing to tell', async () => {
    const off = await gatewayWith([...READER, ...MAY_SEE], { explain: undefined });
    expect(await (await deletePod(off)).text()).toBe(PLAIN);
    expect(await (await deletePod(await gatewayWith(MAY_SEE))).text()).toBe(PLAIN);
  });

  it('says what nearly allowed the request, where a reason stands, and as causes', async () => {
    const answer = await deletePod(await gatewayWith([...READER, ...MAY_SEE]));
    expect(answer.status).toBe(403);
    const { message, reason, details } = (await answer.json()) as Status;
    expect(message).toBe(
      `${SENTENCE}: what nearly allows it, nearest first:\n1. ${MISS}\n   Remedy: ${REMEDY}`,
    );
    expect(reason).toBe('Forbidden');
    expect(details).toEqual({
      name: 'web',
      kind: 'pods',
      causes: [{ reason: 'Verb', message: `${MISS} Remedy: ${REMEDY}` }],
    });
  });

  it("keeps an authorizer's reason first", async () => {
    const dangling = roleBinding('dev', 'broken', 'Role gone', 'User jane');
    const answer = await deletePod(await gatewayWith([...READER, ...MAY_SEE, dangling]));
    const { message } = (await answer.json()) as Status;
    expect(message).toMatch(
      `${SENTENCE}: RBAC: role.rbac.authorization.k8s.io "gone" not found\nwhat nearly allows it, nearest first:\n1. `,
    );
  });

  it('stays inert when somebody reads it as HTML (gateway class 32)', async () => {
    const user = { username: '<b>&"', groups: [] };
    const url = await gatewayWith(
      [
        ...READER.slice(0, 1),
        roleBinding('dev', '<script>', 'Role reader', `User ${user.username}`),
        MAY_SEE[0] as PolicyObject,
        clusterRoleBinding('explained', 'explained', `User ${user.username}`),
      ],
      {
        authenticate: () => ({ outcome: 'authenticated', user, expiresAt: Number.POSITIVE_INFINITY }),
      },
    );
    const answer = await deletePod(url);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const text = await answer.text();
    expect(text).toContain('given to User');
    expect(text).not.toMatch(/[<>&]/);
    expect((JSON.parse(text) as Status).message).not.toMatch(/[<>]/);
  });

  it("leaves kube-apiserver's reason in the audit event", async () => {
    const { auditor, lines, events } = recording([{ level: 'Metadata' }], { durability: 'each' });
    await deletePod(await gatewayWith([...READER, ...MAY_SEE], { auditor }));
    while (lines.length < 2) await new Promise(setImmediate);
    expect(events()[1]?.annotations).toEqual({
      'authorization.k8s.io/decision': 'forbid',
      'authorization.k8s.io/reason': '',
    });
  });
});

describe('a SelfSubjectAccessReview', () => {
  const ask = async (url: string, verb: string) => {
    const answer = await fetch(`${url}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        spec: { resourceAttributes: { namespace: 'dev', verb, resource: 'pods', name: 'web' } },
      }),
    });
    return ((await answer.json()) as { status: object }).status;
  };

  it('has the explanation of its no for who may see it, and its yes as always', async () => {
    const url = await gatewayWith([...READER, ...MAY_SEE]);
    expect(await ask(url, 'delete')).toEqual({
      allowed: false,
      reason: `what nearly allows it, nearest first:\n1. ${MISS}\n   Remedy: ${REMEDY}`,
    });
    expect(await ask(url, 'get')).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "readers/dev" of Role "reader" to User "jane"',
    });
  });

  it('has none for anybody else', async () => {
    expect(await ask(await gatewayWith(READER), 'delete')).toEqual({ allowed: false });
  });
});
