import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type KubeObject, openCluster } from '../../../src/cluster/index.ts';
import {
  type Authenticate,
  createEmbeddedTarget,
  createImpersonation,
  guardPolicy,
  serveUpgrades,
  streamingProtocol,
  type Target,
} from '../../../src/gateway/index.ts';
import {
  createCertificateAuthority,
  signServingCertificate,
} from '../../../src/gateway/tls/certificate-authority.ts';
import { createSecureHttpServer, followConnections } from '../../../src/http/index.ts';
import type { UserInfo } from '../../../src/kube/index.ts';
import type { Policy, PolicyObject, PolicyRule } from '../../../src/rbac/index.ts';
import { createMemoryStore } from '../../../src/store/index.ts';
import { closeServer, listenOn, pipelineOf } from '../support/gateway.ts';
import { openHttp2, overHttp1, overHttp2, type WireAnswer, type WireRequest } from './wire.ts';

const AUTHORIZATION = 'rbac.authorization.k8s.io';
const superuser: UserInfo = { username: 'admin', groups: ['system:masters', 'system:authenticated'] };

export interface Door {
  /** Of the HTTP/1.1 server. */
  readonly port: number;
  http1(request: WireRequest): Promise<WireAnswer>;
  http2(request: WireRequest): Promise<WireAnswer>;
  /** Who the next requests are from, or how that is found out. */
  asks(authenticate: Authenticate): void;
  /** Does something as a superuser; throws when it fails. */
  prepare(method: string, target: string, object?: object): Promise<void>;
  /** What a superuser reads there. */
  read(target: string): Promise<string>;
  close(): Promise<void>;
}

export interface DoorOptions {
  readonly policy: Policy;
  readonly namespaces: readonly string[];
  /** RBAC objects that are in the cluster, and count. */
  readonly objects?: readonly PolicyObject[];
  /** Whether constrained impersonation is on; so it is from Kubernetes 1.36. Default: on. */
  readonly constrained?: boolean;
  /** Stands in front of the embedded API. */
  readonly target?: (embedded: Target) => Target;
}

/**
 * Door 2 as a client sees it: the pipeline behind an HTTP/1.1 and an HTTP/2 server, and behind it the embedded API, whose
 * RBAC objects count besides the given policy. HTTP/1.1 is without TLS, which says nothing here and takes most of the time.
 */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const { policy, namespaces, objects = [], constrained = true, target = (embedded) => embedded } = options;
  const guard = guardPolicy(policy, 'cluster');
  const cluster = await openCluster({
    store: createMemoryStore(),
    now: () => Date.parse('2026-11-24T02:00:00Z'),
    log: { info() {}, warn() {}, error() {} },
    version: { gitVersion: 'v1.35.3', major: '1', minor: '35' },
    bootstrapObjects: objects as unknown as KubeObject[],
    validateRbac: guard.validateRbac,
    confirmNoEscalation: guard.confirmNoEscalation,
    namespaces,
  });
  await cluster.followPolicy(guard.follower);
  let authenticate = authenticatedAs(superuser);
  const handler = pipelineOf({
    policy,
    target: target(createEmbeddedTarget(cluster)),
    authenticate: (...request) => authenticate(...request),
    impersonate: createImpersonation({
      authorize: (attributes) => policy.authorize(attributes),
      constrained,
      now: () => 0,
    }),
  });
  const mayUpgrade = ({ headers }: IncomingMessage) => streamingProtocol(headers) !== undefined;
  const plain = createServer(handler);
  Object.assign(plain, { shouldUpgradeCallback: mayUpgrade });
  plain.on('upgrade', serveUpgrades(handler));
  const port = await listenOn(plain);
  const authority = await createCertificateAuthority(new Date());
  const serving = await signServingCertificate(authority, ['127.0.0.1'], new Date());
  const secure = createSecureHttpServer({
    cert: serving.certificate,
    key: serving.privateKey,
    maxHeaderSize: 131_072,
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    handshakeTimeout: 10_000,
    handler,
    mayUpgrade,
    onUpgrade: serveUpgrades(handler),
  });
  const connections = followConnections(secure);
  await new Promise<void>((done) => secure.listen(0, '127.0.0.1', done));
  const session = await openHttp2((secure.address() as AddressInfo).port, authority.certificate);
  async function asSuperuser(request: WireRequest): Promise<WireAnswer> {
    const asking = authenticate;
    authenticate = authenticatedAs(superuser);
    const answer = await overHttp1(port, request);
    authenticate = asking;
    return answer;
  }
  return {
    port,
    http1: (request) => overHttp1(port, request),
    http2: (request) => overHttp2(session, request),
    asks(next) {
      authenticate = next;
    },
    async prepare(method, path, object) {
      const headers = [['Content-Type', 'application/json']] as const;
      const body = object === undefined ? {} : { headers, body: JSON.stringify(object) };
      const answer = await asSuperuser({ method, target: path, ...body });
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    },
    read: async (path) => (await asSuperuser({ method: 'GET', target: path })).body,
    async close() {
      session.destroy();
      await cluster.close();
      connections.cut();
      await Promise.all([closeServer(plain), new Promise((done) => secure.close(done))]);
    },
  };
}

export function authenticatedAs(user: UserInfo): Authenticate {
  return () => ({ outcome: 'authenticated', user, expiresAt: Number.POSITIVE_INFINITY });
}

/** The rights of a recorded user, cluster-wide. */
export function grantRules(policy: Policy, username: string, rules: readonly PolicyRule[]): void {
  const apiVersion = `${AUTHORIZATION}/v1`;
  const metadata = { name: username };
  policy.put('recorded', { apiVersion, kind: 'ClusterRole', metadata, rules } as PolicyObject);
  policy.put('recorded', {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata,
    roleRef: { apiGroup: AUTHORIZATION, kind: 'ClusterRole', name: username },
    subjects: [{ apiGroup: AUTHORIZATION, kind: 'User', name: username }],
  } as PolicyObject);
}
