import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { PATIENTLY } from '../../support/patiently.ts';
import { podPath, runPod, startRunningCluster, untilPod } from '../streaming/support/pods.ts';
import { startTime, type TestCluster } from '../support.ts';

describe('pods/log', () => {
  let cluster: TestCluster;
  let now = startTime;

  beforeAll(async () => {
    cluster = await startRunningCluster({ now: () => now });
    const command = ['sh', '-c', 'echo one; echo two >&2; echo three; cat'];
    await runPod(cluster, 'talker', { command, stdin: true });
    await runPod(
      cluster,
      'once',
      { command: ['echo', 'over'] },
      { phase: 'Succeeded', spec: { restartPolicy: 'Never' } },
    );
    await runPod(cluster, 'failing', { command: ['sh', '-c', 'echo try; exit 1'] });
    await untilPod(cluster, 'failing', ({ status }) => status.containerStatuses[0].state.waiting);
    await vi.waitFor(async () => expect((await log('talker')).text).toContain('three'), PATIENTLY);
  });
  afterAll(() => cluster.close());

  const log = (pod: string, query = '') => cluster.send('GET', `${podPath(pod)}/log${query}`);

  it.each([
    ['', 'one\ntwo\nthree\n'],
    ['?tailLines=2', 'two\nthree\n'],
    ['?tailLines=0', ''],
    ['?tailLines=99', 'one\ntwo\nthree\n'],
    ['?limitBytes=5', 'one\nt'],
    ['?timestamps=true&tailLines=1', '2026-11-24T00:00:00.000000000Z three\n'],
    ['?stream=Stderr', 'two\n'],
    ['?stream=Stdout', 'one\nthree\n'],
    ['?sinceTime=2026-11-24T00:00:00Z', 'one\ntwo\nthree\n'],
    ['?sinceTime=2026-11-24T00:00:01Z', ''],
    ['?sinceSeconds=1', 'one\ntwo\nthree\n'],
    ['?container=main', 'one\ntwo\nthree\n'],
  ])('gives %s', async (query, text) => {
    const answer = await log('talker', query);
    expect([answer.code, answer.headers.get('content-type'), answer.text]).toEqual([200, 'text/plain', text]);
  });

  it('leaves out what is older than asked for', async () => {
    now += 10_000;
    expect((await log('talker', '?sinceSeconds=5')).text).toBe('');
    now -= 10_000;
  });

  it('keeps what a container printed before it was started anew', async () => {
    expect((await log('failing', '?previous=true')).text).toBe('try\n');
    expect((await log('once')).text).toBe('over\n');
  });

  it.each([
    ['talker', '?container=x', 400, 'container x is not valid for pod talker'],
    ['nope', '', 404, 'pods "nope" not found'],
    ['talker', '?previous=true', 400, 'previous terminated container "main" in pod "talker" not found'],
    [
      'talker',
      '?tailLines=-1',
      422,
      'PodLogOptions "talker" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'talker',
      '?limitBytes=0',
      422,
      'PodLogOptions "talker" is invalid: limitBytes: Invalid value: 0: must be greater than 0',
    ],
    [
      'talker',
      '?sinceSeconds=0',
      422,
      'PodLogOptions "talker" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0',
    ],
    ['talker', '?tailLines=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['talker', '?sinceTime=x', 400, 'parsing time "x" as RFC 3339 failed'],
  ])('refuses %s%s', async (pod, query, code, message) => {
    const answer = await log(pod, query);
    expect([answer.code, answer.json.message]).toEqual([code, message]);
  });

  it('follows what is printed, and ends with the container', async () => {
    await runPod(cluster, 'short', { command: ['cat'], stdin: true });
    let seen = '';
    const ended = new Promise<void>((resolve, reject) => {
      httpRequest(`${cluster.url}${podPath('short')}/log?follow=true`, (response) => {
        response.setEncoding('utf8').on('data', (text: string) => {
          seen += text;
        });
        response.on('end', resolve).on('error', reject);
      }).end();
    });
    const socket = new WebSocket(
      `${cluster.url.replace('http', 'ws')}${podPath('short')}/attach?stdin=true`,
      ['v5.channel.k8s.io'],
    );
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(Buffer.from('\0said later\n'));
    await expect.poll(() => seen).toBe('said later\n');
    await cluster.send('DELETE', podPath('short'));
    await ended;
  });

  it.each([
    ['binary.k8s.io', (message: Buffer) => message.toString('utf8')],
    [
      'base64.binary.k8s.io',
      (message: Buffer) => Buffer.from(message.toString('latin1'), 'base64').toString('utf8'),
    ],
  ])('goes over a WebSocket as %s', async (protocol, read) => {
    const socket = new WebSocket(`${cluster.url.replace('http', 'ws')}${podPath('talker')}/log?follow=true`, [
      protocol,
    ]);
    let seen = '';
    socket.on('message', (message: Buffer) => {
      seen += read(message);
    });
    await expect.poll(() => seen).toBe('one\ntwo\nthree\n');
    socket.close();
  });
});
