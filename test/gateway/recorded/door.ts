import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCertificateAuthority, signServingCertificate } from '../../../src/certificates/index.ts';
import { openCluster } from '../../../src/cluster/index.ts';
import {
  type Authenticate,
  createEmbeddedTarget,
  createImpersonation,
  guardPolicy,
  serveUpgrades,
  streamingProtocol,
  type Target,
} from '../../../src/gateway/index.ts';
import { createSecureHttpServer, followConnections } from '../../../src/http/index.ts';
import type { RequestInfo, UserInfo } from '../../../src/kube/index.ts';
import { createPolicy, type PolicyObject, type PolicyRule } from '../../../src/rbac/index.ts';
import { createMemoryStore } from '../../../src/store/index.ts';
import { closeServer, listenOn, pipelineOf } from '../support/gateway.ts';
import { openHttp2, overHttp1, plainly, type WireAnswer, type WireRequest } from './wire.ts';

const AUTHORIZATION = 'rbac.authorization.k8s.io';
const superuser: UserInfo = { username: 'admin', groups: ['system:masters', 'system:authenticated'] };

/** Who a request is from: somebody, nobody known, or who has no good credentials. */
export type Caller = UserInfo | 'anonymous' | 'refused';

export interface Door {
  http1(request: WireRequest): Promise<WireAnswer>;
  http2(request: WireRequest): Promise<WireAnswer>;
  /** Who the next requests are from. */
  asks(caller: Caller): void;
  /** Does something as a superuser; throws when it fails. */
  prepare(method: string, target: string, object?: object): Promise<void>;
  /** What a superuser reads there. */
  read(target: string): Promise<string>;
  close(): Promise<void>;
}

export interface DoorOptions {
  /** RBAC objects that count, and that the cluster does not show. */
  readonly rules: readonly PolicyObject[];
  readonly namespaces: readonly string[];
  /** Whether constrained impersonation is on; so it is from Kubernetes 1.36. Default: on. */
  readonly constrained?: boolean;
  /** Hears of every request that reaches the API, where that can be seen. */
  readonly reached?: (requestInfo: RequestInfo) => void;
}

/** Opens a gateway in front of an embedded API that holds no RBAC objects. */
export type OpenDoor = (options: DoorOptions) => Promise<Door>;

/** A door in this process, into which a test can reach. */
export interface OwnDoor extends Door {
  /** Of the HTTP/1.1 server. */
  readonly port: number;
  /** How it is found out who the next requests are from. */
  authenticates(authenticate: Authenticate): void;
}

/**
 * Door 2 as a client sees it: the pipeline behind an HTTP/1.1 and an HTTP/2 server, and behind it the embedded API, whose
 * RBAC objects count besides the given ones. HTTP/1.1 is without TLS, which says nothing here and takes most of the time.
 */
export async function openDoor(options: DoorOptions): Promise<OwnDoor> {
  const { rules, namespaces, constrained = true, reached = () => {} } = options;
  const policy = createPolicy();
  for (const object of rules) policy.put('recorded', object);
  const guard = guardPolicy(policy, 'cluster');
  const cluster = await openCluster({
    store: createMemoryStore(),
    now: () => Date.parse('2026-11-24T02:00:00Z'),
    log: { info() {}, warn() {}, error() {} },
    version: { gitVersion: 'v1.35.3', major: '1', minor: '35' },
    bootstrapObjects: [],
    validateRbac: guard.validateRbac,
    confirmNoEscalation: guard.confirmNoEscalation,
    namespaces,
  });
  await cluster.followPolicy(guard.follower);
  let authenticate = authenticatedAs(superuser);
  const handler = pipelineOf({
    policy,
    target: followed(createEmbeddedTarget(cluster), reached),
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
  const client = openHttp2((secure.address() as AddressInfo).port, { ca: authority.certificate });
  async function asSuperuser(request: WireRequest): Promise<WireAnswer> {
    const asking = authenticate;
    authenticate = authenticatedAs(superuser);
    const answer = await overHttp1(plainly(port), request);
    authenticate = asking;
    return answer;
  }
  return {
    port,
    http1: (request) => overHttp1(plainly(port), request),
    http2: client.ask,
    asks(caller) {
      authenticate = authenticatedAs(caller);
    },
    authenticates(next) {
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
      client.close();
      await cluster.close();
      connections.cut();
      await Promise.all([closeServer(plain), new Promise((done) => secure.close(done))]);
    },
  };
}

/** The embedded API, and word of every request that reaches it. */
function followed(embedded: Target, reached: (requestInfo: RequestInfo) => void): Target {
  return {
    ...embedded,
    forward(authorized) {
      reached(authorized.requestInfo);
      return embedded.forward(authorized);
    },
  };
}

function authenticatedAs(caller: Caller): Authenticate {
  if (caller === 'refused') return () => ({ outcome: 'unauthorized', reason: 'recorded' });
  const nobody = { username: 'system:anonymous', groups: ['system:unauthenticated'] };
  if (caller === 'anonymous') return () => ({ outcome: 'anonymous', user: nobody });
  return () => ({ outcome: 'authenticated', user: caller, expiresAt: Number.POSITIVE_INFINITY });
}

const KINDS = ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'];

/** Takes every RBAC object out of the cluster behind a door. */
export async function clearRbac({ prepare, read }: Pick<Door, 'prepare' | 'read'>): Promise<void> {
  const group = `/apis/${AUTHORIZATION}/v1`;
  for (const kind of KINDS) {
    const { items } = JSON.parse(await read(`${group}/${kind}`)) as { items: PolicyObject[] };
    for (const { metadata } of items) {
      const scope = metadata.namespace === undefined ? '' : `namespaces/${metadata.namespace}/`;
      await prepare('DELETE', `${group}/${scope}${kind}/${encodeURIComponent(metadata.name ?? '')}`);
    }
  }
}

/** Rights of a recorded user or group, in one namespace or in all. */
export function grantOf(
  subject: { readonly kind: 'User' | 'Group'; readonly name: string },
  rules: readonly PolicyRule[],
  namespace?: string,
): PolicyObject[] {
  const apiVersion = `${AUTHORIZATION}/v1`;
  const { name } = subject;
  const metadata = namespace === undefined ? { name } : { name, namespace };
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const roleRef = { apiGroup: AUTHORIZATION, kind, name };
  return [
    { apiVersion, kind, metadata, rules } as PolicyObject,
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef,
      subjects: [{ apiGroup: AUTHORIZATION, ...subject }],
    } as PolicyObject,
  ];
}
