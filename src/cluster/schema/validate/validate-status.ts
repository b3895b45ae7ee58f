import { isIP } from 'node:net';
import { dns1123SubdomainErrors, type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { lenientAddressErrors } from '../addresses.ts';
import { asJsonObject } from '../json-object.ts';
import { all, each, invalidFor, member, type Rule, within } from './rules.ts';
import { amountErrors, amountNameErrors } from './storage/volume-spec.ts';

type Json = Record<string, unknown>;

const resizeStates = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
];

const claim: Rule = all(
  (status, path) => amountErrors(status['capacity'], `${path}.capacity`),
  (status, path) =>
    amountNameErrors(status['allocatedResourceStatuses'], `${path}.allocatedResourceStatuses`),
  (status, path) =>
    Object.entries(asJsonObject(status['allocatedResourceStatuses']))
      .filter(([, state]) => !resizeStates.includes(String(state)))
      .map(([name]) => fieldError.notSupported(`${path}.allocatedResourceStatuses`, name, resizeStates)),
  (status, path) => amountNameErrors(status['allocatedResources'], `${path}.allocatedResources`),
  (status, path) => amountErrors(status['allocatedResources'], `${path}.allocatedResources`),
);

const most32 = 2 ** 31 - 1;
const errorCode = within('errorCode', 0, most32, `must be between 0 and ${most32}, inclusive`);
const attachment: Rule = all(member('attachError', errorCode), member('detachError', errorCode));

/** Where a load balancer is reached. Source: ValidateLoadBalancerStatus, ValidateIngressLoadBalancerStatus. */
const balanced: Rule = member(
  'loadBalancer',
  each('ingress', ({ ip, hostname = '', ipMode }, path) => {
    const place = `${path}.hostname`;
    const isAddress = isIP(String(hostname)) !== 0;
    return [
      ...((ip ?? '') === '' ? [] : lenientAddressErrors(ip, `${path}.ip`)),
      ...modeErrors(String(ip ?? ''), ipMode, `${path}.ipMode`),
      ...(hostname === '' ? [] : invalidFor(hostname, place, dns1123SubdomainErrors)),
      ...(isAddress ? [fieldError.invalid(place, hostname, 'must be a DNS name, not an IP address')] : []),
    ];
  }),
);

function modeErrors(ip: string, mode: unknown, path: string): FieldError[] {
  if (mode === undefined) return [];
  if (ip === '') return [fieldError.forbidden(path, 'may not be specified when `ip` is not set')];
  return mode === 'VIP' || mode === 'Proxy' ? [] : [fieldError.notSupported(path, mode, ['Proxy', 'VIP'])];
}

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['/PersistentVolumeClaim', claim],
  ['/Service', balanced],
  ['networking.k8s.io/Ingress', balanced],
  ['storage.k8s.io/VolumeAttachment', attachment],
]);

/** What is wrong with a status that a controller, or somebody in its place, writes. */
export function validateStatus(type: ResourceType, object: KubeObject): FieldError[] {
  const status: Json = asJsonObject(object['status']);
  return rules.get(`${type.group}/${type.kind}`)?.(status, 'status') ?? [];
}
