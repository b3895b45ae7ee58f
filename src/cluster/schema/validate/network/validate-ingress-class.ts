import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  pathSegmentNameErrors,
} from '../../../../kube/index.ts';
import { asText } from '../../json-object.ts';
import { all, formed, givenFormed, member, oneOf, type Rule, required } from '../rules.ts';

type Json = Record<string, unknown>;

const longestController = 250;

/** Who answers for ingresses of the class: `example.com/controller`. */
const controller: Rule = ({ controller: name }, path) => {
  const place = `${path}.controller`;
  const text = asText(name);
  if (text === undefined) return [fieldError.required(place)];
  const errors = text.length > longestController ? [fieldError.tooLong(place, longestController)] : [];
  return [...errors, ...domainPathErrors(text, place)];
};

const parameters: Rule = all(
  givenFormed('apiGroup', dns1123SubdomainErrors),
  required('kind'),
  formed('kind', pathSegmentNameErrors),
  required('name'),
  formed('name', pathSegmentNameErrors),
  givenFormed('namespace', dns1123LabelErrors),
  ({ scope }, path) =>
    scope === undefined ? [fieldError.required(`${path}.scope`)] : oneOf('scope', scopes)({ scope }, path),
  ({ scope, namespace }, path) => {
    const place = `${path}.namespace`;
    if (scope === 'Namespace' && namespace === undefined)
      return [fieldError.required(place, "`parameters.scope` is set to 'Namespace'")];
    return scope === 'Cluster' && namespace !== undefined
      ? [fieldError.forbidden(place, "`parameters.scope` is set to 'Cluster'")]
      : [];
  },
);

const scopes = ['Cluster', 'Namespace'];
const ingressClass: Rule = all(controller, member('parameters', parameters));

/** Source: Kubernetes pkg/apis/networking/validation ValidateIngressClass, ValidateIngressClassUpdate. */
export function validateIngressClass(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = ingressClass(spec, 'spec');
  const name = asText(spec['controller']) ?? '';
  if (oldSpec === undefined || name === oldSpec['controller']) return errors;
  return [fieldError.invalid('spec.controller', name, 'field is immutable'), ...errors];
}

const pathRule = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";

/** Source: apimachinery/pkg/util/validation IsDomainPrefixedPath. */
function domainPathErrors(text: string, path: string): FieldError[] {
  const slash = text.indexOf('/');
  const [host, rest] = [text.slice(0, Math.max(0, slash)), text.slice(slash + 1)];
  if (host === '' || rest === '') {
    const detail = 'must be a domain-prefixed path (such as "acme.io/foo")';
    return [fieldError.invalid(path, text, detail)];
  }
  const errors = dns1123SubdomainErrors(host).map((detail) => fieldError.invalid(path, host, detail));
  const isPath = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest);
  return isPath ? errors : [...errors, fieldError.invalid(path, rest, pathRule)];
}
