import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configMap, startCluster, type TestCluster } from '../support.ts';

const path = '/api/v1/namespaces/default/configmaps';
const asYaml = { Accept: 'application/yaml' };

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
  await cluster.send('POST', path, configMap('a', { on: 'yes', two: 'a\nb', text: '<1>' }));
});
afterEach(() => cluster.close());

describe('YAML', () => {
  it('is what a JSON answer is', async () => {
    const { json } = await cluster.send('GET', `${path}/a`);
    const { text, headers } = await cluster.send('GET', `${path}/a`, undefined, asYaml);
    expect(headers.get('content-type')).toBe('application/yaml');
    expect(parse(text, { version: '1.1' })).toEqual(json);
    expect(text).toMatch(
      /^apiVersion: v1\ndata:\n {2}"on": "yes"\n {2}text: <1>\n {2}two: \|-\n {4}a\n {4}b\nkind: /,
    );
  });

  it('is written for lists, changes and refusals too', async () => {
    const list = await cluster.send('GET', path, undefined, asYaml);
    expect(parse(list.text).kind).toBe('ConfigMapList');
    const made = await cluster.send('POST', path, configMap('b'), asYaml);
    expect([made.code, parse(made.text).metadata.name]).toEqual([201, 'b']);
    const absent = await cluster.send('GET', `${path}/absent`, undefined, asYaml);
    expect([absent.code, parse(absent.text).reason]).toEqual([404, 'NotFound']);
  });

  it('is no stream, and second to what is preferred', async () => {
    const watch = await cluster.send('GET', `${path}?watch=1`, undefined, asYaml);
    expect([watch.code, watch.json.reason]).toEqual([406, 'NotAcceptable']);
    const preferred = { Accept: 'application/yaml;q=0.5, application/json' };
    expect((await cluster.send('GET', `${path}/a`, undefined, preferred)).json.kind).toBe('ConfigMap');
  });
});

describe('compression', () => {
  function ask(
    target: string,
    acceptEncoding: string,
  ): Promise<{ encoding: unknown; vary: unknown; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const headers = { 'Accept-Encoding': acceptEncoding };
      request(cluster.url + target, { headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { 'content-encoding': encoding, vary } = response.headers;
          resolve({ encoding, vary, body: Buffer.concat(chunks) });
        });
      })
        .on('error', reject)
        .end();
    });
  }

  it('is for long lists, and for those who take it', async () => {
    for (const name of ['b', 'c']) {
      await cluster.send('POST', path, configMap(name, { long: 'x'.repeat(70_000) }));
    }
    const plain = await ask(path, 'identity');
    expect(plain.encoding).toBeUndefined();
    const short = await ask(`${path}/a`, 'gzip');
    expect(short.encoding).toBeUndefined();
    for (const accepted of ['gzip', 'deflate, gzip;q=0.8', 'GZIP']) {
      const compressed = await ask(path, accepted);
      expect([compressed.encoding, compressed.vary], accepted).toEqual(['gzip', 'Accept-Encoding']);
      expect(gunzipSync(compressed.body).equals(plain.body)).toBe(true);
      expect(compressed.body.length).toBeLessThan(plain.body.length / 20);
    }
    for (const refused of ['gzip;q=0', 'br', '']) {
      expect((await ask(path, refused)).encoding, refused).toBeUndefined();
    }
  });
});
