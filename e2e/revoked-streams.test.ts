import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askGateway } from './support/gateway-request.ts';
import { type Field, frameType, headers } from './support/http2-frames.ts';
import { pseudo } from './support/malformed-http2.ts';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { connectHttp2 } from './support/raw-request.ts';
import { connectRaw, statusesOf } from './support/raw-tls.ts';
import { SPDY, SWITCHING, upgradeRequest, WEBSOCKET } from './support/raw-upgrade.ts';

/** What is granted to a user, in a file of its own. */
const GRANT = (user: string, rules: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: ${user} }
rules: ${rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ${user} }
subjects: [{ kind: User, name: ${user}, apiGroup: rbac.authorization.k8s.io }]
roleRef: { kind: ClusterRole, name: ${user}, apiGroup: rbac.authorization.k8s.io }
`;
const STREAMED = 'pods, pods/log, pods/exec, pods/attach, pods/portforward';
const WORK = `[{ verbs: [get, list, watch, create], apiGroups: [''], resources: [${STREAMED}] }]`;
/** A shell needs `create`, though `get` is what is asked for; of a pod's log and of watches nothing is left. */
const LESS = `[{ verbs: [get], apiGroups: [''], resources: [pods/exec, pods/attach, pods/portforward] }]`;
const POSE = `[{ verbs: [impersonate], apiGroups: [''], resources: [users], resourceNames: [worker] }]`;
/** Seconds. A token that is shorter may end before it is used on a busy machine. */
const LIFETIME = 5;
const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway({
    edit: (config) => config.replace(/^ {2}target: /m, '  streamGrace: 1s\n$&'),
    files: {
      'config/demo/rbac/worker.yaml': GRANT('worker', WORK),
      'config/demo/rbac/poser.yaml': GRANT('poser', POSE),
    },
    begun: ({ url }) => (/watch=1|follow=1/.test(url) ? `${CHUNKED}6\r\nhello\n\r\n` : undefined),
    upgraded: (request, socket) => {
      const switching = SWITCHING.replace('websocket', request.headers.upgrade ?? '');
      socket.on('data', (chunk) => socket.write(chunk)).write(switching);
    },
  });
});

afterEach(() => void at.upstream.take());

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

const grant = (user: string, rules: string) =>
  writeFile(join(at.sallyport.directory, `config/demo/rbac/${user}.yaml`), GRANT(user, rules));

/** A stream that has carried something. */
interface Open {
  /** Resolves when it has ended, with whether its end could be taken for a whole answer's. */
  ended(): Promise<boolean>;
}
/** @param assumed who the caller wants to be, if anybody */
type OpenStream = (token: string, assumed?: string) => Promise<Open>;

const tunnel =
  (sub: string, method: string, lines: readonly string[]): OpenStream =>
  async (token, assumed) => {
    const connection = await connectRaw(at.sallyport);
    const posing = assumed === undefined ? [] : [`Impersonate-User: ${assumed}`];
    const tokens = { ...at.tokens, jane: token };
    connection.write(upgradeRequest({ tokens }, [...lines, ...posing], { sub, method }));
    await connection.until(/ 101 [\s\S]*\r\n\r\n/);
    connection.write('hello');
    await connection.until(/hello$/);
    return { ended: () => connection.ended().then(() => false) };
  };

const answer1 =
  (target: string): OpenStream =>
  async (token, assumed) => {
    const connection = await connectRaw(at.sallyport);
    const posing = assumed === undefined ? '' : `Impersonate-User: ${assumed}\r\n`;
    const lines = `Host: localhost\r\nAuthorization: Bearer ${token}\r\n${posing}`;
    connection.write(`GET ${target} HTTP/1.1\r\n${lines}\r\n`);
    await connection.until(/hello\n/);
    return { ended: () => connection.ended().then((text) => /\r\n0\r\n\r\n$/.test(text)) };
  };

const answer2 =
  (target: string): OpenStream =>
  async (token, assumed) => {
    const connection = await connectHttp2(at.sallyport);
    const posing: Field[] = assumed === undefined ? [] : [['impersonate-user', assumed]];
    connection.write(headers(1, [...pseudo('GET', target), ['authorization', `Bearer ${token}`], ...posing]));
    const isData = ({ type }: { type: number }) => type === frameType.data;
    await connection.when(() => connection.frames().some(isData));
    return {
      async ended() {
        await connection.answer(1);
        connection.socket.destroy();
        return !connection.frames().some(({ type }) => type === frameType.rstStream);
      },
    };
  };

const WATCH = `${PODS}?watch=1`;
const LOG = `${PODS}/web/log?follow=1`;
const STREAMS: Readonly<Record<string, OpenStream>> = {
  'a watch over HTTP/1.1': answer1(WATCH),
  'a watch over HTTP/2': answer2(WATCH),
  'a log over HTTP/1.1': answer1(LOG),
  'a log over HTTP/2': answer2(LOG),
  'exec over a WebSocket': tunnel('exec', 'GET', WEBSOCKET),
  'exec over SPDY': tunnel('exec', 'POST', SPDY),
  'attach over a WebSocket': tunnel('attach', 'GET', WEBSOCKET),
  'attach over SPDY': tunnel('attach', 'POST', SPDY),
  'port-forward over a WebSocket': tunnel('portforward', 'GET', WEBSOCKET),
  'port-forward over SPDY': tunnel('portforward', 'POST', SPDY),
};

async function openAll(token: string, assumed?: string): Promise<[what: string, open: Open][]> {
  const opening = Object.entries(STREAMS).map(
    async ([what, open]): Promise<[string, Open]> => [what, await open(token, assumed)],
  );
  return Promise.all(opening);
}

/** Every one ends, and no client can take what came for all that there was. */
async function expectCut(all: readonly [what: string, open: Open][]): Promise<void> {
  const whole = await Promise.all(all.map(async ([what, { ended }]) => ((await ended()) ? what : '')));
  expect(whole.filter((what) => what !== '')).toEqual([]);
}

describe('S-226 R-026 every kind of stream', { timeout: 30_000 }, () => {
  it('is cut when the role that allowed it is changed, and others are not', async () => {
    const token = await at.issuer.token('worker');
    const all = await openAll(token);
    const jane = await connectRaw(at.sallyport);
    jane.write(upgradeRequest(at, WEBSOCKET));
    await jane.until(/ 101 [\s\S]*\r\n\r\n/);
    await grant('worker', LESS);
    // POST is `create`, and has nothing to do with `get`: all of them need what is gone.
    await expectCut(all);
    jane.write('hello there');
    await jane.until(/hello there$/);
    jane.socket.destroy();
    // And is not to be had again.
    const again = await connectRaw(at.sallyport);
    again.write(upgradeRequest({ tokens: { ...at.tokens, jane: token } }, WEBSOCKET));
    expect(statusesOf(await again.ended())).toEqual([403]);
    await grant('worker', WORK);
    await until(200, await at.issuer.token('worker'));
  });

  it('is cut when the right to be whose it is has been taken away', async () => {
    const all = await openAll(await at.issuer.token('poser'), 'worker');
    await grant('poser', '[]');
    await expectCut(all);
    // Which is no less theirs.
    await until(200, await at.issuer.token('worker'));
  });

  it('is cut when its token ends', async () => {
    const token = await at.issuer.token('worker', [], `${LIFETIME}s`);
    const all = await openAll(token);
    await expectCut(all);
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(exp);
    await until(401, token);
  });

  /** Waits for the answer that a change of the manifests brings about. */
  async function until(status: number, token: string): Promise<void> {
    const ask = () => askGateway(at.sallyport, PODS, { headers: { authorization: `Bearer ${token}` } });
    await expect.poll(async () => (await ask()).status, { timeout: 10_000 }).toBe(status);
  }
});
