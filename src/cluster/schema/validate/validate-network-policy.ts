import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { type Cidr, isStrictSubset, parseCidr } from './ip-block.ts';
import { portErrors, portOrNameErrors } from './validate-numbers.ts';
import { selectorErrors } from './validate-selector.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/networking/validation. */
export function validateNetworkPolicy(spec: Json): FieldError[] {
  const types = asJsonArray(spec['policyTypes']);
  const errors = [
    ...selectorErrors(spec['podSelector'], 'spec.podSelector'),
    ...ruleErrors(spec, 'ingress', 'from'),
    ...ruleErrors(spec, 'egress', 'to'),
  ];
  if (types.length <= 2) return errors;
  return [
    ...errors,
    fieldError.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes'),
  ];
}

function ruleErrors(spec: Json, direction: 'ingress' | 'egress', peers: 'from' | 'to'): FieldError[] {
  return asJsonArray(spec[direction]).flatMap((rule, index) => {
    const path = `spec.${direction}[${index}]`;
    return [
      ...asJsonArray(asJsonObject(rule)['ports']).flatMap((port, at) =>
        policyPortErrors(asJsonObject(port), `${path}.ports[${at}]`),
      ),
      ...asJsonArray(asJsonObject(rule)[peers]).flatMap((peer, at) =>
        peerErrors(asJsonObject(peer), `${path}.${peers}[${at}]`),
      ),
    ];
  });
}

function policyPortErrors(rule: Json, path: string): FieldError[] {
  const { port, endPort } = rule;
  const errors = port === undefined ? [] : portOrNameErrors(port, `${path}.port`);
  if (endPort === undefined) return errors;
  if (port === undefined) {
    const detail = 'may not be specified when `port` is not specified';
    return [fieldError.invalid(`${path}.endPort`, endPort, detail)];
  }
  if (typeof port === 'string') {
    return [
      ...errors,
      fieldError.invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is non-numeric'),
    ];
  }
  errors.push(...portErrors(endPort, `${path}.endPort`));
  if (Number(endPort) < Number(port)) {
    errors.push(fieldError.invalid(`${path}.endPort`, endPort, 'must be greater than or equal to `port`'));
  }
  return errors;
}

function peerErrors(peer: Json, path: string): FieldError[] {
  const hasSelector = peer['podSelector'] !== undefined || peer['namespaceSelector'] !== undefined;
  const ipBlock = peer['ipBlock'];
  const selectors = ['podSelector', 'namespaceSelector'].flatMap((field) =>
    selectorErrors(peer[field], `${path}.${field}`),
  );
  if (ipBlock === undefined)
    return hasSelector ? selectors : [fieldError.required(path, 'must specify a peer')];
  const errors = [...selectors, ...ipBlockErrors(asJsonObject(ipBlock), `${path}.ipBlock`)];
  return hasSelector
    ? [...errors, fieldError.forbidden(path, 'may not specify both ipBlock and another peer')]
    : errors;
}

const cidrDetail = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

function ipBlockErrors(ipBlock: Json, path: string): FieldError[] {
  const text = asText(ipBlock['cidr']);
  if (text === undefined) return [];
  const cidr = parseCidr(text);
  if (cidr === undefined) return [fieldError.invalid(`${path}.cidr`, text, cidrDetail)];
  return asJsonArray(ipBlock['except']).flatMap((each, index) =>
    exceptErrors(each, cidr, `${path}.except[${index}]`),
  );
}

function exceptErrors(value: unknown, cidr: Cidr, path: string): FieldError[] {
  const except = typeof value === 'string' ? parseCidr(value) : undefined;
  if (except === undefined) return [fieldError.invalid(path, value, cidrDetail)];
  return isStrictSubset(except, cidr)
    ? []
    : [fieldError.invalid(path, value, 'must be a strict subset of `cidr`')];
}
