import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { configMap, startCluster, type TestCluster, type WatchEvent } from '../support.ts';

const maps = '/api/v1/namespaces/default/configmaps';

describe('a watch over a WebSocket', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.close());

  function open(query: string, protocols: string[] = []) {
    const socket = new WebSocket(`${cluster.url.replace('http', 'ws')}${maps}?watch=true${query}`, protocols);
    const events: WatchEvent[] = [];
    socket.on('message', (message: Buffer, isBinary) => {
      expect(isBinary).toBe(false);
      events.push(JSON.parse(message.toString('utf8')));
    });
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const opened = new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return { socket, events, closed, opened };
  }

  it('tells one event a text message, from what there is on', async () => {
    await cluster.send('POST', maps, configMap('first', { text: 'ä'.repeat(100_000) }));
    const { socket, events, opened } = open('');
    await opened;
    await cluster.send('POST', maps, configMap('second'));
    await cluster.send('DELETE', `${maps}/second`);
    const seen = () =>
      events
        .filter(({ object }) => object.metadata.name !== 'kube-root-ca.crt')
        .map(({ type, object }) => `${type} ${object.metadata.name}`);
    await expect.poll(seen).toEqual(['ADDED first', 'ADDED second', 'DELETED second']);
    expect(events.find(({ object }) => object.metadata.name === 'first')?.object.data.text).toHaveLength(
      100_000,
    );
    socket.close();
  });

  it("echoes the client's first protocol", async () => {
    const { socket, opened } = open('', ['base64.binary.k8s.io', 'other']);
    await opened;
    expect(socket.protocol).toBe('base64.binary.k8s.io');
    socket.close();
  });

  it('answers what it refuses plainly', async () => {
    await expect(open('&sendInitialEvents=true').opened).rejects.toThrow('Unexpected server response: 422');
  });

  it('ends in order when its time is over', async () => {
    const { events, closed } = open('&timeoutSeconds=1&allowWatchBookmarks=true');
    expect(await closed).toBe(1000);
    expect(events.at(-1)?.type).toBe('BOOKMARK');
  });

  it('ends with the cluster', async () => {
    const other = await startCluster();
    const socket = new WebSocket(`${other.url.replace('http', 'ws')}${maps}?watch=true`);
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await other.close();
    expect(await closed).toBe(1000);
  });
});
