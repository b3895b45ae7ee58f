import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCluster } from '../support.ts';
import { openRemote, podPath, runPod, startRunningCluster, upgrade } from './support/pods.ts';
import { createSpdyClient } from './support/spdy-client.ts';

const success = '{"metadata":{},"status":"Success"}';
const exitStatus = (code: number) => ({
  metadata: {},
  status: 'Failure',
  message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
  reason: 'NonZeroExitCode',
  details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
});

const exec = (pod: string, streams: string, ...command: string[]) =>
  `${podPath(pod)}/exec?${streams}${command.map((each) => `&command=${encodeURIComponent(each)}`).join('')}`;
const both = 'stdout=true&stderr=true';
const all = `stdin=true&${both}`;

describe('exec and attach', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startRunningCluster();
    await runPod(cluster, 'web');
    await runPod(cluster, 'two', {}, {
      spec: {
        containers: [
          { name: 'a', image: 'i' },
          { name: 'b', image: 'i' },
        ],
        initContainers: [{ name: 'first', image: 'i' }],
      },
    } as object);
  });
  afterAll(async () => {
    await cluster.close();
    expect(cluster.logged).toEqual([]);
  });

  it.each(['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io'])(
    'speak %s',
    async (protocol) => {
      const remote = await openRemote(
        cluster,
        exec('web', both, 'sh', '-c', 'echo out; echo err >&2; exit 3'),
        [protocol],
      );
      expect(remote.socket.protocol).toBe(protocol);
      expect(await remote.closed).toBe(1000);
      expect([remote.text(1), remote.text(2)]).toEqual(['out\n', 'err\n']);
      expect(JSON.parse(remote.text(3))).toEqual(exitStatus(3));
    },
  );

  it.each([
    [[], ''],
    [['channel.k8s.io'], 'channel.k8s.io'],
    [['base64.channel.k8s.io'], 'base64.channel.k8s.io'],
  ])('speak the first protocol to who offers %j: an error is a sentence', async (offered, chosen) => {
    const remote = await openRemote(cluster, exec('web', both, 'sh', '-c', 'echo out; exit 3'), offered);
    expect(remote.socket.protocol).toBe(chosen);
    await remote.closed;
    expect(remote.text(1)).toBe('out\n');
    expect(remote.text(3)).toBe(
      'command terminated with non-zero exit code: command terminated with exit code 3',
    );
  });

  it("take the client's first protocol that they know", async () => {
    const offered = ['base64.binary.k8s.io', 'v4.channel.k8s.io', 'v5.channel.k8s.io'];
    const remote = await openRemote(cluster, exec('web', both, 'true'), offered);
    expect(remote.socket.protocol).toBe('v4.channel.k8s.io');
    await remote.closed;
    expect(remote.text(3)).toBe(success);
  });

  it('end standard input at the close of its channel', async () => {
    const remote = await openRemote(cluster, exec('web', all, 'wc', '-c'));
    remote.send(0, 'x'.repeat(70_000));
    remote.send(0, 'y'.repeat(70_000));
    remote.send(255, Buffer.from([0]));
    await remote.closed;
    expect(remote.text(1)).toBe('140000\n');
  });

  it('carry a terminal and its size', async () => {
    const remote = await openRemote(cluster, exec('web', 'stdin=true&stdout=true&tty=true', 'sh'));
    await remote.until(1, '# ');
    remote.send(4, '{"Width":123,"Height":45}\n');
    remote.send(0, 'stty size\r');
    await remote.until(1, '45 123\r\n');
    remote.send(4, 'no size');
    remote.send(0, 'exit 2\r');
    await remote.closed;
    expect(JSON.parse(remote.text(3))).toEqual(exitStatus(2));
  });

  it('say what cannot be run', async () => {
    const remote = await openRemote(cluster, exec('web', both, 'vim'));
    await remote.closed;
    expect(JSON.parse(remote.text(3))).toMatchObject({
      status: 'Failure',
      reason: 'InternalError',
      message: expect.stringContaining('exec: "vim": executable file not found in $PATH'),
    });
  });

  it('end a command whose client has gone', async () => {
    const remote = await openRemote(cluster, exec('web', both, 'sh', '-c', 'echo started; sleep 1000'));
    await remote.until(1, 'started');
    remote.socket.terminate();
    expect(await remote.closed).toBe(1006);
  });

  it('end with the container', async () => {
    await runPod(cluster, 'short');
    const running = await openRemote(cluster, exec('short', both, 'sh', '-c', 'echo started; sleep 1000'));
    const attached = await openRemote(cluster, `${podPath('short')}/attach?${both}`);
    await running.until(1, 'started');
    await cluster.send('DELETE', podPath('short'));
    await Promise.all([running.closed, attached.closed]);
    expect(JSON.parse(running.text(3))).toEqual(exitStatus(137));
    expect(attached.text(3)).toBe(success);
  });

  it('attach to the main process, which several see', async () => {
    const [one, other] = await Promise.all([
      openRemote(cluster, `${podPath('web')}/attach?${all}`),
      openRemote(cluster, `${podPath('web')}/attach?${both}`),
    ]);
    one.send(0, 'seen by both\n');
    await Promise.all([one.until(1, 'seen by both\n'), other.until(1, 'seen by both\n')]);
    expect((await cluster.send('GET', `${podPath('web')}/log`)).text).toContain('seen by both\n');
    for (const client of [one, other]) client.socket.terminate();
  });

  describe('over SPDY', () => {
    const headers = {
      'X-Stream-Protocol-Version': 'v5.channel.k8s.io, v4.channel.k8s.io, v3.channel.k8s.io',
    };

    it('carry a stream for each purpose', async () => {
      const path = exec('web', all, 'sh', '-c', 'cat; echo err >&2; exit 4');
      const { response, socket } = await upgrade(cluster, 'POST', path, headers);
      expect(response.statusCode).toBe(101);
      expect(response.headers['x-stream-protocol-version']).toBe('v4.channel.k8s.io');
      const client = createSpdyClient(socket!);
      const open = (streamtype: string) => client.open({ streamtype });
      const [error, stdin, stdout, stderr] = [open('error'), open('stdin'), open('stdout'), open('stderr')];
      await stdin.send('echoed');
      stdin.end();
      await error.ended;
      expect([stdout.text(), stderr.text()]).toEqual(['echoed', 'err\n']);
      expect(JSON.parse(error.text())).toEqual(exitStatus(4));
    });

    it('carry sizes of a terminal, however they are cut', async () => {
      const path = exec('web', 'stdin=true&stdout=true&tty=true', 'sh');
      const { socket } = await upgrade(cluster, 'POST', path, headers);
      const client = createSpdyClient(socket!);
      const open = (streamtype: string) => client.open({ streamtype });
      const [error, stdin, stdout, resize] = [open('error'), open('stdin'), open('stdout'), open('resize')];
      await resize.send('{"Width":1,"Height":1}\n{"Wid');
      await resize.send('th":99,"Height":11}');
      await stdin.send('stty size; exit\r');
      await error.ended;
      expect(stdout.text()).toContain('11 99\r\n');
    });

    it('refuse streams that were not asked for', async () => {
      const { socket } = await upgrade(cluster, 'POST', exec('web', both, 'true'), headers);
      const stray = createSpdyClient(socket!).open({ streamtype: 'stdin' });
      await stray.ended;
      expect(stray.isReset()).toBe(true);
      socket!.destroy();
    });
  });

  describe('refuse', () => {
    const message = async (path: string, headers = {}) => {
      const { response, text } = await upgrade(cluster, 'POST', path, headers);
      return [response.statusCode, text.startsWith('{') ? JSON.parse(text).message : text.trim()];
    };
    const protocol = { 'X-Stream-Protocol-Version': 'v4.channel.k8s.io' };

    it.each([
      [exec('nope', both, 'true'), 404, 'pods "nope" not found'],
      [exec('web', 'container=x&stdout=true', 'true'), 400, 'container x is not valid for pod web'],
      [
        exec('two', both, 'true'),
        400,
        'a container name must be specified for pod two, choose one of: [a b] or one of the init containers: [first]',
      ],
      [exec('web', 'tty=true', 'true'), 400, 'you must specify at least 1 of stdin, stdout, stderr'],
      [`${podPath('web')}/exec?${both}`, 400, 'you must specify at least one command for the container'],
      [
        exec('two', `container=first&${both}`, 'true'),
        500,
        'Internal error occurred: unable to upgrade connection: container not found ("first")',
      ],
    ])('%s', async (path, code, sentence) => {
      expect(await message(path, protocol)).toEqual([code, sentence]);
    });

    it('a request that asks for no other protocol', async () => {
      const answer = await cluster.send('POST', exec('web', both, 'true'));
      expect([answer.code, answer.json.message]).toEqual([400, 'Upgrade request required']);
    });

    it('protocols that they do not know', async () => {
      const headers = { 'X-Stream-Protocol-Version': 'v9.channel.k8s.io' };
      const { response, text } = await upgrade(cluster, 'POST', exec('web', both, 'true'), headers);
      expect(response.statusCode).toBe(403);
      expect(text).toContain(
        'unable to negotiate protocol: client supports [v9.channel.k8s.io], server accepts [v4',
      );
      expect(response.headers['x-accepted-stream-protocol-versions']).toContain('v4.channel.k8s.io');
    });

    it('WebSocket protocols that they do not know', async () => {
      const opening = openRemote(cluster, exec('web', both, 'true'), ['v9.channel.k8s.io']);
      await expect(opening).rejects.toThrow('Unexpected server response: 403');
    });

    it('a handshake that is none', async () => {
      const { response } = await upgrade(cluster, 'GET', exec('web', both, 'true'), {
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '12',
        'Sec-WebSocket-Key': 'short',
      });
      expect(response.statusCode).toBe(400);
      expect(response.headers['sec-websocket-version']).toBe('13');
    });

    it('a message that is too long', async () => {
      const remote = await openRemote(cluster, exec('web', all, 'cat'));
      remote.send(0, Buffer.alloc(2_000_000));
      expect(await remote.closed).toBe(1009);
    });

    it('more sessions of one user than are allowed', async () => {
      const busy = await startRunningCluster();
      await runPod(busy, 'web');
      const path = exec('web', both, 'sleep', '1000');
      const open = await Promise.all(Array.from({ length: 100 }, () => openRemote(busy, path)));
      await expect(openRemote(busy, path)).rejects.toThrow('Unexpected server response: 429');
      open[0]?.socket.terminate();
      const again = () => openRemote(busy, path).then(() => 'open', String);
      await expect.poll(again).toBe('open');
      const closed = Promise.all(open.map((remote) => remote.closed));
      await busy.close();
      await closed;
    });
  });
});
