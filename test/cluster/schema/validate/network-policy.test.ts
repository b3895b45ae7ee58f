import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

describe('network policies', () => {
  const from = (peer: object) => ({ ingress: [{ from: [peer] }] });
  const path = 'spec.ingress[0].from[0]';
  const cidrRule = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

  it.each([
    [from({}), [`${path}: Required value: must specify a peer`]],
    [
      from({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }),
      [`${path}: Forbidden: may not specify both ipBlock and another peer`],
    ],
    [from({ ipBlock: {} }), [`${path}.ipBlock.cidr: Required value`]],
    [
      from({ ipBlock: { cidr: '10.0.0.0' } }),
      [`${path}.ipBlock.cidr: Invalid value: "10.0.0.0": ${cidrRule}`],
    ],
    [
      from({ ipBlock: { cidr: '10.0.0.0/33' } }),
      [`${path}.ipBlock.cidr: Invalid value: "10.0.0.0/33": ${cidrRule}`],
    ],
    [from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }), []],
    [from({ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } }), []],
    [
      from({ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }),
      [`${path}.ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of \`cidr\``],
    ],
    [
      from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }),
      [`${path}.ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of \`cidr\``],
    ],
    [
      from({ ipBlock: { cidr: '10.0.0.0/8', except: ['2001:db8::/32'] } }),
      [`${path}.ipBlock.except[0]: Invalid value: "2001:db8::/32": must be a strict subset of \`cidr\``],
    ],
    [
      { ingress: [{ ports: [{ port: 70_000 }] }] },
      ['spec.ingress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    ],
    [
      { ingress: [{ ports: [{ port: 80, endPort: 70 }] }] },
      ['spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`'],
    ],
    [
      { ingress: [{ ports: [{ endPort: 70 }] }] },
      [
        'spec.ingress[0].ports[0].endPort: Invalid value: 70: may not be specified when `port` is not specified',
      ],
    ],
    [
      { policyTypes: ['Sideways'] },
      ['spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Ingress", "Egress"'],
    ],
    [{ egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 'http', protocol: 'UDP' }] }] }, []],
  ])('%j', (spec, expected) => {
    expect(errors('networking.k8s.io/v1/networkpolicies', { spec })).toEqual(expected);
  });
});
