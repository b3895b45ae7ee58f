import { openCluster } from '../../../src/cluster/index.ts';
import {
  type createAuditor,
  createEmbeddedTarget,
  createFilteredLists,
  createHttpTarget,
  createImpersonation,
  createOpenStreams,
  type OpenStreams,
  type Target,
} from '../../../src/gateway/index.ts';
import type { UserInfo } from '../../../src/kube/index.ts';
import { createPolicy, namesAllowing, namespacesAllowing, type Policy } from '../../../src/rbac/index.ts';
import { createMemoryStore } from '../../../src/store/index.ts';
import { clusterRole, clusterRoleBinding, roleBinding } from '../../rbac/objects.ts';
import { jane, serveGateway } from '../support/gateway.ts';

type Auditor = ReturnType<typeof createAuditor>;

const root: UserInfo = { username: 'root', groups: ['system:masters'] };

/** jane, who may read pods in these namespaces, and see these by name. */
export function policyIn(namespaces: readonly string[], names: readonly string[] = []): Policy {
  const policy = createPolicy();
  policy.put('test', clusterRole('read', ['get,list,watch pods,configmaps,nodes']));
  if (names.length > 0) {
    policy.put('test', clusterRole('names', [`get,list,watch namespaces#${names.join(',')}`]));
    policy.put('test', clusterRoleBinding('names', 'names', 'User jane'));
  }
  for (const namespace of namespaces) grant(policy, namespace);
  return policy;
}

export function grant(policy: Policy, namespace: string): void {
  policy.put('test', roleBinding(namespace, 'read', 'ClusterRole read', 'User jane'));
}

export function revoke(policy: Policy, namespace: string): void {
  policy.remove('test', 'RoleBinding', namespace, 'read');
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

export interface FilteringGateway {
  readonly url: string;
  readonly streams: OpenStreams;
  /** As root, straight to the target. */
  write(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  ask(path: string, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface FilteringOptions {
  /** Stands in front of the embedded API. */
  readonly target?: (embedded: Target) => Target;
  /** The embedded API is behind HTTP, in a gateway of its own that decides by this policy whom it is impersonated for. */
  readonly upstreamPolicy?: Policy;
  readonly auditor?: Auditor;
}

/** A gateway that filters for jane, in front of an embedded API. */
export async function serveFiltering(
  policy: Policy,
  namespaces: readonly string[],
  { target: wrap = (embedded) => embedded, upstreamPolicy, auditor }: FilteringOptions = {},
): Promise<FilteringGateway> {
  const cluster = await openCluster({
    store: createMemoryStore(),
    now: () => Date.parse('2026-11-24T00:00:00Z'),
    log: { info() {}, warn() {}, error() {} },
    version: { gitVersion: 'v1.35.0+sallyport', major: '1', minor: '35' },
    bootstrapObjects: [],
    namespaces,
  });
  const embedded = createEmbeddedTarget(cluster);
  const inner = await serveGateway({
    policy: upstreamPolicy ?? createPolicy(),
    target: wrap(embedded),
    user: root,
  });
  const target =
    upstreamPolicy === undefined
      ? wrap(embedded)
      : createHttpTarget({ server: inner.url, token: () => 'own', log: { warn() {} } });
  const authorize: Policy['authorize'] = (attributes) => policy.authorize(attributes);
  const impersonate = createImpersonation({ authorize, constrained: true, now: () => 0 });
  const streams = createOpenStreams({
    authorize,
    impersonate,
    now: () => 0,
    graceMs: 0,
    everyMs: 3_600_000,
  });
  const filteredLists = createFilteredLists({
    target,
    authorize,
    namespacesAllowing: (attributes) => namespacesAllowing(policy, attributes),
    namesAllowing: (attributes) => namesAllowing(policy, attributes),
  });
  const outer = await serveGateway({ policy, target, streams, filteredLists, auditor, user: jane });
  return {
    url: outer.url,
    streams,
    write: (method, path, body, headers) => send(inner.url + path, method, body, headers),
    ask: (path, headers) => send(outer.url + path, 'GET', undefined, headers),
    async close() {
      streams.close();
      await cluster.close();
      await outer.close();
      await target.close();
      await inner.close();
    },
  };
}

async function send(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, json: JSON.parse(await answer.text()) };
}

export function configMap(
  name: string,
  data: Record<string, string> = {},
  labels: Record<string, string> = {},
) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data };
}

/** `namespace/name` of everything in a list. */
export function namesIn(list: { items: { metadata: { namespace?: string; name: string } }[] }): string[] {
  return list.items.map(({ metadata: { namespace = '', name } }) => `${namespace}/${name}`);
}

export interface WatchedEvent {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every kind
  readonly object: any;
}

/** A watch that is read as it comes. */
export async function openWatch(url: string, headers: Record<string, string> = {}) {
  const leaving = new AbortController();
  const answer = await fetch(url, { headers, signal: leaving.signal });
  const events: WatchedEvent[] = [];
  let over = false;
  let wake: () => void = () => {};
  const reading = (async () => {
    let rest = '';
    try {
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) events.push(JSON.parse(line));
        wake();
      }
    } catch {
      // Left or cut off; what counts is what has come.
    }
    over = true;
    wake();
  })();
  async function until(condition: () => boolean): Promise<WatchedEvent[]> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return events;
  }
  return {
    status: answer.status,
    events,
    until: (count: number) => until(() => events.length >= count || over),
    ended: () => until(() => over),
    async leave() {
      leaving.abort();
      await reading;
    },
  };
}
