import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  labelKeyErrors,
  labelValueErrors,
} from '../../../../kube/index.ts';
import type { KubeObject } from '../../../resources/index.ts';
import {
  lenientAddressErrors,
  parseAddress,
  specialAddressErrors,
  strictAddressErrors,
} from '../../addresses.ts';
import { asJsonArray, asJsonObject, asText } from '../../json-object.ts';
import { all, each, formed, givenFormed, invalidFor, oneOf, type Rule } from '../rules.ts';
import { portErrors } from '../validate-numbers.ts';

type Json = Record<string, unknown>;

/** Addresses of this machine are taken, so that a service may lead to a program of a test. */
const mayBeOwn = true;

const address: Rule = all(
  ({ ip = '' }, path) => [
    ...lenientAddressErrors(ip, `${path}.ip`),
    ...specialAddressErrors(ip, `${path}.ip`, mayBeOwn),
  ],
  formed('hostname', dns1123LabelErrors),
  givenFormed('nodeName', dns1123SubdomainErrors),
);

function port(needsName: boolean): Rule {
  return all(
    ({ name }, path) =>
      needsName && asText(name) === undefined ? [fieldError.required(`${path}.name`)] : [],
    formed('name', dns1123LabelErrors),
    ({ port: number }, path) => portErrors(number ?? 0, `${path}.port`),
    oneOf('protocol', ['SCTP', 'TCP', 'UDP']),
    givenFormed('appProtocol', labelKeyErrors),
  );
}

const subset: Rule = (object, path) => {
  const lists = ['addresses', 'notReadyAddresses'];
  if (lists.every((list) => asJsonArray(object[list]).length === 0))
    return [fieldError.required(path, 'must specify `addresses` or `notReadyAddresses`')];
  const needsName = asJsonArray(object['ports']).length > 1;
  return all(...lists.map((list) => each(list, address)), each('ports', port(needsName)))(object, path);
};

/** Source: Kubernetes pkg/apis/core/validation validateEndpointSubsets. */
export function validateEndpoints(endpoints: KubeObject): FieldError[] {
  return each('subsets', subset)(endpoints, '');
}

const most = { endpoints: 1000, addresses: 100, ports: 20_000, hints: 8 };

const families: Readonly<Record<string, (text: unknown, path: string, list: string) => FieldError[]>> = {
  IPv4: (text, path, list) => [
    ...lenientAddressErrors(text, path),
    ...familyErrors(text, list, 4),
    ...(parseAddress(String(text)) === undefined ? [] : specialAddressErrors(text, path, mayBeOwn)),
  ],
  IPv6: (text, path, list) => [
    ...strictAddressErrors(text, path),
    ...familyErrors(text, list, 6),
    ...(parseAddress(String(text)) === undefined ? [] : specialAddressErrors(text, path, mayBeOwn)),
  ],
  FQDN: (text, path) => invalidFor(text, path, dns1123SubdomainErrors),
};

function familyErrors(text: unknown, path: string, family: 4 | 6): FieldError[] {
  const found = parseAddress(String(text));
  return found === undefined || found.family === family
    ? []
    : [fieldError.invalid(path, text, `must be an IPv${family} address`)];
}

/** Source: pkg/apis/discovery/validation ValidateEndpointSlice, ValidateEndpointSliceUpdate. */
export function validateEndpointSlice(slice: KubeObject, old: KubeObject | undefined): FieldError[] {
  const { addressType = '', endpoints, ports } = slice;
  const known = old === undefined ? new Set<unknown>() : addressesOf(old);
  const errors = addressTypeErrors(addressType);
  const listed = asJsonArray(endpoints);
  if (listed.length > most.endpoints) return [fieldError.tooMany('endpoints', listed.length, most.endpoints)];
  if (errors.length === 0) errors.push(...each('endpoints', endpoint(String(addressType), known))(slice, ''));
  errors.push(...slicePortErrors(asJsonArray(ports)));
  return old === undefined || old['addressType'] === addressType
    ? errors
    : [...errors, fieldError.invalid('addressType', addressType, 'field is immutable')];
}

function addressTypeErrors(type: unknown): FieldError[] {
  if (type === '') return [fieldError.required('addressType')];
  return Object.hasOwn(families, String(type))
    ? []
    : [fieldError.notSupported('addressType', type, Object.keys(families).toSorted())];
}

function addressesOf(slice: KubeObject): ReadonlySet<unknown> {
  return new Set(
    asJsonArray(slice['endpoints']).flatMap((each) => asJsonArray(asJsonObject(each)['addresses'])),
  );
}

/** @param known addresses that were there before: they are not judged again */
function endpoint(type: string, known: ReadonlySet<unknown>): Rule {
  return all(
    ({ addresses: given }, path) => {
      const addresses = asJsonArray(given);
      const list = `${path}.addresses`;
      if (addresses.length === 0) return [fieldError.required(list, 'must contain at least 1 address')];
      if (addresses.length > most.addresses)
        return [fieldError.tooMany(list, addresses.length, most.addresses)];
      return addresses.flatMap((text, index) =>
        known.has(text) ? [] : (families[type]?.(text, `${list}[${index}]`, list) ?? []),
      );
    },
    givenFormed('nodeName', dns1123SubdomainErrors),
    givenFormed('hostname', dns1123LabelErrors),
    ({ hints }, path) => hintErrors(asJsonObject(hints), `${path}.hints`),
  );
}

function hintErrors(hints: Json, path: string): FieldError[] {
  return [
    ...placeErrors(hints['forZones'], `${path}.forZones`, labelValueErrors),
    ...placeErrors(hints['forNodes'], `${path}.forNodes`, dns1123SubdomainErrors),
  ];
}

function placeErrors(value: unknown, path: string, judge: (text: string) => readonly string[]): FieldError[] {
  const names = asJsonArray(value).map((place) => asJsonObject(place)['name'] ?? '');
  if (names.length > most.hints) return [fieldError.tooMany(path, names.length, most.hints)];
  const seen = new Set<unknown>();
  return names.flatMap((name, index) => {
    const at = `${path}[${index}].name`;
    const errors = seen.has(name) ? [fieldError.duplicate(at, name)] : [];
    seen.add(name);
    return [...errors, ...invalidFor(name, at, judge)];
  });
}

function slicePortErrors(ports: readonly unknown[]): FieldError[] {
  if (ports.length > most.ports) return [fieldError.tooMany('ports', ports.length, most.ports)];
  const names = new Set<unknown>();
  return ports.map(asJsonObject).flatMap((each, index) => {
    const { name = '' } = each;
    const path = `ports[${index}]`;
    const errors = formed('name', dns1123LabelErrors)(each, path);
    if (names.has(name)) errors.push(fieldError.duplicate(`${path}.name`, name));
    names.add(name);
    errors.push(...oneOf('protocol', ['SCTP', 'TCP', 'UDP'])(each, path));
    return [...errors, ...givenFormed('appProtocol', labelKeyErrors)(each, path)];
  });
}
