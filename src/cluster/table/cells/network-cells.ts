import { timeSince } from '../human-duration.ts';
import { firstThree, formatLabels, formatSelector, loadBalancerAddresses } from './format.ts';
import { at, type Cell, creationTimestamp, list, name, orNone, text } from './read.ts';

// Source of all: Kubernetes pkg/printers/internalversion/printers.go.

export function serviceCells(service: unknown, now: number): readonly Cell[] {
  return [
    name(service),
    text(service, 'spec', 'type'),
    orNone(text(service, 'spec', 'clusterIP')),
    externalAddress(service),
    orNone(list(service, 'spec', 'ports').map(servicePort).join(',')),
    timeSince(creationTimestamp(service), now),
    formatLabels(at(service, 'spec', 'selector')),
  ];
}

function servicePort(port: unknown): string {
  const nodePort = text(port, 'nodePort');
  const hasNodePort = nodePort !== '' && nodePort !== '0';
  return `${text(port, 'port')}${hasNodePort ? `:${nodePort}` : ''}/${text(port, 'protocol')}`;
}

function externalAddress(service: unknown): string {
  const externalIPs = list(service, 'spec', 'externalIPs').map(String);
  switch (text(service, 'spec', 'type')) {
    case 'ExternalName':
      return text(service, 'spec', 'externalName');
    case 'LoadBalancer': {
      const balancer = loadBalancerAddresses(service);
      return [...(balancer === '' ? [] : [balancer]), ...externalIPs].join(',') || '<pending>';
    }
    default:
      return orNone(externalIPs.join(','));
  }
}

export function ingressCells(ingress: unknown, now: number): readonly Cell[] {
  const hosts = list(ingress, 'spec', 'rules')
    .map((rule) => text(rule, 'host'))
    .filter((host) => host !== '');
  return [
    name(ingress),
    orNone(text(ingress, 'spec', 'ingressClassName')),
    firstThree(hosts, '*'),
    loadBalancerAddresses(ingress),
    list(ingress, 'spec', 'tls').length > 0 ? '80, 443' : '80',
    timeSince(creationTimestamp(ingress), now),
  ];
}

export function networkPolicyCells(policy: unknown, now: number): readonly Cell[] {
  return [
    name(policy),
    formatSelector(at(policy, 'spec', 'podSelector')),
    timeSince(creationTimestamp(policy), now),
  ];
}

export function endpointsCells(endpoints: unknown, now: number): readonly Cell[] {
  const addresses = list(endpoints, 'subsets').flatMap(subsetAddresses);
  return [name(endpoints), firstThree(addresses, '<none>'), timeSince(creationTimestamp(endpoints), now)];
}

function subsetAddresses(subset: unknown): readonly string[] {
  const ips = list(subset, 'addresses').map((address) => text(address, 'ip'));
  const ports = list(subset, 'ports').map((port) => text(port, 'port'));
  if (ports.length === 0) return ips;
  return ports.flatMap((port) => ips.map((ip) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)));
}

export function endpointSliceCells(slice: unknown, now: number): readonly Cell[] {
  const ports = list(slice, 'ports').map((port) => text(port, 'port') || '*');
  const addresses = list(slice, 'endpoints').flatMap((endpoint) => list(endpoint, 'addresses').map(String));
  return [
    name(slice),
    text(slice, 'addressType'),
    firstThree(ports, '<unset>'),
    firstThree(addresses, '<unset>'),
    timeSince(creationTimestamp(slice), now),
  ];
}

export function ingressClassCells(ingressClass: unknown, now: number): readonly Cell[] {
  const parameters = at(ingressClass, 'spec', 'parameters');
  return [
    name(ingressClass),
    text(ingressClass, 'spec', 'controller'),
    parameters === undefined
      ? '<none>'
      : `${qualified(parameters, 'kind', 'apiGroup')}/${text(parameters, 'name')}`,
    timeSince(creationTimestamp(ingressClass), now),
  ];
}

/** The API has two columns and sends three cells; so do we. */
export function ipAddressCells(address: unknown, now: number): readonly Cell[] {
  const parent = at(address, 'spec', 'parentRef');
  const path = [
    qualified(parent, 'resource', 'group').toLowerCase(),
    text(parent, 'namespace'),
    text(parent, 'name'),
  ];
  return [
    name(address),
    parent === undefined ? '<none>' : path.filter((part) => part !== '').join('/'),
    timeSince(creationTimestamp(address), now),
  ];
}

export function serviceCidrCells(range: unknown, now: number): readonly Cell[] {
  return [
    name(range),
    list(range, 'spec', 'cidrs').map(String).join(','),
    timeSince(creationTimestamp(range), now),
  ];
}

/** `what.group`, or `what` alone for the core group. */
function qualified(reference: unknown, what: string, group: string): string {
  return [text(reference, what), text(reference, group)].filter((part) => part !== '').join('.');
}
