import { type FieldError, fieldError } from '../../../../kube/index.ts';
import { lenientAddressErrors, parseAddress } from '../../addresses.ts';
import { asJsonArray, asText } from '../../json-object.ts';
import { duplicateErrors, oneOf } from '../rules.ts';

type Json = Record<string, unknown>;

const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const families = ['IPv4', 'IPv6'];
const isDual = (policy: unknown) => policy === 'RequireDualStack' || policy === 'PreferDualStack';

/** Source: Kubernetes pkg/apis/core/validation ValidateServiceClusterIPsRelatedFields. */
export function clusterAddressErrors(spec: Json, oldSpec: Json | undefined): FieldError[] {
  if (spec['type'] === 'ExternalName') return [];
  const wanted = asJsonArray(spec['ipFamilies']);
  const path = 'spec.ipFamilies';
  return [
    ...oneOf('ipFamilyPolicy', policies)(spec, 'spec'),
    ...wanted.flatMap((family, index) =>
      families.includes(String(family))
        ? []
        : [fieldError.notSupported(`${path}[${index}]`, family, families)],
    ),
    ...duplicateErrors(wanted, (index) => `${path}[${index}]`),
    ...stackErrors(spec),
    ...addressErrors(spec, oldSpec),
  ];
}

/** Two of anything mean both families. */
function stackErrors(spec: Json): FieldError[] {
  const policy = spec['ipFamilyPolicy'];
  if (policy === undefined || isDual(policy)) return [];
  const many = (
    [
      ['ipFamilies', 'multiple IP families'],
      ['clusterIPs', 'multiple cluster IPs'],
    ] as const
  ).find(([field]) => new Set(asJsonArray(spec[field])).size > 1);
  if (many === undefined) return [];
  const detail = `must be 'RequireDualStack' or 'PreferDualStack' when ${many[1]} are specified`;
  return [fieldError.invalid('spec.ipFamilyPolicy', policy, detail)];
}

function addressErrors(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const address = asText(spec['clusterIP']);
  const addresses = asJsonArray(spec['clusterIPs']);
  const oldAddress = asText(oldSpec?.['clusterIP']);
  const shown = addresses.length === 0 ? [address] : addresses;
  const isFixed = oldAddress !== undefined && oldSpec?.['type'] !== 'ExternalName';
  if (isFixed && address !== undefined && oldAddress !== address)
    return [fieldError.invalid('spec.clusterIPs[0]', shown, 'may not change once set')];
  if (address === undefined) {
    const detail = 'must be empty when `clusterIP` is not specified';
    return addresses.length === 0 ? [] : [fieldError.invalid('spec.clusterIPs', addresses, detail)];
  }
  if (addresses.length > 0 && addresses[0] !== address) {
    const detail = 'first value must match `clusterIP`';
    return [fieldError.invalid('spec.clusterIPs', addresses, detail)];
  }
  if (address === 'None') {
    const detail = "'None' must be the first and only value";
    return addresses.length < 2 ? [] : [fieldError.invalid('spec.clusterIPs', addresses, detail)];
  }
  const errors = shown.flatMap((each, index) => lenientAddressErrors(each, `spec.clusterIPs[${index}]`));
  if (errors.length > 0) return errors;
  const found = shown.map((each) => parseAddress(String(each))?.family);
  if (new Set(found).size < found.length) {
    const detail = 'may specify no more than one IP for each IP family';
    return [fieldError.invalid('spec.clusterIPs', shown, detail)];
  }
  const [family] = asJsonArray(spec['ipFamilies']);
  const isKnown = families.includes(String(family));
  // An IPv6 address was never given out: that there is none comes first.
  if (!isKnown || family === `IPv${found[0]}` || (oldSpec === undefined && family === 'IPv6')) return [];
  const detail = `expected an ${String(family)} value as indicated by \`ipFamilies[0]\``;
  return [fieldError.invalid('spec.clusterIPs[0]', shown[0], detail)];
}

/** The cluster has IPv4 addresses only. Source: pkg/registry/core/service/storage/alloc.go initIPFamilyFields. */
export function familyErrors(spec: Json): FieldError[] {
  const { ipFamilyPolicy: policy } = spec;
  const errors: FieldError[] = [];
  if (spec['type'] === 'ExternalName') return errors;
  if (policy === 'RequireDualStack') {
    const detail = 'this cluster is not configured for dual-stack services';
    errors.push(fieldError.invalid('spec.ipFamilyPolicy', policy, detail));
  }
  for (const [index, family] of asJsonArray(spec['ipFamilies']).entries()) {
    if (family === 'IPv6')
      errors.push(fieldError.invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  }
  return errors;
}
