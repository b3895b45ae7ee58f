import { isDeepStrictEqual } from 'node:util';
import {
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  labelKeyErrors,
} from '../../../../kube/index.ts';
import type { KubeObject } from '../../../resources/index.ts';
import { goInternal } from '../../go-internal.ts';
import { asJsonArray, asJsonObject } from '../../json-object.ts';
import { compareQuantities } from '../../quantity.ts';
import {
  all,
  duplicateErrors,
  each,
  invalidFor,
  member,
  oneOf,
  type Rule,
  required,
  within,
} from '../rules.ts';
import { nonNegativeErrors } from '../validate-numbers.ts';
import { selectorErrors } from '../validate-selector.ts';
import { driverName } from './volume-source.ts';

type Json = Record<string, unknown>;

const modes = ['Persistent', 'Ephemeral'];
const mostSeconds = 2 ** 32;

/** Tokens for a driver, one an audience. No audience is the API server's. */
const tokenRequests: Rule = (spec, path) => {
  const requests = asJsonArray(spec['tokenRequests']).map(asJsonObject);
  const place = (index: number) => `${path}.tokenRequests[${index}]`;
  const seen = new Set<unknown>();
  return requests.flatMap(({ audience = '', expirationSeconds: seconds }, index) => {
    const errors = seen.has(audience) ? [fieldError.duplicate(`${place(index)}.audience`, audience)] : [];
    seen.add(audience);
    if (typeof seconds !== 'number') return errors;
    const at = `${place(index)}.expirationSeconds`;
    if (seconds < 600)
      errors.push(fieldError.invalid(at, seconds, 'may not specify a duration less than 10 minutes'));
    if (seconds > mostSeconds - 1)
      errors.push(fieldError.invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds'));
    return errors;
  });
};

const driverSpec: Rule = all(
  oneOf('fsGroupPolicy', ['File', 'None', 'ReadWriteOnceWithFSType']),
  tokenRequests,
  (spec, path) =>
    asJsonArray(spec['volumeLifecycleModes'])
      .filter((mode) => !modes.includes(String(mode)))
      .map((mode) => fieldError.notSupported(`${path}.volumeLifecycleModes`, mode, modes)),
  within(
    'nodeAllocatableUpdatePeriodSeconds',
    10,
    Number.POSITIVE_INFINITY,
    'must be greater than or equal to 10 seconds',
  ),
);

/** Source: Kubernetes pkg/apis/storage/validation ValidateCSIDriver, ValidateCSIDriverUpdate. */
export function validateCsiDriver(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = driverSpec(spec, 'spec');
  if (oldSpec === undefined) return errors;
  // Kubernetes calls the first one otherwise here.
  for (const [field, shown] of [
    ['attachRequired', 'attachedRequired'],
    ['volumeLifecycleModes', 'volumeLifecycleModes'],
  ] as const) {
    if (!isDeepStrictEqual(spec[field], oldSpec[field]))
      errors.push(fieldError.invalid(`spec.${shown}`, spec[field], 'field is immutable'));
  }
  return errors;
}

const mostIdCharacters = 256;

const nodeDriver: Rule = all(
  driverName('name'),
  required('nodeID'),
  ({ nodeID = '' }, path) =>
    String(nodeID).length > mostIdCharacters
      ? [fieldError.invalid(`${path}.nodeID`, nodeID, `must be ${mostIdCharacters} characters or less`)]
      : [],
  member('allocatable', (allocatable, path) => nonNegativeErrors(allocatable, 'count', path)),
  ({ topologyKeys }, path) => {
    const seen = new Set<unknown>();
    return asJsonArray(topologyKeys).flatMap((key) => {
      const errors = key === '' ? [fieldError.required(path)] : [];
      if (seen.has(key)) errors.push(fieldError.duplicate(path, key));
      seen.add(key);
      return [...errors, ...invalidFor(key, path, labelKeyErrors)];
    });
  },
);

const nodeSpec: Rule = (spec, path) => [
  ...each('drivers', nodeDriver)(spec, path),
  ...duplicateErrors(
    asJsonArray(spec['drivers'])
      .map((driver) => asJsonObject(driver)['name'])
      .map((name = '') => (name === '' ? Symbol('none') : name)),
    (index) => `${path}.drivers[${index}].name`,
  ),
];

/** What a node says of its drivers; only how much more it can take changes. Source: ValidateCSINode, ValidateCSINodeUpdate. */
export function validateCsiNode(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = nodeSpec(spec, 'spec');
  if (oldSpec === undefined) return errors;
  const before = new Map(
    asJsonArray(oldSpec['drivers'])
      .map(asJsonObject)
      .map((driver) => [driver['name'], driver]),
  );
  const fixed = ({ allocatable: _, ...driver }: Json) => driver;
  const changes = asJsonArray(spec['drivers'])
    .map(asJsonObject)
    .filter((driver) => {
      const old = before.get(driver['name']);
      return old !== undefined && !isDeepStrictEqual(fixed(old), fixed(driver));
    })
    .map((driver) => {
      const shown = goInternal('io.k8s.api.storage.v1.CSINodeDriver', fixed(driver));
      return fieldError.invalid('spec.drivers', shown, 'field is immutable');
    });
  // kube-apiserver looks twice at an update, and tells both times.
  return [...errors, ...errors, ...changes];
}

/** Source: ValidateCSIStorageCapacity, ValidateCSIStorageCapacityUpdate. */
export function validateCsiStorageCapacity(wanted: KubeObject, old: KubeObject | undefined): FieldError[] {
  const { storageClassName = '' } = wanted;
  const errors = invalidFor(storageClassName, 'storageClassName', dns1123SubdomainErrors);
  const { capacity } = wanted;
  if (capacity !== undefined && compareQuantities(String(capacity), '0') < 0)
    errors.push(fieldError.invalid('capacity', capacity, 'must be greater than or equal to 0'));
  errors.push(...selectorErrors(wanted['nodeTopology'], 'nodeTopology'));
  if (old === undefined) return errors;
  const changed = ['nodeTopology', 'storageClassName'].filter(
    (field) => !isDeepStrictEqual(wanted[field], old[field]),
  );
  return [
    ...errors,
    ...changed.map((field) =>
      fieldError.invalid(
        field,
        wanted[field] ?? (field === 'storageClassName' ? '' : null),
        'field is immutable',
      ),
    ),
  ];
}
