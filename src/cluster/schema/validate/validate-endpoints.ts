import { isIPv4, isIPv6 } from 'node:net';
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  labelKeyErrors,
} from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { portErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

const addressDetail = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/**
 * Source: Kubernetes pkg/apis/core/validation validateEndpointSubsets. Addresses of this machine are taken, so that a service
 * may lead to a program of a test.
 */
export function validateEndpoints(endpoints: KubeObject): FieldError[] {
  return asJsonArray(endpoints['subsets']).flatMap((value, index) => {
    const subset = asJsonObject(value);
    const path = `subsets[${index}]`;
    const lists = ['addresses', 'notReadyAddresses'];
    if (lists.every((list) => asJsonArray(subset[list]).length === 0))
      return [fieldError.required(path, 'must specify `addresses` or `notReadyAddresses`')];
    const ports = asJsonArray(subset['ports']);
    return [
      ...lists.flatMap((list) =>
        asJsonArray(subset[list]).flatMap((each, at) =>
          addressErrors(asJsonObject(each), `${path}.${list}[${at}]`),
        ),
      ),
      ...ports.flatMap((each, at) =>
        endpointPortErrors(asJsonObject(each), ports.length > 1, `${path}.ports[${at}]`),
      ),
    ];
  });
}

function addressErrors({ ip = '', hostname }: Json, path: string): FieldError[] {
  const isAddress = isIPv4(String(ip)) || isIPv6(String(ip));
  const errors = isAddress ? [] : [fieldError.invalid(`${path}.ip`, ip, addressDetail)];
  return [...errors, ...labelErrorsOf(hostname, `${path}.hostname`)];
}

function labelErrorsOf(value: unknown, path: string): FieldError[] {
  const text = asText(value);
  const details = text === undefined ? [] : dns1123LabelErrors(text);
  return details.map((detail) => fieldError.invalid(path, text, detail));
}

function endpointPortErrors(port: Json, needsName: boolean, path: string): FieldError[] {
  const name = asText(port['name']);
  const protocol = asText(port['appProtocol']);
  return [
    ...(needsName && name === undefined ? [fieldError.required(`${path}.name`)] : []),
    ...labelErrorsOf(name, `${path}.name`),
    ...portErrors(port['port'] ?? 0, `${path}.port`),
    ...(protocol === undefined ? [] : labelKeyErrors(protocol)).map((detail) =>
      fieldError.invalid(`${path}.appProtocol`, protocol, detail),
    ),
  ];
}

const most = { endpoints: 1000, addresses: 100, ports: 100 };
const families: Readonly<Record<string, (text: string) => string | undefined>> = {
  IPv4: (text) => (isIPv4(text) ? undefined : 'must be a valid IPv4 address'),
  IPv6: (text) => (isIPv6(text) ? undefined : 'must be a valid IPv6 address'),
  FQDN: (text) => dns1123SubdomainErrors(text)[0],
};

/** Source: pkg/apis/discovery/validation ValidateEndpointSlice, ValidateEndpointSliceUpdate. */
export function validateEndpointSlice(slice: KubeObject, old: KubeObject | undefined): FieldError[] {
  const type = asText(slice['addressType']);
  const endpoints = asJsonArray(slice['endpoints']);
  if (endpoints.length > most.endpoints)
    return [fieldError.tooMany('endpoints', endpoints.length, most.endpoints)];
  const errors = endpoints.flatMap((each, index) =>
    endpointErrors(asJsonObject(each), type ?? '', `endpoints[${index}]`),
  );
  errors.push(...slicePortErrors(asJsonArray(slice['ports'])));
  if (old === undefined || old['addressType'] === type) return errors;
  return [...errors, fieldError.invalid('addressType', type, 'field is immutable')];
}

function endpointErrors(endpoint: Json, type: string, path: string): FieldError[] {
  const addresses = asJsonArray(endpoint['addresses']);
  const at = `${path}.addresses`;
  const errors = labelErrorsOf(endpoint['hostname'], `${path}.hostname`);
  if (addresses.length === 0) errors.push(fieldError.required(at, 'must contain at least 1 address'));
  if (addresses.length > most.addresses)
    errors.push(fieldError.tooMany(at, addresses.length, most.addresses));
  for (const [index, address] of addresses.entries()) {
    const detail = families[type]?.(String(address));
    if (detail !== undefined) errors.push(fieldError.invalid(`${at}[${index}]`, address, detail));
  }
  return errors;
}

function slicePortErrors(ports: readonly unknown[]): FieldError[] {
  if (ports.length > most.ports) return [fieldError.tooMany('ports', ports.length, most.ports)];
  const names = new Set<unknown>();
  return ports.flatMap((value, index) => {
    const { name = '' } = asJsonObject(value);
    const path = `ports[${index}].name`;
    const errors = labelErrorsOf(name, path);
    if (names.has(name)) errors.push(fieldError.duplicate(path, name));
    names.add(name);
    return errors;
  });
}
