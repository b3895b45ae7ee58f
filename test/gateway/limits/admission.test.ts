import { once } from 'node:events';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayLimits, PipelineDeps } from '../../../src/gateway/index.ts';
import { pipelineOf, policyFor, serveGateway } from '../support/gateway.ts';
import { holdingTarget, limitsOf, until, userByHeader } from './support.ts';

const PODS = '/api/v1/pods';
const TOO_MANY =
  '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Too many requests, please try again later.","reason":"TooManyRequests","details":{"retryAfterSeconds":1},"code":429}\n';

type Holding = ReturnType<typeof holdingTarget>;

describe('a request’s seat', () => {
  const closers: (() => Promise<unknown>)[] = [];
  let holding: Holding;

  beforeEach(() => {
    holding = holdingTarget();
  });

  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  /** Everybody may do everything. */
  function policy() {
    const open = policyFor('jane', 'cluster-admin');
    open.put('test', {
      kind: 'ClusterRoleBinding',
      metadata: { name: 'all' },
      subjects: [{ kind: 'Group', name: 'developers', apiGroup: 'rbac.authorization.k8s.io' }],
      roleRef: { kind: 'ClusterRole', name: 'cluster-admin', apiGroup: 'rbac.authorization.k8s.io' },
    });
    return open;
  }

  async function serve(changes: Partial<GatewayLimits>, options: Partial<PipelineDeps> = {}) {
    const { limits, counts } = limitsOf(changes);
    const gateway = await serveGateway({
      policy: policy(),
      target: holding.target,
      authenticate: userByHeader,
      limits,
      ...options,
    });
    closers.push(gateway.close);
    const ask = (user: string, path = PODS, init: RequestInit = {}) =>
      fetch(`${gateway.url}${path}`, { ...init, headers: { 'X-User': user } });
    return { ...gateway, limits, counts, ask };
  }

  const held = (count: number) => until(() => holding.held.length >= count);

  it('is given back when the answer has been sent', async () => {
    const { limits, ask } = await serve({});
    const asked = ask('ann');
    await held(1);
    expect(limits.inFlight()).toBe(1);
    holding.held[0]?.response.end('{}');
    expect((await asked).status).toBe(200);
    await until(() => limits.inFlight() === 0);
  });

  it.each<[string, number, Partial<PipelineDeps>]>([
    ['the decision is no', 403, { policy: policyFor('nobody', 'view') } as Partial<PipelineDeps>],
    [
      'the target throws',
      500,
      {
        target: {
          forward: () => Promise.reject(new Error('x')),
          notReady: () => undefined,
          close: async () => {},
        },
      },
    ],
  ])('is given back when %s', async (_what, status, options) => {
    const { limits, ask } = await serve({ concurrency: 1 }, options);
    for (let round = 0; round < 3; round++) expect((await ask('ann')).status).toBe(status);
    await until(() => limits.inFlight() === 0);
  });

  it('is given back when the client leaves while it executes, and goes to the next', async () => {
    const { limits, ask } = await serve({ concurrency: 1 });
    const leave = new AbortController();
    const first = ask('ann', PODS, { signal: leave.signal });
    await held(1);
    const second = ask('bob');
    await until(() => limits.waiting() === 1);
    leave.abort();
    await expect(first).rejects.toThrow();
    await held(2);
    expect(limits.inFlight()).toBe(1);
    holding.held[1]?.response.end('{}');
    expect((await second).status).toBe(200);
    await until(() => limits.inFlight() === 0);
  });

  it('is not waited for any more when the client leaves the queue, and nothing is decided for it', async () => {
    const { limits, counts, ask } = await serve({ concurrency: 1 });
    const first = ask('ann');
    await held(1);
    const leave = new AbortController();
    const second = ask('bob', PODS, { signal: leave.signal });
    await until(() => limits.waiting() === 1);
    leave.abort();
    await expect(second).rejects.toThrow();
    await until(() => limits.waiting() === 0);
    expect(counts.refusals('cancelled')).toBe(1);
    holding.held[0]?.response.end('{}');
    await first;
    await until(() => limits.inFlight() === 0);
    expect(holding.held).toHaveLength(1);
  });

  it('is given back for every request of a pipeline whose connection ends', async () => {
    const { limits, port } = await serve({ concurrency: 2, concurrencyPerUser: 2 });
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    // Two execute, two wait; only the first has the connection to itself.
    socket.write(`GET ${PODS} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(4));
    await until(() => limits.inFlight() === 2 && limits.waiting() === 2);
    socket.destroy();
    await until(() => limits.inFlight() === 0 && limits.waiting() === 0);
  });

  it('S-236: is refused with kube-apiserver’s 429 when the user’s queue is full; another user waits in peace', async () => {
    const { counts, limits, ask } = await serve({ concurrency: 1, queuePerUser: 1 });
    const noisy = [ask('noisy')];
    await held(1);
    noisy.push(ask('noisy'));
    await until(() => limits.waiting() === 1);
    const refused = await ask('noisy');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.text()).toBe(TOO_MANY);
    expect(counts.refusals('queue-full')).toBe(1);
    const quiet = ask('quiet');
    await until(() => limits.waiting() === 2);
    for (let count = 1; count <= 3; count++) {
      await held(count);
      holding.held[count - 1]?.response.end('{}');
    }
    expect((await quiet).status).toBe(200);
    for (const answer of await Promise.all(noisy)) expect(answer.status).toBe(200);
    expect(counts.waits().count).toBe(2);
  });

  it('is refused with the same 429 after waiting too long', async () => {
    const { counts, limits, ask } = await serve({ concurrency: 1, queueWait: 20 });
    const first = ask('ann');
    await held(1);
    const refused = await ask('bob');
    expect(refused.status).toBe(429);
    expect(await refused.text()).toBe(TOO_MANY);
    expect(counts.refusals('time-out')).toBe(1);
    expect(limits.waiting()).toBe(0);
    holding.held[0]?.response.end('{}');
    await first;
    await until(() => limits.inFlight() === 0);
  });

  it('is not needed by system:masters, nor by a watch', async () => {
    const { limits, ask } = await serve({ concurrency: 1, queuePerUser: 0 });
    const asked = [ask('ann')];
    await held(1);
    expect((await ask('bob')).status).toBe(429);
    asked.push(ask('root'), ask('bob', `${PODS}?watch=1`));
    await held(3);
    expect(limits.inFlight()).toBe(1);
    expect(limits.streams()).toBe(1);
    for (const { response } of holding.held) response.end('{}');
    await Promise.all(asked);
    await until(() => limits.inFlight() === 0 && limits.streams() === 0);
  });

  it('is the assumed user’s, and comes before the decision, as in kube-apiserver', async () => {
    const { limits, url } = await serve({ concurrency: 1, queuePerUser: 0 });
    const as = (user: string) => fetch(`${url}${PODS}`, { headers: { 'Impersonate-User': user } });
    const first = fetch(`${url}${PODS}`, { headers: { 'X-User': 'ann' } });
    await held(1);
    // Nobody has ever allowed eve anything: without a limit this is a 403.
    expect((await as('eve')).status).toBe(429);
    holding.held[0]?.response.end('{}');
    await first;
    await until(() => limits.inFlight() === 0);
    expect((await as('eve')).status).toBe(403);
  });

  it('S-237: streams of one user end at the quota with a 429; each that ends makes room for one', async () => {
    const { counts, limits, ask } = await serve({ streamsPerUser: 2 });
    const watch = (user: string) => ask(user, `${PODS}?watch=1`);
    const open = [watch('ann'), watch('ann')];
    await held(2);
    const refused = await watch('ann');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.json()).toMatchObject({
      reason: 'TooManyRequests',
      message: expect.stringMatching(/^Too many open streams: 2 of this user/),
    });
    expect(counts.refusals('streams')).toBe(1);
    open.push(watch('bob'));
    await held(3);
    holding.held[0]?.response.end('{}');
    await open[0];
    await until(() => limits.streams() === 2);
    open.push(watch('ann'));
    await held(4);
    for (const { response } of holding.held) response.end('{}');
    await Promise.all(open);
    await until(() => limits.streams() === 0);
  });

  it('is a stream’s for as long as an upgraded connection is open, and no longer', async () => {
    const switching: PipelineDeps['target'] = {
      forward({ upgrade }) {
        if (upgrade === undefined) throw new Error('no upgrade');
        const { socket } = upgrade;
        upgrade.switching();
        socket.resume().write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
        // A connection has two ends: theirs is followed by ours.
        socket.on('end', () => socket.end());
      },
      notReady: () => undefined,
      close: async () => {},
    };
    const { limits, port } = await serve({ streamsPerUser: 1 }, { target: switching });
    const exec = async () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(
        'POST /api/v1/namespaces/default/pods/web/exec HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n',
      );
      return { socket, answer: String(await once(socket, 'data')) };
    };
    const first = await exec();
    expect(first.answer).toMatch(/^HTTP\/1\.1 101 /);
    expect((await exec()).answer).toMatch(/^HTTP\/1\.1 429 /);
    expect(limits.streams()).toBe(1);
    first.socket.destroy();
    await until(() => limits.streams() === 0);
    const again = await exec();
    expect(again.answer).toMatch(/^HTTP\/1\.1 101 /);
    again.socket.destroy();
    await until(() => limits.streams() === 0);
    expect(limits.inFlight()).toBe(0);
  });

  it('is given back over HTTP/2 too, with the stream', async () => {
    const { limits } = limitsOf({ concurrency: 1 });
    const handler = pipelineOf({
      policy: policy(),
      target: holding.target,
      authenticate: userByHeader,
      limits,
    });
    // The same handler behind Node's compatibility API.
    const server = createHttp2Server((request, response) => handler(request as never, response as never));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    closers.push(async () => {
      session.destroy();
      await new Promise((done) => server.close(done));
    });
    const first = session.request({ ':path': PODS });
    await held(1);
    const second = session.request({ ':path': PODS });
    const third = session.request({ ':path': `${PODS}?watch=1` });
    await until(() => limits.waiting() === 1 && limits.streams() === 1);
    first.close();
    await until(() => holding.held.length === 3 && limits.waiting() === 0);
    expect(limits.inFlight()).toBe(1);
    second.close();
    third.close();
    await until(() => limits.inFlight() === 0 && limits.streams() === 0);
  });
});
