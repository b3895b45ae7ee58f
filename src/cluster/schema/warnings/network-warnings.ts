import { isDeepStrictEqual } from 'node:util';
import { goQuote } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { parseAddress, parseRange } from '../addresses.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';

const outdated = 'will be considered invalid in a future Kubernetes release';

/** Source: Kubernetes apimachinery/pkg/util/validation GetWarningsForIP. */
export function addressWarnings(value: unknown, path: string): string[] {
  const text = String(value);
  const address = parseAddress(text);
  if (address === undefined || address.canonical === text) return [];
  const [shown, wanted] = [goQuote(text), goQuote(address.canonical)];
  if (address.family === 4) return [`${path}: non-standard IP address ${shown} ${outdated}: use ${wanted}`];
  return [`${path}: IPv6 address ${shown} should be in RFC 5952 canonical format (${wanted})`];
}

/** Source: GetWarningsForCIDR. */
export function rangeWarnings(value: unknown, path: string): string[] {
  const text = String(value);
  const range = parseRange(text);
  if (range === undefined) return [];
  const { address, canonical, given } = range;
  const shown = goQuote(text);
  const [host = '', length = ''] = text.split('/');
  const isOdd = /^0\d/.test(length) || (address.family === 4 && host !== address.canonical);
  if (isOdd) return [`${path}: non-standard CIDR value ${shown} ${outdated}: use ${goQuote(canonical)}`];
  if (canonical !== given) {
    const one = `${address.canonical}/${address.family === 4 ? 32 : 128}`;
    const question = `(should be ${goQuote(canonical)} or ${goQuote(one)}?)`;
    return [`${path}: CIDR value ${shown} is ambiguous in this context ${question}`];
  }
  if (canonical === text) return [];
  return [`${path}: IPv6 CIDR value ${shown} should be in RFC 5952 canonical format (${goQuote(canonical)})`];
}

/** Source: pkg/api/service/warnings.go GetWarningsForService. */
export function serviceWarnings(service: KubeObject): string[] {
  const spec = asJsonObject(service['spec']);
  const annotations = asJsonObject(service.metadata.annotations);
  const isNamed = spec['type'] === 'ExternalName';
  const ips = asJsonArray(spec['externalIPs']);
  const warnings: string[] = [];
  if (annotations['service.kubernetes.io/topology-aware-hints'] !== undefined)
    warnings.push(
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    );
  if (spec['clusterIP'] === 'None') {
    if (asText(spec['loadBalancerIP']) !== undefined)
      warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (ips.length > 0) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec['sessionAffinity'] === 'ClientIP')
      warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  warnings.push(
    ...asJsonArray(spec['clusterIPs']).flatMap((ip, index) =>
      addressWarnings(ip, `spec.clusterIPs[${index}]`),
    ),
    ...ips.flatMap((ip, index) => addressWarnings(ip, `spec.externalIPs[${index}]`)),
    ...addressWarnings(spec['loadBalancerIP'] ?? '', 'spec.loadBalancerIP'),
    ...asJsonArray(spec['loadBalancerSourceRanges']).flatMap((range, index) =>
      rangeWarnings(range, `spec.loadBalancerSourceRanges[${index}]`),
    ),
  );
  if (isNamed && ips.length > 0)
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (!isNamed && asText(spec['externalName']) !== undefined)
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (spec['trafficDistribution'] === 'PreferClose')
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  return warnings;
}

export function endpointsWarnings(endpoints: KubeObject): string[] {
  return asJsonArray(endpoints['subsets']).flatMap((subset, index) =>
    ['addresses', 'notReadyAddresses'].flatMap((list) =>
      asJsonArray(asJsonObject(subset)[list]).flatMap((each, at) =>
        addressWarnings(asJsonObject(each)['ip'], `subsets[${index}].${list}[${at}].ip`),
      ),
    ),
  );
}

/** Source: pkg/registry/discovery/endpointslice/strategy.go. */
export function endpointSliceWarnings(slice: KubeObject): string[] {
  if (slice['addressType'] === 'FQDN') return ['spec.addressType: FQDN endpoints are deprecated'];
  return asJsonArray(slice['endpoints']).flatMap((endpoint, index) =>
    asJsonArray(asJsonObject(endpoint)['addresses']).flatMap((address, at) =>
      addressWarnings(address, `endpoints[${index}].addresses[${at}]`),
    ),
  );
}

/** Source: pkg/registry/networking/ingress/strategy.go. */
export function ingressWarnings(ingress: KubeObject): string[] {
  const name = 'kubernetes.io/ingress.class';
  return asJsonObject(ingress.metadata.annotations)[name] === undefined
    ? []
    : [`annotation "${name}" is deprecated, please use 'spec.ingressClassName' instead`];
}

/** Source: pkg/registry/networking/networkpolicy/strategy.go. What an update leaves as it is is not told again. */
export function networkPolicyWarnings(policy: KubeObject, old: KubeObject | undefined): string[] {
  if (old !== undefined && isDeepStrictEqual(policy['spec'], old['spec'])) return [];
  const spec = asJsonObject(policy['spec']);
  return (
    [
      ['ingress', 'from'],
      ['egress', 'to'],
    ] as const
  ).flatMap(([direction, peers]) =>
    asJsonArray(spec[direction]).flatMap((rule, index) =>
      asJsonArray(asJsonObject(rule)[peers]).flatMap((peer, at) => {
        const path = `spec.${direction}[${index}].${peers}[${at}].ipBlock`;
        const { cidr, except } = asJsonObject(asJsonObject(peer)['ipBlock']);
        return [
          ...rangeWarnings(cidr, `${path}.cidr`),
          ...asJsonArray(except).flatMap((each, place) => rangeWarnings(each, `${path}.except[${place}]`)),
        ];
      }),
    ),
  );
}
