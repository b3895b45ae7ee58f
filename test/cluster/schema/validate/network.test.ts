import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

/** Each row is an answer of kube-apiserver 1.35. */
type Row = readonly [title: string, object: object, old: object | undefined, expected: readonly unknown[]];

const wrongAddress = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const wrongRange = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

describe('services', () => {
  const service = (each: object) => ({
    spec: { clusterIP: '10.96.0.9', ipFamilyPolicy: 'SingleStack', ports: [{ port: 80 }], ...each },
  });

  it.each<Row>([
    [
      'a port that is none',
      service({
        ports: [
          { name: 'a', port: 0 },
          { port: 80, appProtocol: '' },
        ],
      }),
      undefined,
      [
        'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive',
        'spec.ports[1].name: Required value',
        'spec.ports[1].appProtocol: Invalid value: "": name part must be non-empty',
        expect.stringContaining('spec.ports[1].appProtocol: Invalid value: "": name part must consist'),
      ],
    ],
    [
      'a port twice',
      service({
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 80 },
        ],
      }),
      undefined,
      [
        'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
      ],
    ],
    [
      'policies that there are not',
      service({ internalTrafficPolicy: '', trafficDistribution: 'Odd', ipFamilyPolicy: 'Odd' }),
      undefined,
      [
        'spec.ipFamilyPolicy: Unsupported value: "Odd": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
        'spec.internalTrafficPolicy: Unsupported value: "": supported values: "Cluster", "Local"',
        'spec.trafficDistribution: Unsupported value: "Odd": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"',
      ],
    ],
    [
      'a family that the cluster has not',
      service({ ipFamilies: ['IPv6'] }),
      undefined,
      ['spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
    ],
    [
      'two families at once',
      service({ ipFamilies: ['IPv4', 'IPv6'] }),
      undefined,
      [
        "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
      ],
    ],
    [
      'both stacks',
      service({ ipFamilyPolicy: 'RequireDualStack' }),
      undefined,
      [
        'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
      ],
    ],
    [
      'addresses of nobody',
      service({ externalIPs: ['127.0.0.1', '0.0.0.0', '169.254.1.1', '224.0.0.1', 'x', '010.1.1.1'] }),
      undefined,
      [
        'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
        'spec.externalIPs[1]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
        'spec.externalIPs[2]: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
        'spec.externalIPs[3]: Invalid value: "224.0.0.1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
        `spec.externalIPs[4]: Invalid value: "x": ${wrongAddress}`,
      ],
    ],
    [
      'a balancer that is none',
      service({ type: 'LoadBalancer', loadBalancerClass: 'Bad!', loadBalancerSourceRanges: ['10.0.0.0/33'] }),
      undefined,
      [
        `spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0/33": ${wrongRange}`,
        expect.stringContaining('spec.loadBalancerClass: Invalid value: "Bad!": name part must consist'),
      ],
    ],
    [
      'a name of something elsewhere, with addresses',
      {
        spec: {
          type: 'ExternalName',
          externalName: 'a.example.com',
          clusterIPs: ['10.96.0.9'],
          ipFamilies: ['IPv4'],
        },
      },
      undefined,
      [
        'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
        'spec.ipFamilies: Forbidden: may not be set for ExternalName services',
      ],
    ],
    [
      'addresses without the first',
      { spec: { clusterIPs: ['10.96.0.9'], ports: [{ port: 80 }] } },
      undefined,
      ['spec.clusterIPs: Invalid value: ["10.96.0.9"]: must be empty when `clusterIP` is not specified'],
    ],
  ])('%s', (_, object, old, expected) => {
    expect(errors('/v1/services', object, old)).toEqual(expected);
  });
});

