import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCluster } from '../support.ts';
import { openRemote, podPath, runPod, startRunningCluster, upgrade } from './support/pods.ts';
import { createSpdyClient } from './support/spdy-client.ts';

const headers = { 'X-Stream-Protocol-Version': 'portforward.k8s.io' };

describe('port-forward', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startRunningCluster();
    await runPod(cluster, 'web', { ports: [{ containerPort: 8080 }] });
  });
  afterAll(() => cluster.close());

  async function connect() {
    const { response, socket } = await upgrade(cluster, 'POST', `${podPath('web')}/portforward`, headers);
    expect(response.headers['x-stream-protocol-version']).toBe('portforward.k8s.io');
    const client = createSpdyClient(socket!);
    let next = 0;
    return {
      socket: socket!,
      open(port: number) {
        const pair = { port: String(port), requestid: String(next++) };
        const error = client.open({ ...pair, streamtype: 'error' }, true);
        return { error, data: client.open({ ...pair, streamtype: 'data' }) };
      },
    };
  }

  it('answers HTTP on a declared port, one request after the other', async () => {
    const { socket, open } = await connect();
    const { data, error } = open(8080);
    for (const path of ['/one', '/two']) {
      await data.send(`POST ${path} HTTP/1.1\r\nHost: web\r\nContent-Length: 5\r\n\r\nhello`);
      await expect.poll(() => data.text()).toContain(`"path": "${path}"`);
    }
    expect(data.text().match(/"bodyLength": 5/g)).toHaveLength(2);
    data.end();
    await Promise.all([data.ended, error.ended]);
    expect(error.text()).toBe('');
    socket.destroy();
  });

  it('keeps many connections apart', async () => {
    const { socket, open } = await connect();
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const { data } = open(8080);
        await data.send(`GET /${index} HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n`);
        await data.ended;
        return /"path": "\/(\d+)"/.exec(data.text())?.[1];
      }),
    );
    expect(answers).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
    socket.destroy();
  });

  it('says that nobody listens', async () => {
    const { socket, open } = await connect();
    const { data, error } = open(81);
    await Promise.all([data.ended, error.ended]);
    expect(error.text()).toMatch(/^error forwarding port 81 to pod web_default, uid .*: connection refused$/);
    socket.destroy();
  });

  it('ends with the pod', async () => {
    await runPod(cluster, 'short');
    const { socket } = await upgrade(cluster, 'POST', `${podPath('short')}/portforward`, headers);
    const closed = new Promise((resolve) => socket!.once('close', resolve));
    socket!.resume();
    await cluster.send('DELETE', podPath('short'));
    await closed;
  });

  it('speaks SPDY within a WebSocket, and names the protocol that has a slash', async () => {
    const { response, socket } = await upgrade(cluster, 'GET', `${podPath('web')}/portforward`, {
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
      'Sec-WebSocket-Protocol': 'SPDY/3.1+portforward.k8s.io',
    });
    expect(response.headers['sec-websocket-protocol']).toBe('SPDY/3.1+portforward.k8s.io');
    socket!.destroy();
  });

  it.each(['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'])(
    'has channels for each port, as %s',
    async (protocol) => {
      const path = `${podPath('web')}/portforward?ports=8080&ports=81`;
      const { send, until, text, socket } = await openRemote(cluster, path, [protocol]);
      await until(3, 'connection refused');
      // 8080 and 81, the lower byte first.
      expect(text(0)).toBe('\ufffd\x1f');
      expect(text(3).slice(0, 2)).toBe('Q\0');
      send(0, 'GET /channel HTTP/1.1\r\nHost: web\r\n\r\n');
      await until(0, '"path": "/channel"');
      socket.close();
    },
  );

  it.each(['', '?ports=0', '?ports=x', '?ports=70000'])('refuses channels for ports %j', async (query) => {
    const opening = openRemote(cluster, `${podPath('web')}/portforward${query}`, ['v4.channel.k8s.io']);
    await expect(opening).rejects.toThrow('Unexpected server response: 400');
  });

  it.each([
    [{ 'X-Stream-Protocol-Version': 'portforward.v9' }, 'POST', 403, 'unable to negotiate protocol'],
    [
      {
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
      },
      'GET',
      403,
      'requested protocol(s) are not supported',
    ],
  ])('refuses %j', async (asked, method, code, sentence) => {
    const { response, text } = await upgrade(
      cluster,
      method,
      `${podPath('web')}/portforward`,
      asked as Record<string, string>,
    );
    expect(response.statusCode).toBe(code);
    expect(text).toContain(sentence);
  });

  it('refuses a pod that does not run', async () => {
    await runPod(
      cluster,
      'done',
      { command: ['true'] },
      { phase: 'Succeeded', spec: { restartPolicy: 'Never' } },
    );
    const { response, text } = await upgrade(cluster, 'POST', `${podPath('done')}/portforward`, headers);
    expect([response.statusCode, JSON.parse(text).message]).toEqual([
      500,
      'Internal error occurred: unable to upgrade connection: pod is not running',
    ]);
  });
});
