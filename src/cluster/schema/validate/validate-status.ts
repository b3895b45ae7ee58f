import { isIP } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { dns1123SubdomainErrors, type FieldError, fieldError, labelKeyErrors } from '../../../kube/index.ts';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { lenientAddressErrors } from '../addresses.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';
import { canonicalQuantity } from '../quantity.ts';
import { all, duplicateErrors, each, invalidFor, isAbsent, member, type Rule, within } from './rules.ts';
import { amountErrors, amountNameErrors } from './storage/volume-spec.ts';
import { nonNegativeErrors } from './validate-numbers.ts';
import { quotaAmountErrors } from './validate-resource-quota.ts';
import { workloadStatuses } from './validate-workload-status.ts';

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

const quota: Rule = (status, path) => [
  ...quotaAmountErrors(status['hard'], `${path}.hard`),
  ...quotaAmountErrors(status['used'], `${path}.used`),
];

/** An address of a node is told once. Its amounts are named without brackets. */
const node: Rule = (status, path) => [
  ...['capacity', 'allocatable'].flatMap((field) =>
    Object.entries(asJsonObject(status[field])).flatMap(([name, value]) => {
      const place = `${path}.${field}.${name}`;
      const amount = canonicalQuantity(String(value));
      if (amount.startsWith('-'))
        return [fieldError.invalid(place, amount, 'must be greater than or equal to 0')];
      const isCounted = name === 'pods' || (name.includes('/') && !name.includes('kubernetes.io/'));
      return isCounted && /[mun]$/.test(amount)
        ? [fieldError.invalid(place, amount, 'must be an integer')]
        : [];
    }),
  ),
  ...asJsonArray(status['addresses']).flatMap((address, index, all) =>
    all.slice(0, index).some((other) => isDeepStrictEqual(other, address))
      ? [fieldError.duplicate(`${path}.addresses[${index}]`, addressShown(asJsonObject(address)))]
      : [],
  ),
];

function addressShown({ type = '', address = '' }: Json): Json {
  return { Type: type, Address: address };
}

/** None of the numbers is less than nothing. */
function counts(...fields: readonly string[]): Rule {
  return (status, path) => fields.flatMap((field) => nonNegativeErrors(status, field, path));
}

const truths = ['False', 'True', 'Unknown'];

/** Source: apimachinery/pkg/apis/meta/v1/validation ValidateConditions. */
const conditions: Rule = (status, path) => {
  const seen = new Set<unknown>();
  return asJsonArray(status['conditions'])
    .map(asJsonObject)
    .flatMap((condition, index) => {
      const { type = '', status: truth = '' } = condition;
      const place = `${path}.conditions[${index}]`;
      const errors = invalidFor(type, `${place}.type`, labelKeyErrors);
      if (seen.has(type)) errors.push(fieldError.duplicate(`${place}.type`, type));
      seen.add(type);
      if (!truths.includes(String(truth)))
        errors.push(fieldError.notSupported(`${place}.status`, truth, truths));
      errors.push(...nonNegativeErrors(condition, 'observedGeneration', place));
      if (isAbsent(condition['lastTransitionTime']))
        errors.push(fieldError.required(`${place}.lastTransitionTime`));
      return [...errors, ...reasonErrors(condition['reason'] ?? '', `${place}.reason`)];
    });
};

const reasonRule =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', " +
  "and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  " +
  "or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')";

function reasonErrors(reason: unknown, path: string): FieldError[] {
  if (reason === '') return [fieldError.required(path)];
  return /^[A-Za-z](?:[A-Za-z0-9_,:]*[A-Za-z0-9_])?$/.test(String(reason))
    ? []
    : [fieldError.invalid(path, reason, reasonRule)];
}

/** Conditions of flow control have types, each its own. */
const flowConditions: Rule = (status, path) => {
  const types = asJsonArray(status['conditions']).map((each) => asJsonObject(each)['type'] ?? '');
  const place = (index: number) => `${path}.conditions[${index}].type`;
  return [
    ...duplicateErrors(types, place),
    ...types.flatMap((type, index) => (type === '' ? [fieldError.required(place(index))] : [])),
  ];
};

const budget: Rule = all(
  conditions,
  counts('disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'),
);

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['/PersistentVolumeClaim', claim],
  ['/Service', balanced],
  ['/ResourceQuota', quota],
  ['/Node', node],
  ['policy/PodDisruptionBudget', budget],
  ['flowcontrol.apiserver.k8s.io/FlowSchema', flowConditions],
  ['flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration', flowConditions],
  ['networking.k8s.io/Ingress', balanced],
  ['storage.k8s.io/VolumeAttachment', attachment],
  ...workloadStatuses,
]);

/** What is wrong with a status that a controller, or somebody in its place, writes. */
export function validateStatus(type: ResourceType, object: KubeObject): FieldError[] {
  const status: Json = asJsonObject(object['status']);
  if (type.group === '' && type.kind === 'Namespace') return phaseErrors(object, status['phase'] ?? '');
  return rules.get(`${type.group}/${type.kind}`)?.(status, 'status') ?? [];
}

/** Kubernetes writes this name with a capital. Source: ValidateNamespaceStatusUpdate. */
function phaseErrors({ metadata }: KubeObject, phase: unknown): FieldError[] {
  const isGoing = metadata.deletionTimestamp !== undefined;
  if (phase === '' || phase === (isGoing ? 'Terminating' : 'Active')) return [];
  const detail = isGoing
    ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
    : "may only be 'Active' if `deletionTimestamp` is empty";
  return [fieldError.invalid('status.Phase', phase, detail)];
}
