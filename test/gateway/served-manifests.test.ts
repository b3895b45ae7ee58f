import { afterEach, describe, expect, it } from 'vitest';
import { createReviewAnswerer, createServedManifests, MANIFESTS_PATH } from '../../src/gateway/index.ts';
import { createPolicy, type PolicyObject, RESOURCE_OF_KIND } from '../../src/rbac/index.ts';
import { userByHeader } from './limits/support.ts';
import { recordingTarget, serveGateway } from './support/gateway.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const group = 'rbac.authorization.k8s.io';

/** What lets a user list some of the kinds in all namespaces. */
function reader(username: string, resources: readonly string[]): PolicyObject[] {
  const apiVersion = `${group}/v1`;
  return [
    {
      apiVersion,
      kind: 'ClusterRole',
      metadata: { name: username },
      rules: [{ verbs: ['list'], apiGroups: [group], resources }],
    },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: username },
      subjects: [{ kind: 'User', name: username, apiGroup: group }],
      roleRef: { kind: 'ClusterRole', name: username, apiGroup: group },
    },
  ];
}

async function serve() {
  const objects = [
    ...reader('ann', Object.values(RESOURCE_OF_KIND)),
    ...reader('bob', Object.values(RESOURCE_OF_KIND).slice(1)),
  ];
  const policy = createPolicy();
  policy.replaceSource('manifests', objects);
  const authorize = policy.authorize.bind(policy);
  const shown = createServedManifests({ objects: () => objects, authorize });
  const { target, seen } = recordingTarget();
  const reviews = createReviewAnswerer({
    authorize: shown.authorize,
    rulesFor: (user, namespace) => policy.rulesFor(user, namespace),
    now: () => new Date(0),
  });
  const gateway = await serveGateway({
    policy,
    authorize: shown.authorize,
    reviews: shown.before(reviews),
    authenticate: userByHeader,
    target,
  });
  closers.push(async () => gateway.close());
  const ask = (user: string, path = MANIFESTS_PATH, method = 'GET') =>
    fetch(`${gateway.url}${path}`, { method, headers: { 'X-User': user } });
  return { ask, objects, seen };
}

describe('the gateway’s manifests', () => {
  it('are shown to whoever may list all RBAC objects, and to nobody else', async () => {
    const { ask, objects, seen } = await serve();
    const answer = await ask('ann');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ kind: 'List', apiVersion: 'v1', metadata: {}, items: objects });
    expect((await ask('root')).status).toBe(200);
    for (const user of ['bob', 'carol']) {
      const refused = await ask(user);
      expect(refused.status).toBe(403);
      expect(await refused.json()).toMatchObject({
        message: expect.stringContaining(`User "${user}" cannot get path "${MANIFESTS_PATH}"`),
      });
    }
    expect(seen).toEqual([]);
  });

  it('can be read only, and no other path is theirs', async () => {
    const { ask, seen } = await serve();
    expect((await ask('ann', MANIFESTS_PATH, 'POST')).status).toBe(403);
    expect((await ask('root', MANIFESTS_PATH, 'POST')).status).toBe(405);
    expect((await ask('ann', `${MANIFESTS_PATH}/x`)).status).toBe(403);
    expect(seen).toEqual([]);
    expect((await ask('root', '/version')).status).toBe(200);
    expect(seen.map(({ target }) => target)).toEqual(['/version']);
  });
});
