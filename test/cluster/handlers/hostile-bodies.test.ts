import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configMap, startCluster, type TestCluster } from '../support.ts';

const path = '/api/v1/namespaces/default/configmaps';
const yaml = { 'Content-Type': 'application/yaml' };

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

describe('a body that makes much out of little', () => {
  it.each([
    ['keys that are collections', `${'? '.repeat(300)}a`],
    ['aliases', `metadata: {name: a}\ndata:\n  a: &a ${'x'.repeat(1000)}\n  b: *a\n`],
    ['a key twice', 'metadata: {name: a}\ndata: {a: "1", a: "2"}\n'],
  ])('S-233 is refused in YAML: %s', async (_what, body) => {
    expect((await cluster.send('POST', path, body, yaml)).code).toBe(400);
    expect((await cluster.send('GET', `${path}/a`)).code).toBe(404);
  });

  it.each([
    ['whole', `{"metadata":{"name":"a"},"data":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`],
    ['unfinished', '{"a":'.repeat(100_000)],
    ['of lists', '['.repeat(100_000)],
  ])('S-233 is refused in JSON that is nested a thousandfold: %s', async (_what, body) => {
    const json = { 'Content-Type': 'application/json' };
    expect((await cluster.send('POST', path, body, json)).code).toBe(400);
    expect((await cluster.send('GET', `${path}/a`)).code).toBe(404);
  });

  it('is not kept beyond what a real cluster keeps', async () => {
    const template = {
      metadata: { labels: { app: 'a' } },
      spec: { containers: [{ name: 'c', image: 'i', args: ['x'.repeat(1_600_000)] }] },
    };
    const deployment = {
      metadata: { name: 'a' },
      spec: { selector: { matchLabels: { app: 'a' } }, template },
    };
    expect(
      (await cluster.send('POST', '/apis/apps/v1/namespaces/default/deployments', deployment)).code,
    ).toBe(413);
  });

  it('is answered with a hundred errors, not with all of them', async () => {
    const labels = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`!${index}`, '!']));
    const answer = await cluster.send('POST', path, { metadata: { name: 'a', labels } });
    expect(answer.code).toBe(422);
    expect(answer.json.details.causes).toHaveLength(100);
  });

  it('is kept, and answered with its warning, when an unknown field has an astral name', async () => {
    const answer = await cluster.send('POST', path, { ...configMap('a'), '😀': 1, '\ud800': 2 });
    expect(answer.code).toBe(201);
    expect(answer.headers.get('warning')).toContain('%F0%9F%98%80');
  });

  it('may ask for more items than there are numbers', async () => {
    expect((await cluster.send('GET', `${path}?limit=9223372036854775807`)).code).toBe(200);
  });
});
