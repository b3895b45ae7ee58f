import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startCluster, type TestCluster, type TestOptions } from '../../support.ts';

const polling = { interval: 2, timeout: 20_000 };

/** A cluster whose pods run. */
export function startRunningCluster(options: TestOptions = {}): Promise<TestCluster> {
  return startCluster({ runsPods: true, now: Date.now, ...options });
}

export const podPath = (name: string) => `/api/v1/namespaces/default/pods/${name}`;

/** Makes a pod and waits for its phase. @param spec of its first container, besides name and image */
export async function runPod(
  cluster: TestCluster,
  name: string,
  container: object = {},
  { phase = 'Running', metadata = {}, spec = {} } = {},
): Promise<void> {
  const pod = {
    metadata: { name, ...metadata },
    spec: { containers: [{ name: 'main', image: 'nginx', ...container }], ...spec },
  };
  const created = await cluster.send('POST', '/api/v1/namespaces/default/pods', pod);
  expect(created.code, created.text).toBe(201);
  await untilPod(cluster, name, (json) => json.status.phase === phase);
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every kind
export async function untilPod(cluster: TestCluster, name: string, holds: (pod: any) => unknown) {
  const get = () => cluster.send('GET', podPath(name));
  await vi.waitFor(async () => expect(Boolean(holds((await get()).json))).toBe(true), polling);
  return (await get()).json;
}

/** A remote command over a WebSocket, as a client sees it. */
export interface RemoteClient {
  readonly socket: WebSocket;
  /** What has come on a channel. */
  text(channel: number): string;
  send(channel: number, data: Buffer | string): void;
  until(channel: number, text: string): Promise<void>;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
}

export function openRemote(
  cluster: TestCluster,
  path: string,
  protocols: string[] = ['v5.channel.k8s.io'],
): Promise<RemoteClient> {
  const socket = new WebSocket(cluster.url.replace('http', 'ws') + path, protocols);
  const received = new Map<number, Buffer[]>();
  const isBase64 = () => socket.protocol.includes('base64');
  const text = (channel: number) => Buffer.concat(received.get(channel) ?? []).toString('utf8');
  socket.on('message', (message: Buffer) => {
    const channel = isBase64() ? Number(message.toString('latin1', 0, 1)) : (message[0] ?? 0);
    const rest = message.subarray(1);
    const data = isBase64() ? Buffer.from(rest.toString('latin1'), 'base64') : rest;
    received.set(channel, [...(received.get(channel) ?? []), data]);
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () =>
      resolve({
        socket,
        text,
        send(channel, data) {
          const bytes = Buffer.from(data);
          socket.send(
            isBase64()
              ? `${channel}${bytes.toString('base64')}`
              : Buffer.concat([Buffer.from([channel]), bytes]),
          );
        },
        until: (channel, wanted) => vi.waitFor(() => expect(text(channel)).toContain(wanted), polling),
        closed,
      }),
    );
  });
}

export interface Upgraded {
  readonly response: IncomingMessage;
  /** Undefined when the upgrade was refused. */
  readonly socket: Duplex | undefined;
  /** Of a refusal. */
  readonly text: string;
}

/** Asks for another protocol by hand. */
export function upgrade(
  cluster: TestCluster,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(cluster.url + path, {
      method,
      headers: { Connection: 'Upgrade', Upgrade: 'SPDY/3.1', ...headers },
    });
    request.on('error', reject);
    request.on('upgrade', (response, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve({ response, socket, text: '' });
    });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ response, socket: undefined, text }));
    });
    request.end();
  });
}
