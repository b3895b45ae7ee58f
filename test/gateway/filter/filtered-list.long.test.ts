import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/rbac/index.ts';
import { resourceRequest } from '../../rbac/attributes.ts';
import { jane } from '../support/gateway.ts';
import {
  configMap,
  type FilteringGateway,
  grant,
  namesIn,
  policyIn,
  revoke,
  serveFiltering,
} from './support.ts';

// `a-b` comes before `a`: objects are ordered by key, and a slash follows the namespace.
const NAMESPACES = ['a', 'a-b', 'b', 'c', 'd'];
const MAPS = '/api/v1/configmaps';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const METADATA = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

describe('a list over all namespaces for somebody who may list in some', { timeout: 60_000 }, () => {
  let policy: Policy;
  let gateway: FilteringGateway;
  let everything: string[];

  beforeAll(async () => {
    policy = policyIn([]);
    gateway = await serveFiltering(policy, NAMESPACES);
    for (const [at, namespace] of NAMESPACES.entries()) {
      for (let count = 0; count < at * 2; count++) {
        const map = configMap(`m${count}`, {}, { odd: String(count % 2 === 1) });
        await gateway.write('POST', `/api/v1/namespaces/${namespace}/configmaps`, map);
      }
    }
    everything = namesIn((await gateway.write('GET', MAPS)).json);
  });

  afterAll(() => gateway.close());

  function allowOnly(namespaces: readonly string[]): void {
    for (const namespace of NAMESPACES) revoke(policy, namespace);
    for (const namespace of namespaces) grant(policy, namespace);
  }

  /** Reads page by page. */
  async function readAll(query: string, headers: Record<string, string> = {}) {
    const pages = [];
    for (let token = ''; ; ) {
      const more = token === '' ? '' : `&continue=${encodeURIComponent(token)}`;
      const { status, json } = await gateway.ask(`${MAPS}?${query}${more}`, headers);
      expect(status, JSON.stringify(json)).toBe(200);
      pages.push(json);
      token = json.metadata.continue ?? '';
      if (token === '') return pages;
    }
  }

  it('is what may be seen object by object, in the same order, whatever the pages', async () => {
    const limits = fc.constantFrom(0, 1, 2, 3, 5, 7, 100);
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(NAMESPACES, { minLength: 1 }),
        limits,
        fc.boolean(),
        async (allowed, limit, odd) => {
          allowOnly(allowed);
          const selector = odd ? '&labelSelector=odd%3Dtrue' : '';
          const pages = await readAll(`limit=${limit}${selector}`);
          const all = odd
            ? namesIn((await gateway.write('GET', `${MAPS}?labelSelector=odd%3Dtrue`)).json)
            : everything;
          const visible = all.filter((object) => {
            const [namespace = '', name = ''] = object.split('/');
            const asked = { namespace, name };
            return policy.authorize(resourceRequest(jane, 'list', 'configmaps', asked)).decision === 'allow';
          });
          expect(pages.flatMap(namesIn)).toEqual(visible);
          if (limit > 0) for (const page of pages.slice(0, -1)) expect(page.items).toHaveLength(limit);
          expect(new Set(pages.map(({ metadata }) => metadata.resourceVersion)).size).toBe(1);
          for (const page of pages) expect(page.metadata).not.toHaveProperty('remainingItemCount');
        },
      ),
      { numRuns: 150 },
    );
  });

  it('has the shape of the list that it stands for', async () => {
    allowOnly(['a', 'a-b', 'b', 'c', 'd']);
    for (const accept of ['application/json', METADATA, TABLE]) {
      const { json } = await gateway.ask(MAPS, { Accept: accept });
      const whole = (await gateway.write('GET', MAPS, undefined, { Accept: accept })).json;
      const key = accept === TABLE ? 'rows' : 'items';
      const mine = (each: unknown) => /"namespace":"(?:a|a-b|b|c|d)"/.test(JSON.stringify(each));
      expect(json[key]).toEqual(whole[key].filter(mine));
      expect(json[key].length).toBeGreaterThan(10);
      expect({ ...json, [key]: 0, metadata: 0 }).toEqual({ ...whole, [key]: 0, metadata: 0 });
    }
  });

  it('is one snapshot: what changes between two pages is not in it', async () => {
    allowOnly(['b', 'c']);
    const first = (await gateway.ask(`${MAPS}?limit=2`)).json;
    await gateway.write('POST', '/api/v1/namespaces/c/configmaps', configMap('late'));
    const rest = [];
    for (let token = first.metadata.continue; token !== undefined; ) {
      const page = (await gateway.ask(`${MAPS}?limit=2&continue=${token}`)).json;
      rest.push(...namesIn(page));
      token = page.metadata.continue;
    }
    expect(rest).not.toContain('c/late');
    expect(namesIn((await gateway.ask(MAPS)).json)).toContain('c/late');
    const exact = `${MAPS}?resourceVersion=${first.metadata.resourceVersion}&resourceVersionMatch=Exact`;
    expect(namesIn((await gateway.ask(exact)).json)).not.toContain('c/late');
    const newer = `${MAPS}?resourceVersion=${first.metadata.resourceVersion}`;
    expect(namesIn((await gateway.ask(newer)).json)).toContain('c/late');
    await gateway.write('DELETE', '/api/v1/namespaces/c/configmaps/late');
  });

  it('tells a client to list anew whose continue token is forged, or whose namespaces have changed', async () => {
    allowOnly(['b', 'c']);
    const { metadata } = (await gateway.ask(`${MAPS}?limit=1`)).json;
    const token: string = metadata.continue;
    const [body = '', mac = ''] = token.split('.');
    const [revision, , , more] = JSON.parse(Buffer.from(body, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify([revision, 'b,c,d', 'd', more])).toString('base64url');
    for (const bad of [`${forged}.${mac}`, `${body}.`, body, 'x', `${body}.${'A'.repeat(43)}`]) {
      const { status, json } = await gateway.ask(`${MAPS}?limit=1&continue=${bad}`);
      expect([status, json.reason]).toEqual([410, 'Expired']);
    }
    expect((await gateway.ask(`/api/v1/pods?limit=1&continue=${token}`)).status).toBe(410);
    grant(policy, 'd');
    expect((await gateway.ask(`${MAPS}?limit=1&continue=${token}`)).status).toBe(410);
    revoke(policy, 'd');
    expect((await gateway.ask(`${MAPS}?limit=1&continue=${token}`)).status).toBe(200);
  });

  it('keeps to the API server’s rules and words for options', async () => {
    allowOnly(['b', 'c']);
    const token = (await gateway.ask(`${MAPS}?limit=1`)).json.metadata.continue;
    const bad: [string, number, string][] = [
      ['limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
      [
        `continue=${token}&resourceVersion=5`,
        400,
        'specifying resource version is not allowed when using continue',
      ],
      [
        `continue=${token}&resourceVersionMatch=Exact`,
        422,
        'resourceVersionMatch is forbidden with continue',
      ],
      [
        'resourceVersionMatch=Exact',
        422,
        'resourceVersionMatch is forbidden unless resourceVersion is provided',
      ],
      ['sendInitialEvents=true', 422, 'sendInitialEvents is forbidden for list'],
      ['resourceVersion=999999', 504, 'Too large resource version: 999999'],
      ['fieldSelector=x%3Dy', 400, '"x" is not a known field selector'],
    ];
    for (const [query, code, words] of bad) {
      const { status, json } = await gateway.ask(`${MAPS}?${query}`);
      expect([query, status]).toEqual([query, code]);
      expect(json.message).toContain(words);
    }
  });

  it('answers in JSON or not at all', async () => {
    allowOnly(['b']);
    const protobuf = 'application/vnd.kubernetes.protobuf';
    const both = await gateway.ask(MAPS, { Accept: `${protobuf},application/json` });
    expect([both.status, both.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect((await gateway.ask(MAPS, { Accept: protobuf })).status).toBe(406);
  });

  it('is refused as ever where there is nothing to filter', async () => {
    allowOnly([]);
    const none = await gateway.ask(MAPS);
    expect(none.status).toBe(403);
    expect(none.json.message).toBe(
      'configmaps is forbidden: User "jane" cannot list resource "configmaps" in API group "" at the cluster scope',
    );
    allowOnly(['b']);
    const nodes = await gateway.ask('/api/v1/nodes');
    expect(nodes.status).toBe(403);
    expect(nodes.json.message).toContain('cannot list resource "nodes" in API group "" at the cluster scope');
    expect((await gateway.ask('/api/v1/namespaces/d/configmaps')).status).toBe(403);
    expect((await gateway.ask('/api/v1/watch/configmaps')).status).toBe(403);
    const deleted = await fetch(`${gateway.url}${MAPS}`, { method: 'DELETE' });
    expect(deleted.status).toBe(403);
  });
});

describe('the Namespaces themselves', () => {
  it('are those whose names the caller’s rules list', async () => {
    const gateway = await serveFiltering(policyIn(['b'], ['c', 'a', 'gone']), NAMESPACES);
    const { json } = await gateway.ask('/api/v1/namespaces?limit=1');
    expect(namesIn(json)).toEqual(['/a']);
    const rest = await gateway.ask(`/api/v1/namespaces?continue=${json.metadata.continue}`);
    expect(namesIn(rest.json)).toEqual(['/c']);
    const selected = await gateway.ask('/api/v1/namespaces?fieldSelector=metadata.name!%3Da');
    expect(namesIn(selected.json)).toEqual(['/c']);
    expect((await gateway.ask('/api/v1/namespaces?fieldSelector=metadata.name%3Dd')).status).toBe(403);
    await gateway.close();
  });

  it('are not shown for a binding in them, which shows one by name only', async () => {
    const gateway = await serveFiltering(policyIn(['b']), NAMESPACES);
    expect((await gateway.ask('/api/v1/namespaces')).status).toBe(403);
    await gateway.close();
  });
});

describe('a list of too many namespaces', () => {
  it('is refused, and says why', async () => {
    const many = Array.from({ length: 101 }, (_, at) => `n${at}`);
    const policy = policyIn(many);
    const gateway = await serveFiltering(policy, []);
    const { status, json } = await gateway.ask(MAPS);
    expect(status).toBe(403);
    expect(json.message).toContain('at most 100 namespaces, and this one would be of 101');
    revoke(policy, 'n7');
    expect((await gateway.ask(MAPS)).status).toBe(200);
    await gateway.close();
  });
});
