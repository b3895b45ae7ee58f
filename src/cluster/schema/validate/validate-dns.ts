import { isIP } from 'node:net';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { invalidFor } from './rules.ts';

type Json = Record<string, unknown>;

const mostNameServers = 3;

/** Source: validatePodDNSConfig. */
export function dnsErrors({ dnsPolicy, dnsConfig }: Json, path: string): FieldError[] {
  const at = `${path}.dnsConfig`;
  const servers = asJsonArray(asJsonObject(dnsConfig)['nameservers']);
  if (dnsPolicy === 'None' && dnsConfig === undefined)
    return [fieldError.required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')];
  if (dnsPolicy === 'None' && servers.length === 0) {
    const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    return [fieldError.required(`${at}.nameservers`, detail)];
  }
  return [
    ...(servers.length > mostNameServers
      ? [
          fieldError.invalid(
            `${at}.nameservers`,
            servers,
            `must not have more than ${mostNameServers} nameservers`,
          ),
        ]
      : []),
    ...servers.flatMap((server, index) => addressErrors(server, `${at}.nameservers[${index}]`)),
    ...asJsonArray(asJsonObject(dnsConfig)['searches']).flatMap((search, index) =>
      search === '.' ? [] : invalidFor(search, `${at}.searches[${index}]`, searchErrors),
    ),
    ...asJsonArray(asJsonObject(dnsConfig)['options']).flatMap((option, index) =>
      asText(asJsonObject(option)['name']) === undefined
        ? [fieldError.required(`${at}.options[${index}]`, 'must not be empty')]
        : [],
    ),
  ];
}

const searchPattern = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*';
const searchDetail =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', " +
  `and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${searchPattern}')`;
const label = '_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?';
const search = new RegExp(`^${label}(?:\\.${label})*$`);

/** Source: IsDNS1123SubdomainWithUnderscore. */
function searchErrors(text: string): readonly string[] {
  const name = text.replace(/\.$/, '');
  return [
    ...(name.length > 253 ? ['must be no more than 253 characters'] : []),
    ...(search.test(name) ? [] : [searchDetail]),
  ];
}

/** An IP address of a pod's resolver or hosts file. */
export function addressErrors(address: unknown, path: string): FieldError[] {
  if (isIP(String(address)) !== 0) return [];
  const detail = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
  return [fieldError.invalid(path, address, detail)];
}
