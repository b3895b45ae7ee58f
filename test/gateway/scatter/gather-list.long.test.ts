import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeScatterToken } from '../../../src/gateway/scatter/scatter-token.ts';
import {
  apiThat,
  apiWith,
  failing,
  handTimer,
  listOf,
  PODS,
  placesIn,
  readAll,
  respond,
  serve,
  serveScatter,
  silent,
  TABLE,
  tableOf,
} from './support.ts';

describe('a list of all clusters', { timeout: 30_000 }, () => {
  it('is the lists of the clusters in their order, labelled, without a revision', async () => {
    const { ask } = await serve({ root: apiWith(['b', 'a']), north: apiWith([]), south: apiWith(['c']) });
    const { json, headers, warnings } = await ask(PODS);
    expect(json).toMatchObject({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '' } });
    expect(placesIn(json)).toEqual(['root/b', 'root/a', 'south/c']);
    expect(headers.get('audit-id')).toMatch(/./);
    expect(warnings).toBeNull();
  });

  it('is the same whatever the pages are, and no page is too long', async () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 0, max: 9 }), async (counts, limit) => {
        const names = counts.map((count, at) => [
          at === 0 ? 'root' : `c${at}`,
          Array.from({ length: count }, (_, n) => `p${n}`),
        ]) as [string, string[]][];
        const one = await serveScatter(
          Object.fromEntries(names.map(([cluster, pods]) => [cluster, apiWith(pods)])),
        );
        try {
          const pages = await readAll(one, limit);
          expect(pages.flatMap(placesIn)).toEqual(
            names.flatMap(([cluster, pods]) => pods.map((pod) => `${cluster}/${pod}`)),
          );
          if (limit > 0) for (const page of pages.slice(0, -1)) expect(page.items).toHaveLength(limit);
        } finally {
          await one.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('streams what is long, page by page of a cluster', async () => {
    const many = Array.from({ length: 1_200 }, (_, at) => `${'x'.repeat(2_000)}${at}`);
    const root = apiWith(many);
    const { ask } = await serve({ root, north: apiWith(['a']) });
    const { json, headers } = await ask(PODS);
    expect(json.items).toHaveLength(1_201);
    expect(headers.get('content-length')).toBeNull();
    expect(root.asked).toEqual([
      `${PODS}?limit=500`,
      `${PODS}?limit=500&continue=500`,
      `${PODS}?limit=500&continue=1000`,
    ]);
  });

  it('has no more in one page than is held for one cluster', async () => {
    const root = apiWith(Array.from({ length: 600 }, (_, at) => `${at}`));
    const { ask } = await serve({ root });
    const { json } = await ask(`${PODS}?limit=100000`);
    expect(json.items).toHaveLength(500);
    expect(json.metadata.continue).toMatch(/./);
  });

  it('takes everything from an API server that knows no limits', async () => {
    const all = apiThat(({ response }) => respond(response, 200, listOf(['a', 'b', 'c'], {})));
    const pages = await readAll(await serve({ root: apiWith(['r']), north: all, south: apiWith(['s']) }), 2);
    expect(pages.flatMap(placesIn)).toEqual(['root/r', 'north/a', 'north/b', 'north/c', 'south/s']);
  });

  it('may be a Table, whose rows are labelled', async () => {
    const { ask } = await serve({ root: apiWith(['a']), north: apiWith(['b']) });
    const { json } = await ask(PODS, { headers: { Accept: TABLE } });
    expect(json).toMatchObject({
      kind: 'Table',
      columnDefinitions: [{ name: 'Name' }],
      rows: [
        { cells: ['a'], object: { metadata: { labels: { 'sallyport.dev/cluster': 'root' } } } },
        { cells: ['b'], object: { metadata: { labels: { 'sallyport.dev/cluster': 'north' } } } },
      ],
    });
  });

  it('leaves out a Table with other columns: its cells would stand under wrong names', async () => {
    const other = apiThat(({ response }) => respond(response, 200, tableOf(['b'], {}, ['Age'])));
    const { ask } = await serve({ root: apiWith(['a']), north: other });
    const { json, warnings } = await ask(PODS, { headers: { Accept: TABLE } });
    expect(json.rows).toHaveLength(1);
    expect(warnings).toMatch(/^299 - "cluster north: answers in another form/);
  });

  it.each([
    [503, '503 Service Unavailable'],
    [404, '404 Not Found'],
    [500, '500 Internal Server Error'],
    [429, '429 Too Many Requests'],
  ])('goes without a cluster that answers %i, and says so in words of its own', async (status, text) => {
    const { ask } = await serve({ root: apiWith(['a']), north: failing(status), south: apiWith(['b']) });
    const { json, warnings } = await ask(PODS);
    expect(placesIn(json)).toEqual(['root/a', 'south/b']);
    expect(warnings).toBe(`299 - "cluster north: ${text}"`);
  });

  it.each([
    ['no JSON', 'hello', 'answered with no list'],
    ['no list', '{"kind":"Pod"}', 'answered with no list'],
    ['an object that ends early', '{"kind":"PodList","items":[{', 'answered with no list'],
  ])('goes without a cluster that answers with %s', async (_, body, text) => {
    const north = apiThat(({ response }) => respond(response, 200, body));
    const { ask, logged } = await serve({ root: apiWith(['a']), north });
    const { json, warnings } = await ask(PODS);
    expect(placesIn(json)).toEqual(['root/a']);
    expect(warnings).toBe(`299 - "cluster north: ${text}"`);
    expect(logged).toMatchObject([{ cluster: 'north' }]);
  });

  it('goes without a cluster that breaks off', async () => {
    const north = apiThat(({ response }) => {
      response.writeHead(200);
      response.write('{"kind":');
      response.destroy();
    });
    const { ask } = await serve({ root: apiWith(['a']), north });
    expect((await ask(PODS)).warnings).toBe('299 - "cluster north: broke off its answer"');
  });

  it('does not wait for a cluster beyond the deadline, and ends its request', async () => {
    const clock = handTimer();
    const north = silent();
    const { ask } = await serve(
      { root: apiWith(['a']), north, south: apiWith(['b']) },
      { timer: clock.timer },
    );
    const answer = ask(PODS);
    await expect.poll(() => north.authorized.length).toBe(1);
    // The others have answered whole when only the deadline is waited for.
    await expect.poll(() => clock.waiting.size).toBe(1);
    clock.fire();
    const { json, warnings } = await answer;
    expect(placesIn(json)).toEqual(['root/a', 'south/b']);
    expect(warnings).toBe('299 - "cluster north: did not answer within 5s"');
    expect(north.authorized[0]?.response.destroyed).toBe(true);
    expect(clock.waiting.size).toBe(0);
  });

  it('does not wait for a cluster that stops in the middle', async () => {
    const clock = handTimer();
    const north = apiThat(({ response }) => {
      response.writeHead(200);
      response.write('{"kind":');
    });
    const { ask } = await serve({ root: apiWith(['a']), north }, { timer: clock.timer });
    const answer = ask(PODS);
    await expect.poll(() => north.authorized.length).toBe(1);
    // The deadline of all, and the pause of this one.
    await expect.poll(() => clock.waiting.size).toBe(2);
    clock.fire();
    expect((await answer).warnings).toBe('299 - "cluster north: stopped in the middle of its answer"');
  });

  it('ends all requests when the client leaves', async () => {
    const [root, north] = [silent(), silent()];
    const { url, logged } = await serve({ root, north });
    const leaving = new AbortController();
    const answer = fetch(url + PODS, { signal: leaving.signal });
    await expect.poll(() => root.authorized.length + north.authorized.length).toBe(2);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    for (const { authorized } of [root, north])
      await expect.poll(() => authorized[0]?.response.destroyed).toBe(true);
    expect(logged).toEqual([]);
  });

  it('breaks when a cluster that has begun does not go on: what is left must not look whole', async () => {
    const broken = (length: number) => {
      const items = Array.from({ length: 500 }, () => 'x'.repeat(length));
      return apiThat(({ response, target }) => {
        if (target.includes('continue')) respond(response, 503, { kind: 'Status', code: 503 });
        else respond(response, 200, listOf(items, { resourceVersion: '1', continue: 'more' }));
      });
    };
    const short = await serve({ root: broken(1), north: apiWith(['a']) });
    expect(await short.ask(PODS)).toMatchObject({ status: 503 });
    const long = await serve({ root: broken(4_000), north: apiWith(['a']) });
    await expect(long.ask(PODS)).rejects.toThrow();
  });

  it('is begun anew when a cluster has forgotten where it was', async () => {
    const token = encodeScatterToken({
      cluster: 'root',
      continue: 'old',
      apiVersion: 'v1',
      kind: 'PodList',
    });
    const { ask } = await serve({ root: failing(410), north: apiWith(['a']) });
    const { status, json } = await ask(`${PODS}?continue=${token}`);
    expect([status, json.reason, json.metadata]).toEqual([410, 'Expired', {}]);
  });

  it('may have an empty last page', async () => {
    const position = { cluster: 'north', continue: '', apiVersion: 'meta.k8s.io/v1', kind: 'Table' };
    const { ask } = await serve({ root: apiWith(['a']), north: failing(403) });
    const { status, json } = await ask(`${PODS}?limit=1&continue=${encodeScatterToken(position)}`);
    expect([status, json.kind, json.rows]).toEqual([200, 'Table', []]);
  });

  it.each([
    ['x', 400],
    [Buffer.from('["root"]').toString('base64url'), 400],
    [Buffer.from(String.raw`["root","\ud800","v1","PodList"]`).toString('base64url'), 400],
    [encodeScatterToken({ cluster: 'west', continue: '', apiVersion: 'v1', kind: 'PodList' }), 410],
  ])('does not go on from %s', async (token, code) => {
    const { ask } = await serve({ root: apiWith(['a']) });
    expect((await ask(`${PODS}?continue=${token}`)).status).toBe(code);
  });

  it('passes on what the API servers warn of, once', async () => {
    const warning = '299 - "v1 ComponentStatus is deprecated in v1.19+"';
    const { ask } = await serve({
      root: apiWith([], { Warning: warning }),
      north: apiWith([], { Warning: warning }),
    });
    expect((await ask(PODS)).warnings).toBe(warning);
  });
});
