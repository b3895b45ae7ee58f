import { describe, expect, it } from 'vitest';
import { createFilteredLists } from '../../../src/gateway/index.ts';
import { namesAllowing, namespacesAllowing } from '../../../src/rbac/index.ts';
import { recording } from '../audit/support/recording.ts';
import { policyIn } from '../filter/support.ts';
import { apiWith, failing, PODS, placesIn, readAll, serve, unknownCaller } from './support.ts';

describe('a list of all clusters has each cluster decide', { timeout: 30_000 }, () => {
  it('and leaves out, without a word, where the caller may not list or is not known', async () => {
    const { ask } = await serve(
      { root: apiWith(['a']), north: apiWith(['b']), south: apiWith(['c']) },
      {
        pipelines: {
          north: { user: { username: 'joe', groups: [] } },
          south: unknownCaller,
        },
      },
    );
    const { json, warnings } = await ask(PODS);
    expect(placesIn(json)).toEqual(['root/a']);
    expect(warnings).toBeNull();
  });

  it('and is 401 when none knows the caller', async () => {
    const { ask } = await serve(
      { root: apiWith(['a']), north: apiWith(['b']) },
      { pipelines: { root: unknownCaller, north: unknownCaller } },
    );
    expect(await ask(PODS)).toMatchObject({ status: 401, json: { message: 'Unauthorized' } });
  });

  it('and is the first 403 when none lets the caller list', async () => {
    const joe = { user: { username: 'joe', groups: [] } };
    const { ask } = await serve(
      { root: apiWith(['a']), north: apiWith(['b']) },
      { pipelines: { root: joe, north: { user: { username: 'jim', groups: [] } } } },
    );
    const { status, json, warnings } = await ask(PODS);
    expect([status, json.message]).toEqual([403, expect.stringContaining('User "joe" cannot list')]);
    expect(warnings).toBeNull();
  });

  it('and filters where it does so', async () => {
    const north = apiWith(['p', 'q', 'r']);
    const policy = policyIn(['a', 'b']);
    const filteredLists = createFilteredLists({
      target: north.target,
      authorize: (attributes) => policy.authorize(attributes),
      namespacesAllowing: (attributes) => namespacesAllowing(policy, attributes),
      namesAllowing: (attributes) => namesAllowing(policy, attributes),
    });
    const one = await serve(
      { root: apiWith(['x']), north },
      { pipelines: { north: { policy, filteredLists } } },
    );
    // Its tokens are within ours.
    const places = (await readAll(one, 2)).flatMap(placesIn);
    expect(places).toEqual(['root/x', ...['p', 'q', 'r', 'p', 'q', 'r'].map((name) => `north/${name}`)]);
    expect(north.asked.every((target) => /^\/api\/v1\/namespaces\/[ab]\/pods\?/.test(target))).toBe(true);
  });

  it('and records it, under the audit id of the request', async () => {
    const { auditor, events } = recording([{ level: 'Metadata' }], { durability: 'each' });
    const { ask } = await serve(
      { root: apiWith(['a']), north: apiWith(['b']), south: apiWith(['c']) },
      {
        pipelines: {
          root: { auditor },
          north: { auditor, cluster: 'north' },
          south: { auditor, cluster: 'south', user: { username: 'joe', groups: [] } },
        },
      },
    );
    await ask(`${PODS}?limit=5`, { headers: { 'Audit-Id': 'x1' } });
    const ended = () => events().filter(({ stage }) => stage === 'ResponseComplete');
    await expect.poll(() => ended().length).toBe(3);
    const told = ended().map(({ auditID, requestURI, annotations, responseStatus, sourceIPs }) => [
      auditID,
      requestURI,
      annotations?.['sallyport.dev/cluster'],
      responseStatus?.['code'],
      sourceIPs,
    ]);
    expect(told.toSorted()).toEqual([
      ['x1', `${PODS}?limit=5`, undefined, 200, ['127.0.0.1']],
      ['x1', `/clusters/north${PODS}?limit=5`, 'north', 200, ['127.0.0.1']],
      ['x1', `/clusters/south${PODS}?limit=5`, 'south', 403, ['127.0.0.1']],
    ]);
  });

  it('and is what kept the rest from answering when nobody lists', async () => {
    const { ask } = await serve(
      { root: apiWith(['a']), north: failing(404), south: failing(503) },
      { pipelines: { root: unknownCaller } },
    );
    const { status, json, warnings } = await ask(PODS);
    expect([status, json.code]).toEqual([404, 404]);
    expect(warnings).toContain('cluster south: 503');
  });
});
