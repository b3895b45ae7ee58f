import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

describe('services', () => {
  it.each([
    [{}, ['spec.ports: Required value']],
    [{ clusterIP: 'None' }, []],
    [{ type: 'ExternalName' }, ['spec.externalName: Required value']],
    [
      { type: 'Magic', ports: [{ port: 80 }] },
      [
        'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    [
      { ports: [{ port: 0 }] },
      [
        expect.stringContaining(
          'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        ),
        expect.stringContaining('targetPort'),
      ],
    ],
    [{ ports: [{ port: 1 }, { port: 2, name: 'b' }] }, ['spec.ports[0].name: Required value']],
    [
      {
        ports: [
          { port: 1, name: 'b' },
          { port: 2, name: 'b' },
        ],
      },
      ['spec.ports[1].name: Duplicate value: "b"'],
    ],
    [
      {
        ports: [
          { port: 1, name: 'a' },
          { port: 1, name: 'b' },
        ],
      },
      [
        'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":1,"TargetPort":0,"NodePort":0}',
      ],
    ],
    [
      { clusterIP: 'here', ports: [{ port: 1 }] },
      [
        'spec.clusterIPs[0]: Invalid value: "here": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      { type: 'NodePort', ports: [{ port: 1, nodePort: 80 }] },
      [
        'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
      ],
    ],
    [
      { ports: [{ port: 1, nodePort: 30_000 }] },
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    [
      { ports: [{ port: 1, name: 'Web' }] },
      [expect.stringMatching(/^spec\.ports\[0\]\.name: Invalid value: "Web": a lowercase RFC 1123 label/)],
    ],
    [
      // The defaults drop it (recorded).
      { ports: [{ port: 1 }], sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } },
      [],
    ],
    [
      {
        ports: [{ port: 1 }],
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 90_000 } },
      },
      [
        'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 90000: must be greater than 0 and less than 86400',
      ],
    ],
    [
      { ports: [{ port: 1 }], externalTrafficPolicy: 'Local' },
      [
        'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
      ],
    ],
    [
      { ports: [{ port: 1 }], loadBalancerSourceRanges: ['10.0.0.0/8'] },
      ["spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'"],
    ],
    [
      { type: 'ExternalName', externalName: 'a_b' },
      [expect.stringMatching(/^spec\.externalName: Invalid value: "a_b": a lowercase RFC 1123 subdomain/)],
    ],
    [{ type: 'ExternalName', externalName: 'example.com.' }, []],
  ])('%j', (spec, expected) => {
    expect(errors('/v1/services', { spec })).toEqual(expected);
  });

  it('keep their address', () => {
    const spec = { ports: [{ port: 80 }], clusterIP: '10.0.0.2' };
    expect(errors('/v1/services', { spec }, { spec: { ...spec, clusterIP: '10.0.0.1' } })).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set',
    ]);
  });
});
