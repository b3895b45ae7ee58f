import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/rbac/index.ts';
import { resourceRequest } from '../../rbac/attributes.ts';
import { NAMESPACES, policyOf, world } from '../../rbac/questions/random-worlds.ts';
import { jane } from '../support/gateway.ts';
import { configMap, type FilteringGateway, namesIn, serveFiltering } from './support.ts';

const PODS = '/api/v1/pods';

function pod(name: string) {
  const { data: _, ...rest } = configMap(name);
  return { ...rest, kind: 'Pod', spec: { containers: [{ name: 'c', image: 'i' }] } };
}

/** Random roles and bindings, aggregated and dangling ones among them; the oracle asks about each object. */
describe('a filtered list under any policy', { timeout: 60_000 }, () => {
  let current: Policy = policyOf([]);
  let gateway: FilteringGateway;
  let everything: string[];

  beforeAll(async () => {
    const policy = new Proxy({} as Policy, { get: (_, key) => Reflect.get(current, key) });
    gateway = await serveFiltering(policy, NAMESPACES);
    for (const namespace of NAMESPACES) {
      for (const name of ['a', 'b', 'x'].slice(0, namespace.length - 1)) {
        const { status } = await gateway.write('POST', `/api/v1/namespaces/${namespace}/pods`, pod(name));
        expect(status).toBe(201);
      }
    }
    everything = namesIn((await gateway.write('GET', PODS)).json);
  });

  afterAll(() => gateway.close());

  const allowed = (namespace: string) =>
    current.authorize(resourceRequest(jane, 'list', 'pods', { namespace })).decision === 'allow';

  it('has exactly the objects that the caller could list in their namespaces', async () => {
    const seen = { whole: 0, filtered: 0, refused: 0 };
    const limits = fc.constantFrom(0, 1, 2, 4);
    await fc.assert(
      fc.asyncProperty(world, limits, async (entries, limit) => {
        current = policyOf(entries);
        const visible = everything.filter((object) => allowed('') || allowed(object.split('/')[0] ?? ''));
        const found: string[] = [];
        for (let token: string | undefined = ''; token !== undefined; ) {
          const { status, json } = await gateway.ask(`${PODS}?limit=${limit}&continue=${token}`);
          if (status === 403) {
            expect([found, visible]).toEqual([[], []]);
            seen.refused += 1;
            return;
          }
          expect(status).toBe(200);
          found.push(...namesIn(json));
          token = json.metadata.continue;
        }
        expect(found).toEqual(visible);
        seen[allowed('') ? 'whole' : 'filtered'] += 1;
      }),
      { numRuns: 400 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(3);
  });
});
