import { afterEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../src/gateway/index.ts';
import { encodeStatus, expired } from '../../../src/kube/index.ts';
import type { Policy } from '../../../src/rbac/index.ts';
import { recording } from '../audit/support/recording.ts';
import {
  configMap,
  type FilteringGateway,
  type FilteringOptions,
  namesIn,
  openWatch,
  policyIn,
  revoke,
  serveFiltering,
} from './support.ts';

const NAMESPACES = ['a', 'b', 'c'];
const MAPS = '/api/v1/configmaps';
const OURS = 'fieldSelector=metadata.name!%3Dkube-root-ca.crt';

interface Reached {
  readonly target: string;
  readonly auditId: string;
  readonly username: string;
}

/** A target that remembers what reaches it. */
function recorder() {
  const reached: Reached[] = [];
  const target = (embedded: Target): Target => ({
    ...embedded,
    forward(authorized) {
      const { target: path, auditId, user } = authorized;
      reached.push({ target: path, auditId, username: user.username });
      return embedded.forward(authorized);
    },
  });
  return { reached, target };
}

describe('the requests that a filtered answer is made of', () => {
  let gateway: FilteringGateway;
  afterEach(() => gateway.close());

  async function start(policy: Policy, options: FilteringOptions): Promise<void> {
    gateway = await serveFiltering(policy, NAMESPACES, options);
    for (const namespace of ['c', 'b', 'a']) {
      for (const name of ['x', 'y']) {
        await gateway.write('POST', `/api/v1/namespaces/${namespace}/configmaps`, configMap(name));
      }
    }
  }

  it('reach an API server as the caller, in one namespace each, under one audit id', async () => {
    const { reached, target } = recorder();
    await start(policyIn(['a', 'c']), { target, upstreamPolicy: policyIn(['a', 'c']) });
    reached.length = 0;
    const { headers, json } = await gateway.ask(`${MAPS}?limit=3&${OURS}`);
    expect(namesIn(json)).toEqual(['a/x', 'a/y', 'c/x']);
    const rest = await gateway.ask(`${MAPS}?limit=3&${OURS}&continue=${json.metadata.continue}`);
    expect(namesIn(rest.json)).toEqual(['c/y']);
    const { resourceVersion } = json.metadata;
    expect(reached.map((each) => each.target.replace(/continue=.*/, 'continue='))).toEqual([
      `/api/v1/namespaces/a/configmaps?${OURS}&limit=3`,
      `/api/v1/namespaces/c/configmaps?${OURS}&limit=1&resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`,
      `/api/v1/namespaces/c/configmaps?${OURS}&limit=3&continue=`,
    ]);
    expect(reached.map(({ username }) => username)).toEqual(['jane', 'jane', 'jane']);
    const id = headers.get('audit-id');
    expect(reached.map(({ auditId }) => auditId === id)).toEqual([true, true, false]);

    const watch = await openWatch(`${gateway.url}${MAPS}?watch=1&${OURS}&resourceVersion=${resourceVersion}`);
    await gateway.write('POST', '/api/v1/namespaces/b/configmaps', configMap('z'));
    await gateway.write('POST', '/api/v1/namespaces/c/configmaps', configMap('z'));
    const [event] = await watch.until(1);
    expect(event?.object.metadata).toMatchObject({ namespace: 'c', name: 'z' });
    await watch.leave();
  });

  it('are decided by the API server, too: what it refuses is refused', async () => {
    await start(policyIn(['a', 'c']), { upstreamPolicy: policyIn(['a']) });
    const { status, json } = await gateway.ask(MAPS);
    expect(status).toBe(403);
    expect(json.message).toContain('cannot list resource "configmaps" in API group "" in the namespace "c"');
    const watch = await gateway.ask(`${MAPS}?watch=1`);
    expect(watch.json.message).toContain('cannot watch resource "configmaps"');
  });

  it('stop in the middle of a list when the right to the rest is taken away', async () => {
    const policy = policyIn(['a', 'c']);
    await start(policy, {
      target: (embedded) => ({
        ...embedded,
        forward(authorized) {
          const { verb, namespace } = authorized.requestInfo;
          if (verb === 'list' && namespace === 'a') revoke(policy, 'c');
          return embedded.forward(authorized);
        },
      }),
    });
    const { status, json } = await gateway.ask(MAPS);
    expect(status).toBe(403);
    expect(json.message).toContain('in the namespace "c"');
  });

  it('begin anew when their snapshot is gone, but not for ever', async () => {
    let refusals = 1;
    await start(policyIn(['a', 'c']), {
      target: (embedded) => ({
        ...embedded,
        forward(authorized) {
          if (!authorized.target.includes('Exact') || refusals-- <= 0) return embedded.forward(authorized);
          const headers = { 'Content-Type': 'application/json' };
          authorized.response.writeHead(410, headers).end(encodeStatus(expired('compacted')));
        },
      }),
    });
    const lists = async () => (await gateway.ask(`${MAPS}?${OURS}`)).json;
    expect(namesIn(await lists())).toEqual(['a/x', 'a/y', 'c/x', 'c/y']);
    refusals = 100;
    expect(await lists()).toMatchObject({ code: 410, reason: 'Expired' });
  });

  it('make one long list that streams, object by object as it was', async () => {
    await start(policyIn(['a', 'c']), {});
    for (const namespace of ['a', 'c']) {
      for (let at = 0; at < 12; at++) {
        const large = configMap(`large${at}`, { text: `"\\é${'x'.repeat(100_000)}` });
        await gateway.write('POST', `/api/v1/namespaces/${namespace}/configmaps`, large);
      }
    }
    const { headers, json } = await gateway.ask(`${MAPS}?${OURS}`);
    const whole = await gateway.write('GET', `${MAPS}?${OURS}`);
    expect(headers.get('transfer-encoding')).toBe('chunked');
    const mine = (item: { metadata: { namespace: string } }) => ['a', 'c'].includes(item.metadata.namespace);
    expect(json.items).toEqual(whole.json.items.filter(mine));
  });

  it('leave one audit event, which says what the list is made of', async () => {
    const { auditor, lines, events } = recording([{ level: 'Metadata' }], { durability: 'each' });
    await start(policyIn(['a', 'c']), { auditor });
    await gateway.ask(MAPS);
    await gateway.ask('/api/v1/nodes');
    while (lines.length < 4) await new Promise(setImmediate);
    const ends = events().filter(({ stage }) => stage === 'ResponseComplete');
    expect(ends).toMatchObject([
      {
        responseStatus: { code: 200 },
        annotations: {
          'authorization.k8s.io/decision': 'allow',
          'authorization.k8s.io/reason': 'filtered to namespaces: a, c',
        },
      },
      { responseStatus: { code: 403 }, annotations: { 'authorization.k8s.io/decision': 'forbid' } },
    ]);
  });
});
