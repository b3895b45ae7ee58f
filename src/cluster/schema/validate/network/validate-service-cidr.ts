import { isDeepStrictEqual } from 'node:util';
import {
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  pathSegmentNameErrors,
} from '../../../../kube/index.ts';
import { parseRange, strictRangeErrors } from '../../addresses.ts';
import { goInternal } from '../../go-internal.ts';
import { asJsonArray, asJsonObject } from '../../json-object.ts';
import { all, formed, type Rule, required } from '../rules.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/networking/validation ValidateServiceCIDR, ValidateServiceCIDRUpdate. */
export function validateServiceCidr(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const path = 'spec.cidrs';
  const cidrs = asJsonArray(spec['cidrs']);
  if (oldSpec !== undefined) return cidrChangeErrors(spec, asJsonArray(oldSpec['cidrs']));
  if (cidrs.length === 0) return [fieldError.required(path, 'at least one CIDR required')];
  if (cidrs.length > 2) return [fieldError.invalid(path, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  const errors = cidrs.flatMap((cidr, index) => strictRangeErrors(cidr, `${path}[${index}]`));
  const families = cidrs.map((cidr) => parseRange(String(cidr))?.address.family);
  if (cidrs.length < 2 || families[0] !== families[1]) return errors;
  const detail = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
  return [...errors, fieldError.invalid(path, cidrs, detail)];
}

/** A range of the other family may be added. */
function cidrChangeErrors(spec: Json, old: readonly unknown[]): FieldError[] {
  const cidrs = asJsonArray(spec['cidrs']);
  const isGrown = old.length === 1 && cidrs.length === 2 && cidrs[0] === old[0];
  if (isDeepStrictEqual(cidrs, old)) return [];
  if (isGrown) return validateServiceCidr(spec, undefined);
  const detail = 'field is immutable';
  const changed = old.findIndex((cidr, index) => cidr !== cidrs[index]);
  return cidrs.length < old.length || changed < 0
    ? [fieldError.invalid('spec.cidrs', spec['cidrs'] ?? null, detail)]
    : [fieldError.invalid(`spec.cidrs[${changed}]`, cidrs[changed], detail)];
}

const parent: Rule = all(
  formed('group', dns1123SubdomainErrors),
  required('resource'),
  formed('resource', pathSegmentNameErrors),
  required('name'),
  formed('name', pathSegmentNameErrors),
  formed('namespace', pathSegmentNameErrors),
);

/** Source: ValidateIPAddress, ValidateIPAddressUpdate. */
export function validateIpAddress(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const path = 'spec.parentRef';
  const { parentRef } = spec;
  const errors =
    parentRef === undefined ? [fieldError.required(path)] : parent(asJsonObject(parentRef), path);
  if (oldSpec === undefined) return errors;
  const shown = parentShown(parentRef);
  if (isDeepStrictEqual(shown, parentShown(oldSpec['parentRef']))) return errors;
  return [...errors, fieldError.invalid(path, shown, 'field is immutable')];
}

function parentShown(parentRef: unknown): unknown {
  return parentRef === undefined ? null : goInternal('io.k8s.api.networking.v1.ParentReference', parentRef);
}
