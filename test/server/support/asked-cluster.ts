import { createAdminApi } from '../../../src/admin/index.ts';
import { type KubeObject, openCluster } from '../../../src/cluster/index.ts';
import type { ClusterConfig } from '../../../src/config/index.ts';
import {
  type AuthenticationOutcome,
  createEmbeddedTarget,
  createTargetBeside,
  guardPolicy,
  untilExpiry,
} from '../../../src/gateway/index.ts';
import type { UserInfo } from '../../../src/kube/index.ts';
import { createPolicy, defaultPolicyObjects, type PolicyObject } from '../../../src/rbac/index.ts';
import { embeddedClient } from '../../../src/server/embedded-client.ts';
import { openAccessRequests } from '../../../src/server/open-access-requests.ts';
import { createMemoryStore } from '../../../src/store/index.ts';
import { serveGateway } from '../../gateway/support/gateway.ts';

const HOUR = 3_600_000;
const GROUP = 'rbac.authorization.k8s.io';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

/** Events of the trail, as far as the tests look at them. */
export interface Told {
  readonly action: string;
  readonly actor: string | undefined;
  readonly subject: string | undefined;
  readonly detail?: string | undefined;
  readonly result: string;
}

export function bindingTo(role: string, user: string, namespace?: string): PolicyObject {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: `${role}-${user}`, ...(namespace === undefined ? {} : { namespace }) },
    subjects: [{ kind: 'User', name: user, apiGroup: GROUP }],
    roleRef: { kind: 'ClusterRole', name: role, apiGroup: GROUP },
  };
}

const silent = { info() {}, warn() {}, error() {}, debug() {} };

/**
 * The embedded API with access requests beside it, behind a pipeline that takes each bearer token for a username, and decides
 * by the objects of that API and by these.
 */
export async function serveAskedCluster(objects: readonly PolicyObject[]) {
  const store = createMemoryStore();
  const policy = untilExpiry(createPolicy(), {
    now: Date.now,
    schedule(ms, callback) {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  });
  policy.replaceSource('manifests', objects);
  const guard = guardPolicy(policy, 'cluster');
  const cluster = await openCluster({
    store,
    now: Date.now,
    log: silent,
    version: { gitVersion: 'v1.35.0+sallyport', major: '1', minor: '35' },
    bootstrapObjects: defaultPolicyObjects() as unknown as KubeObject[],
    validateRbac: guard.validateRbac,
    confirmNoEscalation: guard.confirmNoEscalation,
    namespaces: ['team-a', 'team-b'],
  });
  await cluster.followPolicy(guard.follower);
  const leader = { leads: true };
  const told: Told[] = [];
  const access = await openAccessRequests({
    cluster: { name: undefined } as ClusterConfig,
    bounds: { maxDuration: 8 * HOUR, pendingFor: 24 * HOUR, keepFor: 720 * HOUR },
    store,
    leader: { isLeader: () => leader.leads },
    client: embeddedClient(cluster),
    policy,
    authorize: (attributes) => policy.authorize(attributes),
    identity: { trail: { record: async (event) => void told.push(event) } },
    metrics: undefined,
    log: { ...silent, child: () => silent } as never,
  });
  const api = createAdminApi({
    accessRequests: access.requests,
    issuer: 'https://login.example.com',
    now: Date.now,
    log: {
      warn() {},
      error: (fields, message) => {
        throw new Error(message, { cause: fields });
      },
    },
  });
  const target = createTargetBeside(createEmbeddedTarget(cluster), { group: 'sallyport.dev', ...api });
  const gateway = await serveGateway({ policy, target, authenticate: byToken });

  return {
    policy,
    leader,
    told,
    url: gateway.url,
    async ask(user: string, method: string, path: string, body?: object, headers = {}): Promise<Answer> {
      const response = await fetch(gateway.url + path, {
        method,
        headers: { authorization: `Bearer ${user}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : text };
    },
    async close() {
      api.close();
      await access.close();
      policy.close();
      await cluster.close();
      await gateway.close();
      await store.close();
    },
  };
}

function byToken(rawHeaders: readonly string[]): AuthenticationOutcome {
  const at = rawHeaders.findIndex((header) => header.toLowerCase() === 'authorization');
  const username = rawHeaders[at + 1]?.replace('Bearer ', '') ?? '';
  const user: UserInfo = { username, groups: ['system:authenticated'] };
  return { outcome: 'authenticated', user, expiresAt: Number.POSITIVE_INFINITY };
}
