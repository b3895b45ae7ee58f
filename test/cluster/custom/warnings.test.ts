import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster } from '../support.ts';
import { cronTab, cronTabs, cronTabsPath, define, definitionsPath } from './cron-tab.ts';

const merge = { 'Content-Type': 'application/merge-patch+json' };

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
  await define(cluster, cronTabs);
});
afterAll(() => cluster.close());

function withSchema(properties: object) {
  const version = { name: 'v1', served: true, storage: true };
  return {
    ...cronTabs,
    metadata: { name: 'formats.warn.example.com' },
    spec: {
      group: 'warn.example.com',
      scope: 'Namespaced',
      names: { plural: 'formats', kind: 'Format' },
      versions: [{ ...version, schema: { openAPIV3Schema: { type: 'object', properties } } }],
    },
  };
}

describe('the writer of a custom resource', () => {
  it('is told of finalizers that others might have chosen too, once', async () => {
    const finalizers = ['example.com/mine', 'orphan', 'mine.example.com', 'mine'];
    const path = `${cronTabsPath}/held`;
    const created = await cluster.send('POST', cronTabsPath, {
      ...cronTab('held'),
      metadata: { name: 'held', finalizers },
    });
    expect(created.headers.get('warning')).toBe(
      '299 - "metadata.finalizers: \\"mine\\": prefer a domain-qualified finalizer name ' +
        'to avoid accidental conflicts with other finalizer writers", ' +
        '299 - "metadata.finalizers: \\"mine.example.com\\": prefer a domain-qualified finalizer name including a path (/) ' +
        'to avoid accidental conflicts with other finalizer writers"',
    );
    const same = await cluster.send('PATCH', path, { metadata: { labels: { a: 'b' } } }, merge);
    expect([same.code, same.headers.get('warning')]).toEqual([200, null]);
    const more = { metadata: { finalizers: [...finalizers, 'more'] } };
    const changed = await cluster.send('PATCH', path, more, merge);
    expect(changed.headers.get('warning')).toContain('\\"more\\": prefer a domain-qualified');
    expect(changed.headers.get('warning')).not.toContain('mine');
  });
});

describe('the writer of a definition', () => {
  const known = {
    short: { type: 'string', format: 'k8s-short-name' },
    when: { type: 'string', format: 'date-time' },
    size: { type: 'integer', format: 'int64' },
  };
  const nested = {
    list: { type: 'array', items: { type: 'string', format: 'uint32' } },
    map: { type: 'object', additionalProperties: { type: 'number', format: 'int32' } },
    again: { type: 'integer', format: 'uint32' },
  };

  it('is told of formats that mean nothing, each once', async () => {
    const dryRun = `${definitionsPath}?dryRun=All`;
    const plain = await cluster.send('POST', dryRun, withSchema(known));
    expect([plain.code, plain.headers.get('warning')]).toEqual([201, null]);
    const { headers } = await cluster.send('POST', dryRun, withSchema({ ...known, ...nested }));
    expect(headers.get('warning')).toBe(
      '299 - "unrecognized format \\"uint32\\"", 299 - "unrecognized format \\"int32\\""',
    );
  });

  it('is told only of those that are new', async () => {
    await define(cluster, withSchema(nested));
    const path = `${definitionsPath}/formats.warn.example.com`;
    const odd = { ...nested, odd: { type: 'string', format: 'odd' } };
    const { code, headers } = await cluster.send('PATCH', path, { spec: withSchema(odd).spec }, merge);
    expect([code, headers.get('warning')]).toEqual([200, '299 - "unrecognized format \\"odd\\""']);
  });
});
