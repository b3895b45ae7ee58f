import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../src/cluster/resources/index.ts';
import { warningsOf } from '../../../../src/cluster/schema/index.ts';
import { typeOf } from '../../type-of.ts';

function warnings(path: string, object: object): readonly string[] {
  return warningsOf(typeOf(path), { metadata: { name: 'a' }, ...object } as KubeObject);
}

/** Each row is what kube-apiserver 1.35 sends as Warning headers. */
describe('who writes is told of', () => {
  it.each([
    [
      'a distribution of traffic that has another name now',
      '/v1/services',
      { spec: { trafficDistribution: 'PreferClose' } },
      ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'],
    ],
    [
      'addresses in old ways',
      '/v1/services',
      { spec: { externalIPs: ['010.1.1.1', '::ffff:1.2.3.4'], loadBalancerSourceRanges: ['10.0.0.5/8'] } },
      [
        'spec.externalIPs[0]: non-standard IP address "010.1.1.1" will be considered invalid in a future Kubernetes release: use "10.1.1.1"',
        'spec.externalIPs[1]: non-standard IP address "::ffff:1.2.3.4" will be considered invalid in a future Kubernetes release: use "1.2.3.4"',
        'spec.loadBalancerSourceRanges[0]: CIDR value "10.0.0.5/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.5/32"?)',
      ],
    ],
    [
      'what a headless service does not heed',
      '/v1/services',
      {
        spec: { clusterIP: 'None', loadBalancerIP: '1.2.3.4', externalIPs: ['1.2.3.4'], externalName: 'a.b' },
      },
      [
        'spec.loadBalancerIP is ignored for headless services',
        'spec.externalIPs is ignored for headless services',
        'spec.externalName is ignored when spec.type is not "ExternalName"',
      ],
    ],
    [
      'an annotation instead of a class',
      'networking.k8s.io/v1/ingresses',
      { metadata: { annotations: { 'kubernetes.io/ingress.class': 'x' } } },
      [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`],
    ],
    [
      'a range that is hardly meant',
      'networking.k8s.io/v1/networkpolicies',
      { spec: { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/08' } }] }] } },
      [
        'spec.egress[0].to[0].ipBlock.cidr: non-standard CIDR value "10.0.0.0/08" will be considered invalid in a future Kubernetes release: use "10.0.0.0/8"',
      ],
    ],
    [
      'sources that nothing mounts',
      '/v1/persistentvolumes',
      { spec: { rbd: {}, persistentVolumeReclaimPolicy: 'Recycle' } },
      [
        'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        'spec.rbd: deprecated in v1.28, non-functional in v1.31+',
      ],
    ],
    [
      'parts of a byte',
      '/v1/persistentvolumeclaims',
      { spec: { resources: { requests: { storage: '100m' } } } },
      ['spec.resources.requests[storage]: fractional byte value "100m" is invalid, must be an integer'],
    ],
    [
      'old labels',
      'storage.k8s.io/v1/storageclasses',
      {
        allowedTopologies: [
          { matchLabelExpressions: [{ key: 'failure-domain.beta.kubernetes.io/zone', values: ['a'] }] },
        ],
      },
      [
        'allowedTopologies[0].matchLabelExpressions[0].key: deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
      ],
    ],
    [
      'tokens in a log',
      'storage.k8s.io/v1/csidrivers',
      { spec: { tokenRequests: [{ audience: '' }] } },
      [
        'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
      ],
    ],
    [
      'a field that nobody reads',
      '/v1/nodes',
      { spec: { externalID: 'x', podCIDR: '10.244.0.1/24' } },
      [
        'spec.externalID: this field is deprecated, and is unused by Kubernetes',
        'spec.podCIDRs[0]: CIDR value "10.244.0.1/24" is ambiguous in this context (should be "10.244.0.0/24" or "10.244.0.1/32"?)',
      ],
    ],
    [
      'a secret without a certificate',
      '/v1/secrets',
      { type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } },
      ['tls: failed to find any PEM data in certificate input'],
    ],
    ['nothing', '/v1/services', { spec: { clusterIPs: ['10.96.0.1'], externalIPs: ['2001:db8::1'] } }, []],
  ])('%s', (_, path, object, expected) => {
    expect(warnings(path, object)).toEqual(expected);
  });

  it('nothing of a key that has no certificate to compare with', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = Buffer.from(privateKey.export({ type: 'sec1', format: 'pem' })).toString('base64');
    const crt = Buffer.from('-----BEGIN CERTIFICATE-----\n').toString('base64');
    expect(
      warnings('/v1/secrets', { type: 'kubernetes.io/tls', data: { 'tls.crt': crt, 'tls.key': key } }),
    ).toEqual([]);
  });
});
