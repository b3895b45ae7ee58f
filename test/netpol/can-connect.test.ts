import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canConnect, type End, type NetworkPolicy, type PodEnd, type Port } from '../../src/netpol/index.ts';
import { plainlyAllowed } from './plain-evaluator.ts';

const labels = fc.record(
  { app: fc.constantFrom('web', 'db'), tier: fc.constantFrom('front', 'back') },
  { requiredKeys: [] },
);
const expression = fc.oneof(
  fc.record({
    key: fc.constantFrom('app', 'tier'),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.subarray(['web', 'db', 'front'], { minLength: 1 }),
  }),
  fc.record({ key: fc.constantFrom('app', 'tier'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector = fc.record(
  { matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 1 }) },
  { requiredKeys: [] },
);
const address = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.1.1', '192.168.0.1', '8.8.8.8');
const cidr = fc.constantFrom('10.0.0.0/8', '10.0.0.0/24', '10.0.0.2/32', '0.0.0.0/0', '192.168.0.0/31');
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
  fc.record({ ipBlock: fc.record({ cidr, except: fc.array(cidr, { maxLength: 1 }) }) }),
);
const protocol = fc.constantFrom('TCP' as const, 'UDP' as const);
const policyPort = fc.oneof(
  fc.record({ protocol }),
  fc.record({ protocol, port: fc.constantFrom('http', 'dns') }),
  fc
    .record({ port: fc.integer({ min: 1, max: 5 }), more: fc.option(fc.nat(3), { nil: undefined }) })
    .map(({ port, more }) => ({ port, ...(more === undefined ? {} : { endPort: port + more }) })),
);
const rule = (peers: 'from' | 'to') =>
  fc.record(
    { [peers]: fc.array(peer, { maxLength: 2 }), ports: fc.array(policyPort, { maxLength: 2 }) },
    { requiredKeys: [] },
  );
const namespace = fc.constantFrom('a', 'b');
const policy: fc.Arbitrary<NetworkPolicy> = fc.record({
  metadata: fc.record({ name: fc.constant('p'), namespace }),
  spec: fc.record({
    podSelector: fc.oneof(fc.constant({}), selector),
    policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
    ingress: fc.array(rule('from'), { maxLength: 2 }),
    egress: fc.array(rule('to'), { maxLength: 2 }),
  }),
});
const containerPort = fc.record({
  name: fc.constantFrom('', 'http', 'dns'),
  number: fc.integer({ min: 1, max: 8 }),
  protocol,
});
const pod: fc.Arbitrary<PodEnd> = fc.record({
  kind: fc.constant('pod' as const),
  type: fc.constantFrom('pod', 'deployment'),
  name: fc.constantFrom('x', 'y'),
  namespace,
  labels,
  namespaceLabels: labels,
  addresses: fc.array(address, { minLength: 1, maxLength: 1 }),
  hostAddresses: fc.array(fc.constantFrom('192.168.0.1', '192.168.0.2'), { minLength: 1, maxLength: 1 }),
  hostNetwork: fc.nat(5).map((roll) => roll === 0),
  ports: fc.array(containerPort, { maxLength: 2 }),
});
const end: fc.Arbitrary<End> = fc.oneof(
  { weight: 4, arbitrary: pod },
  { weight: 1, arbitrary: address.map((text) => ({ kind: 'address' as const, address: text })) },
);
const port: fc.Arbitrary<Port> = fc.record({ protocol, number: fc.integer({ min: 1, max: 8 }) });

describe('whether policies let two ends talk', () => {
  it('is what the documentation says, sentence by sentence', () => {
    let yes = 0;
    let no = 0;
    fc.assert(
      fc.property(
        fc.array(policy, { minLength: 1, maxLength: 5 }),
        end,
        end,
        port,
        (policies, from, to, asked) => {
          const { allowed } = canConnect(policies, { from, to, port: asked });
          expect(allowed).toBe(plainlyAllowed(policies, { from, to, port: asked }));
          if (allowed) yes++;
          else no++;
        },
      ),
      { numRuns: 3_000, seed: 8 },
    );
    // A generator that only ever makes one answer would prove nothing.
    expect(Math.min(yes, no)).toBeGreaterThan(400);
  });

  it('is not changed by policies elsewhere, and of what one policy allows no other takes anything away', () => {
    fc.assert(
      fc.property(
        fc.array(policy, { maxLength: 3 }),
        policy,
        end,
        end,
        port,
        (policies, added, from, to, asked) => {
          const connection = { from, to, port: asked };
          const before = canConnect(policies, connection);
          const elsewhere = { ...added, metadata: { ...added.metadata, namespace: 'elsewhere' } };
          expect(canConnect([...policies, elsewhere], connection)).toEqual(before);
          const after = canConnect([added, ...policies], connection);
          for (const side of ['egress', 'ingress'] as const) {
            const isIsolated = (before[side]?.policies.length ?? 0) > 0;
            if (isIsolated && before[side]?.allowed === true) expect(after[side]?.allowed).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

const web: PodEnd = {
  kind: 'pod',
  type: 'pod',
  name: 'web',
  namespace: 'dev',
  labels: { app: 'web' },
  namespaceLabels: { 'kubernetes.io/metadata.name': 'dev' },
  addresses: ['10.244.0.5'],
  hostAddresses: ['172.18.0.2'],
  hostNetwork: false,
  ports: [{ name: 'http', number: 8080, protocol: 'TCP' }],
};
const outside: End = { kind: 'address', address: '203.0.113.7' };
const http: Port = { protocol: 'TCP', number: 8080 };

function isolating(ingress: NetworkPolicy['spec']['ingress'] = []): NetworkPolicy {
  return {
    metadata: { name: 'p', namespace: 'dev' },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress },
  };
}

describe('at the edges', () => {
  it.each([
    ['itself', { ...web }, 'samePod'],
    ['itself by its address', { kind: 'address', address: '10.244.0.5' } as End, 'samePod'],
    ['its node', { kind: 'address', address: '172.18.0.2' } as End, 'ownNode'],
    ['a pod on the network of its node', { ...web, name: 'agent', hostNetwork: true }, 'ownNode'],
  ])('a pod always hears %s', (_who, from, always) => {
    expect(canConnect([isolating()], { from, to: web, port: http })).toEqual({ allowed: true, always });
  });

  it('two pods of one deployment are not one pod', () => {
    const made = { ...web, type: 'deployment' };
    expect(canConnect([isolating()], { from: made, to: made, port: http }).allowed).toBe(false);
  });

  it.each([
    ['no rule', undefined, false],
    ['a rule about nothing', [{}], true],
    ['all of a protocol', [{ ports: [{ protocol: 'TCP' as const }] }], true],
    ['another protocol', [{ ports: [{ protocol: 'UDP' as const }] }], false],
    ['one port', [{ ports: [{ port: 80 }] }], false],
    ['every port by its number', [{ ports: [{ port: 1, endPort: 65_535 }] }], true],
    ['a name, which is one port', [{ ports: [{ port: 'http' }] }], false],
  ])('any TCP port is allowed by %s: %#', (_what, ingress, allowed) => {
    const port: Port = { protocol: 'TCP', number: undefined };
    expect(canConnect([isolating(ingress)], { from: outside, to: web, port }).allowed).toBe(allowed);
  });

  it('blocks of IPv6 addresses hold IPv6 addresses only', () => {
    const policies = [isolating([{ from: [{ ipBlock: { cidr: '::/0', except: ['2001:db8::/32'] } }] }])];
    const from = (text: string): End => ({ kind: 'address', address: text });
    const allowed = ['2001:db9::1', '2001:db8::1', '203.0.113.7'].map(
      (text) => canConnect(policies, { from: from(text), to: web, port: http }).allowed,
    );
    expect(allowed).toEqual([true, false, false]);
  });

  it('leading zeros of a block are none', () => {
    const policies = [isolating([{ from: [{ ipBlock: { cidr: '010.0.0.0/08' } }] }])];
    const allowed = ['10.1.2.3', '8.0.0.1'].map(
      (address) => canConnect(policies, { from: { kind: 'address', address }, to: web, port: http }).allowed,
    );
    expect(allowed).toEqual([true, false]);
  });

  it('what hangs on an address that nobody knows is not allowed, and said to be unsure', () => {
    const from = { ...web, name: 'new', addresses: [] };
    const block = { ipBlock: { cidr: '10.0.0.0/8' } };
    const judge = (ingress: NetworkPolicy['spec']['ingress']) =>
      canConnect([isolating(ingress)], { from, to: web, port: http }).ingress;
    expect(judge([{ from: [block] }])).toMatchObject({ allowed: false, unsure: true });
    expect(judge([{ from: [block], ports: [{ port: 1 }] }])).toMatchObject({ allowed: false, unsure: false });
    expect(judge([{ from: [block, { podSelector: {} }] }])).toMatchObject({ allowed: true, unsure: false });
  });
});
