import { type FieldError, fieldError } from '../../../kube/index.ts';
import { lenientRangeErrors, parseRange } from '../addresses.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { type Cidr, isStrictSubset, parseCidr } from './ip-block.ts';
import { oneOf } from './rules.ts';
import { portErrors, portOrNameErrors } from './validate-numbers.ts';
import { selectorErrors } from './validate-selector.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/networking/validation ValidateNetworkPolicySpec, ValidateNetworkPolicyUpdate. */
export function validateNetworkPolicy(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = [
    ...selectorErrors(spec['podSelector'], 'spec.podSelector'),
    ...ruleErrors(spec, 'ingress', 'from'),
    ...ruleErrors(spec, 'egress', 'to'),
    ...policyTypeErrors(asJsonArray(spec['policyTypes'])),
  ];
  // kube-apiserver looks twice at an update, and tells both times.
  return oldSpec === undefined ? errors : [...errors, ...errors];
}

const directions = ['Ingress', 'Egress'];

function policyTypeErrors(types: readonly unknown[]): FieldError[] {
  const path = 'spec.policyTypes';
  if (types.length > 2) return [fieldError.invalid(path, types, 'may not specify more than two policyTypes')];
  return types.flatMap((type, index) =>
    directions.includes(String(type)) ? [] : [fieldError.notSupported(`${path}[${index}]`, type, directions)],
  );
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
  const errors = oneOf('protocol', ['TCP', 'UDP', 'SCTP'])(rule, path);
  if (port !== undefined) errors.push(...portOrNameErrors(port, `${path}.port`));
  if (endPort === undefined) return errors;
  if (port === undefined) {
    const detail = 'may not be specified when `port` is not specified';
    return [...errors, fieldError.invalid(`${path}.endPort`, endPort, detail)];
  }
  if (typeof port === 'string') {
    return [
      ...errors,
      fieldError.invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is non-numeric'),
    ];
  }
  // The port is shown, not the end.
  if (Number(endPort) < Number(port)) {
    errors.push(fieldError.invalid(`${path}.endPort`, port, 'must be greater than or equal to `port`'));
  }
  return [...errors, ...portErrors(endPort, `${path}.endPort`)];
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

function ipBlockErrors(ipBlock: Json, path: string): FieldError[] {
  const text = asText(ipBlock['cidr']);
  if (text === undefined) return [fieldError.required(`${path}.cidr`)];
  const errors = lenientRangeErrors(text, `${path}.cidr`);
  const cidr = rangeOf(text);
  if (cidr === undefined) return errors;
  return asJsonArray(ipBlock['except']).flatMap((each, index) =>
    exceptErrors(each, cidr, `${path}.except[${index}]`),
  );
}

function rangeOf(text: unknown): Cidr | undefined {
  const range = parseRange(String(text));
  return range === undefined ? undefined : parseCidr(range.canonical);
}

function exceptErrors(value: unknown, cidr: Cidr, path: string): FieldError[] {
  const except = rangeOf(value);
  if (except === undefined) return lenientRangeErrors(value, path);
  return isStrictSubset(except, cidr)
    ? []
    : [fieldError.invalid(path, value, 'must be a strict subset of `cidr`')];
}