describe('endpoints', () => {
  it('are at addresses of somebody', () => {
    const address = { ip: 'x', nodeName: '' };
    expect(
      errors('/v1/endpoints', {
        subsets: [{ addresses: [address, { ip: '169.254.1.1' }, { ip: '127.0.0.1' }] }],
      }),
    ).toEqual([
      `subsets[0].addresses[0].ip: Invalid value: "x": ${wrongAddress}`,
      'subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address',
      expect.stringContaining(
        'subsets[0].addresses[0].nodeName: Invalid value: "": a lowercase RFC 1123 subdomain',
      ),
      'subsets[0].addresses[1].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ]);
  });

  const slice = (addressType: string, ...addresses: string[]) => ({
    addressType,
    endpoints: [{ addresses }],
  });

  it.each<Row>([
    ['of no family', slice('', 'a'), undefined, ['addressType: Required value']],
    [
      'of a family that there is not',
      slice('IP', '10.1.1.1'),
      undefined,
      ['addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"'],
    ],
    [
      'of the other family',
      slice('IPv4', 'fd00::1'),
      undefined,
      ['endpoints[0].addresses: Invalid value: "fd00::1": must be an IPv4 address'],
    ],
    [
      'in other words',
      slice('IPv6', 'fd00:0::1'),
      undefined,
      ['endpoints[0].addresses[0]: Invalid value: "fd00:0::1": must be in canonical form ("fd00::1")'],
    ],
    [
      'for many places',
      {
        ...slice('IPv4', '10.1.1.1'),
        endpoints: [{ addresses: ['10.1.1.1'], hints: { forZones: [{ name: 'a' }, { name: 'a' }, {}] } }],
      },
      undefined,
      ['endpoints[0].hints.forZones[1].name: Duplicate value: "a"'],
    ],
    [
      'that were there before',
      slice('IPv6', '10.1.1.1'),
      slice('IPv4', '10.1.1.1'),
      ['addressType: Invalid value: "IPv6": field is immutable'],
    ],
  ])('%s', (_, object, old, expected) => {
    expect(errors('discovery.k8s.io/v1/endpointslices', object, old)).toEqual(expected);
  });
});

describe('ways in and out', () => {
  it.each<Row>([
    [
      'a class of ingresses',
      {
        spec: {
          controller: 'x'.repeat(251),
          parameters: { kind: 'a/b', name: 'n', scope: 'Odd', namespace: 'A' },
        },
      },
      undefined,
      [
        'spec.controller: Too long: may not be more than 250 bytes',
        expect.stringContaining('must be a domain-prefixed path'),
        `spec.parameters.kind: Invalid value: "a/b": may not contain '/'`,
        expect.stringContaining('spec.parameters.namespace: Invalid value: "A": a lowercase RFC 1123 label'),
        'spec.parameters.scope: Unsupported value: "Odd": supported values: "Cluster", "Namespace"',
      ],
    ],
    [
      'its controller for good',
      { spec: { controller: 'other' } },
      { spec: { controller: 'a.io/b' } },
      [
        'spec.controller: Invalid value: "other": field is immutable',
        'spec.controller: Invalid value: "other": must be a domain-prefixed path (such as "acme.io/foo")',
      ],
    ],
  ])('%s', (_, object, old, expected) => {
    expect(errors('networking.k8s.io/v1/ingressclasses', object, old)).toEqual(expected);
  });

  it('a policy of ranges that were written in old ways', () => {
    const ports = [{ port: 80, endPort: 70, protocol: 'Odd' }];
    const from = (cidr: string, ...except: string[]) => ({ from: [{ ipBlock: { cidr, except } }] });
    const spec = { podSelector: {}, policyTypes: ['Ingress', 'Odd'] };
    const rules = [
      { ports },
      from('010.0.0.0/08', '10.1.0.0/16'),
      from('x'),
      from('10.0.0.1/8', '11.0.0.0/16'),
    ];
    expect(errors('networking.k8s.io/v1/networkpolicies', { spec: { ...spec, ingress: rules } })).toEqual([
      'spec.ingress[0].ports[0].protocol: Unsupported value: "Odd": supported values: "TCP", "UDP", "SCTP"',
      'spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`',
      `spec.ingress[2].from[0].ipBlock.cidr: Invalid value: "x": ${wrongRange}`,
      'spec.ingress[3].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
      'spec.policyTypes[1]: Unsupported value: "Odd": supported values: "Ingress", "Egress"',
    ]);
  });

  it.each<Row>([
    ['none', { spec: {} }, undefined, ['spec.cidrs: Required value: at least one CIDR required']],
    [
      'with more than the prefix',
      { spec: { cidrs: ['10.50.0.1/16'] } },
      undefined,
      ['spec.cidrs[0]: Invalid value: "10.50.0.1/16": must not have bits set beyond the prefix length'],
    ],
    [
      'in other words',
      { spec: { cidrs: ['fd00:0::/112', '010.0.0.0/8'] } },
      undefined,
      [
        'spec.cidrs[0]: Invalid value: "fd00:0::/112": must be in canonical form ("fd00::/112")',
        'spec.cidrs[1]: Invalid value: "010.0.0.0/8": must not have leading 0s in IP or prefix length',
      ],
    ],
    [
      'of one family',
      { spec: { cidrs: ['10.50.0.0/16', '10.51.0.0/16'] } },
      undefined,
      [
        'spec.cidrs: Invalid value: ["10.50.0.0/16","10.51.0.0/16"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
      ],
    ],
    [
      'another',
      { spec: { cidrs: ['10.51.0.0/16'] } },
      { spec: { cidrs: ['10.50.0.0/16'] } },
      ['spec.cidrs[0]: Invalid value: "10.51.0.0/16": field is immutable'],
    ],
    [
      'one more',
      { spec: { cidrs: ['10.50.0.0/16', 'fd00::/112'] } },
      { spec: { cidrs: ['10.50.0.0/16'] } },
      [],
    ],
  ])('ranges of services: %s', (_, object, old, expected) => {
    expect(errors('networking.k8s.io/v1/servicecidrs', object, old)).toEqual(expected);
  });

  it.each([
    ['x', wrongAddress],
    ['010.1.1.1', 'must not have leading 0s'],
    ['2001:DB8::1', 'must be in canonical form ("2001:db8::1")'],
    ['::ffff:1.2.3.4', 'must not be an IPv4-mapped IPv6 address'],
  ])('an address by the name of %s', (name, detail) => {
    const spec = { parentRef: { resource: 'services', name: 's' } };
    expect(errors('networking.k8s.io/v1/ipaddresses', { metadata: { name }, spec })).toEqual([
      `metadata.name: Invalid value: "${name}": ${detail}`,
    ]);
  });
});
