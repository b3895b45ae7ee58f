import { afterEach, describe, expect, it } from 'vitest';
import { createAuditor, createHttpTarget } from '../../src/gateway/index.ts';
import { NOON, policyOf, recording, recordingBackend } from './audit/support/recording.ts';
import { policyFor, recordingTarget, recordingUpstream, serveGateway } from './support/gateway.ts';

const POD = '/api/v1/namespaces/default/pods/web';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A gateway whose events are kept, with one rule for everything. */
async function audited(level: string, options: Parameters<typeof serveGateway>[0] = {}) {
  const { auditor, lines, events } = recording([{ level }], { durability: 'each' });
  const gateway = await serveGateway({ auditor, ...options });
  closers.push(gateway.close);
  const until = async (count: number) => {
    while (lines.length < count) await new Promise(setImmediate);
    return events();
  };
  return { ...gateway, until };
}

describe('an audited request', () => {
  it('leaves who asked, what was decided and why, and how it ended', async () => {
    const { url, until } = await audited('Metadata');
    await fetch(`${url}${POD}`);
    const events = await until(2);
    expect(events.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseComplete']);
    expect(events[1]).toMatchObject({
      level: 'Metadata',
      verb: 'get',
      user: { username: 'jane' },
      responseStatus: { code: 200 },
      annotations: {
        'authorization.k8s.io/decision': 'allow',
        'authorization.k8s.io/reason': expect.stringContaining('ClusterRoleBinding "test"'),
      },
    });
  });

  it('leaves its refusal', async () => {
    const { url, until } = await audited('Metadata', { user: { username: 'bob', groups: [] } });
    await fetch(`${url}${POD}`);
    expect((await until(2))[1]).toMatchObject({
      user: { username: 'bob' },
      responseStatus: { code: 403 },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    });
  });

  it('leaves a failed authentication without a user', async () => {
    const { url, until } = await audited('Metadata', {
      authenticate: () => ({ outcome: 'unauthorized', reason: 'expired' }),
    });
    await fetch(`${url}${POD}`);
    const [event] = await until(1);
    expect(event).toMatchObject({ responseStatus: { code: 401 } });
    expect(event).not.toHaveProperty('user.username');
  });

  it('names both who asked and who was asked for', async () => {
    const { url, until } = await audited('Metadata', { policy: policyFor('jane', 'cluster-admin') });
    await fetch(`${url}${POD}`, { headers: { 'Impersonate-User': 'bob' } });
    expect((await until(2))[1]).toMatchObject({
      user: { username: 'jane' },
      impersonatedUser: { username: 'bob' },
    });
  });

  it('is recorded with its bodies where the policy says so, and still reaches the API server whole', async () => {
    const api = await recordingUpstream(() => ({
      headers: { 'Content-Type': 'application/json' },
      body: '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web"}}',
    }));
    closers.push(api.close);
    const target = createHttpTarget({ server: api.url, token: () => 'own', log: { warn() {} } });
    closers.push(() => target.close());
    const { url, until } = await audited('RequestResponse', { target });
    const body = '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web"},"spec":{}}';
    await fetch(`${url}/api/v1/namespaces/default/pods`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    const last = (await until(2)).at(-1);
    expect(api.requests[0]?.body).toBe(body);
    expect(last?.requestObject).toMatchObject({ kind: 'Pod', metadata: { name: 'web' } });
    expect(last?.responseObject).toMatchObject({ kind: 'Pod' });
  });

  it('is refused when nothing can be recorded and nothing may go unrecorded', async () => {
    const { auditor } = recording([{ level: 'Metadata' }], { durability: 'each', refuses: true });
    const gateway = await serveGateway({ auditor });
    closers.push(gateway.close);
    expect((await fetch(`${gateway.url}${POD}`)).status).toBe(500);
  });

  describe('whose first event takes time to be stored', () => {
    async function slow(begin: () => Promise<boolean>) {
      const { backend, events } = recordingBackend({ durability: 'each' });
      const auditor = createAuditor({
        policy: policyOf({ level: 'Metadata' }),
        backend: { ...backend, offer: async (line) => (await begin()) && backend.offer(line) },
        now: () => NOON,
        log: { warn() {} },
      });
      const { target, seen } = recordingTarget();
      const gateway = await serveGateway({ auditor, target });
      closers.push(gateway.close);
      return { ...gateway, seen, stages: () => events().map(({ stage }) => stage) };
    }

    it('does not reach its target before', async () => {
      const offered = Promise.withResolvers<void>();
      const stored = Promise.withResolvers<boolean>();
      const { url, seen, stages } = await slow(() => {
        offered.resolve();
        return stored.promise;
      });
      const answer = fetch(`${url}${POD}`);
      await offered.promise;
      await new Promise(setImmediate);
      expect(seen).toEqual([]);
      stored.resolve(true);
      expect((await answer).status).toBe(200);
      expect(seen).toHaveLength(1);
      await expect.poll(stages).toEqual(['RequestReceived', 'ResponseComplete']);
    });

    it('is refused when it cannot be stored, and leaves no other event', async () => {
      const { url, seen, stages } = await slow(async () => false);
      const answer = await fetch(`${url}${POD}`);
      expect([answer.status, await answer.json()]).toMatchObject([
        500,
        { kind: 'Status', message: expect.stringContaining('failed to store audit event') },
      ]);
      expect([seen, stages()]).toEqual([[], []]);
    });
  });
});
