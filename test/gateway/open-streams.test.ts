import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpTarget, createImpersonation } from '../../src/gateway/index.ts';
import { createOpenStreams, type OpenStreams } from '../../src/gateway/open-streams.ts';
import { closeServer, jane, listenOn, policyFor, serveGateway } from './support/gateway.ts';

const RBAC = 'rbac.authorization.k8s.io';
const WATCH = '/api/v1/pods?watch=1';

/** jane, who may list and watch pods by the binding `mine`. */
function policyWithWatch() {
  const policy = policyFor('nobody', 'view');
  policy.put('test', {
    kind: 'ClusterRoleBinding',
    metadata: { name: 'mine' },
    subjects: [{ kind: 'User', name: 'jane', apiGroup: RBAC }],
    roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: RBAC },
  });
  return policy;
}

describe('a stream that is open', () => {
  let time: number;
  let sessionEnded: boolean;
  let streams: OpenStreams;
  let policy: ReturnType<typeof policyWithWatch>;
  let url: string;
  let upstreamWatches: ServerResponse[];
  const closers: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    time = 1_000_000;
    sessionEnded = false;
    policy = policyWithWatch();
    upstreamWatches = [];
    const api = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.flushHeaders();
      upstreamWatches.push(response);
    });
    const port = await listenOn(api);
    closers.push(() => closeServer(api));
    const target = createHttpTarget({
      server: `http://127.0.0.1:${port}`,
      token: () => 'own',
      log: { warn() {} },
    });
    closers.push(() => target.close());
    const authorize: typeof policy.authorize = (attributes) => policy.authorize(attributes);
    const impersonate = createImpersonation({ authorize, constrained: true, now: () => time });
    streams = createOpenStreams({
      authorize,
      impersonate,
      now: () => time,
      graceMs: 30_000,
      everyMs: 3_600_000,
    });
    const gateway = await serveGateway({
      policy,
      target,
      streams,
      impersonate,
      authenticate: () => ({
        outcome: 'authenticated',
        user: jane,
        expiresAt: 1_060_000,
        hasEnded: () => sessionEnded,
      }),
    });
    closers.push(gateway.close);
    url = gateway.url;
  });

  afterEach(async () => {
    streams.close();
    for (const close of closers.splice(0).reverse()) await close();
  });

  /** Opens a watch, or another stream; resolves at its end. */
  async function watch(target = WATCH, headers: Readonly<Record<string, string>> = {}) {
    const answer = await fetch(`${url}${target}`, { headers });
    expect(answer.status).toBe(200);
    const gone = once(upstreamWatches[0] as ServerResponse, 'close');
    return {
      ended: answer.text().then(
        () => 'ended',
        () => 'cut',
      ),
      gone,
    };
  }

  it('ends when the right is taken away, at the API server too', async () => {
    const { ended, gone } = await watch();
    streams.look();
    expect(streams.count()).toBe(1);
    policy.remove('test', 'ClusterRoleBinding', '', 'mine');
    streams.look();
    expect(await ended).toBe('cut');
    await gone;
    expect(streams.count()).toBe(0);
  });

  it('S-226 ends when it is a shell, and only the right to create is taken away', async () => {
    const shells = (verbs: string[]) =>
      policy.put('test', {
        kind: 'ClusterRole',
        metadata: { name: 'shells' },
        rules: [{ apiGroups: [''], resources: ['pods/exec'], verbs }],
      });
    shells(['get', 'create']);
    policy.put('test', {
      kind: 'ClusterRoleBinding',
      metadata: { name: 'shells' },
      subjects: [{ kind: 'User', name: 'jane', apiGroup: RBAC }],
      roleRef: { kind: 'ClusterRole', name: 'shells', apiGroup: RBAC },
    });
    const { ended, gone } = await watch('/api/v1/namespaces/dev/pods/web/exec?command=sh');
    streams.look();
    expect(streams.count()).toBe(1);
    shells(['get']);
    streams.look();
    expect(await ended).toBe('cut');
    await gone;
  });

  it.each([
    ['legacy', [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }]],
    [
      'constrained',
      [
        { apiGroups: ['authentication.k8s.io'], resources: ['users'], verbs: ['impersonate:user-info'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['impersonate-on:user-info:watch'] },
      ],
    ],
  ] as const)(
    'R-026 ends when it is somebody else’s, and the right to be them is taken away: %s',
    async (_mode, rules) => {
      const bind = (name: string, user: string, role: string) =>
        policy.put('test', {
          kind: 'ClusterRoleBinding',
          metadata: { name },
          subjects: [{ kind: 'User', name: user, apiGroup: RBAC }],
          roleRef: { kind: 'ClusterRole', name: role, apiGroup: RBAC },
        });
      bind('his', 'bob', 'view');
      policy.put('test', { kind: 'ClusterRole', metadata: { name: 'poses' }, rules });
      bind('poses', 'jane', 'poses');
      // She may not watch by herself.
      policy.remove('test', 'ClusterRoleBinding', '', 'mine');
      const { ended, gone } = await watch(WATCH, { 'Impersonate-User': 'bob' });
      streams.look();
      expect(streams.count()).toBe(1);
      policy.remove('test', 'ClusterRoleBinding', '', 'poses');
      // The memory of constrained rights is over.
      time += 11_000;
      streams.look();
      expect(await ended).toBe('cut');
      await gone;
      expect(streams.count()).toBe(0);
    },
  );

  it('ends when its token has ended and the grace is over', async () => {
    const { ended } = await watch();
    time = 1_089_999;
    streams.look();
    expect(streams.count()).toBe(1);
    time = 1_090_000;
    streams.look();
    expect(await ended).toBe('cut');
  });

  it('ends with its session, without any grace', async () => {
    const { ended } = await watch();
    streams.look();
    expect(streams.count()).toBe(1);
    sessionEnded = true;
    streams.look();
    expect(await ended).toBe('cut');
  });

  it('is forgotten when the client leaves', async () => {
    const leave = new AbortController();
    await fetch(`${url}${WATCH}`, { signal: leave.signal });
    expect(streams.count()).toBe(1);
    leave.abort();
    while (streams.count() > 0) await new Promise(setImmediate);
  });

  it('is not an ordinary request', async () => {
    const asked = fetch(`${url}/api/v1/pods`);
    while (upstreamWatches.length === 0) await new Promise(setImmediate);
    expect(streams.count()).toBe(0);
    upstreamWatches[0]?.end('{}');
    await (await asked).text();
  });
});
