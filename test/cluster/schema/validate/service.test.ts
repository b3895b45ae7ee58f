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
      ['spec.ports[1]: Duplicate value: {"protocol":"TCP","port":1}'],
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
