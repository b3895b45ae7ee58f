import { isIP } from 'node:net';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { labelErrors } from './validate-metadata.ts';
import { portErrors, portOrNameErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/core/validation ValidateService. */
export function validateService(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const type = asText(spec['type']);
  const ports = asJsonArray(spec['ports']);
  const isHeadless = spec['clusterIP'] === 'None';
  const errors: FieldError[] = [];
  if (type === 'ExternalName') {
    if (asText(spec['externalName']) === undefined) errors.push(fieldError.required('spec.externalName'));
  } else if (ports.length === 0 && !isHeadless) errors.push(fieldError.required('spec.ports'));
  if (isHeadless && (type === 'NodePort' || type === 'LoadBalancer')) {
    errors.push(
      fieldError.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`),
    );
  }
  return [
    ...errors,
    ...portsErrors(ports),
    ...labelErrors(spec['selector'], 'spec.selector'),
    ...addressErrors(spec, oldSpec),
  ];
}

function portsErrors(ports: readonly unknown[]): FieldError[] {
  const names = new Set<string>();
  const endpoints = new Set<string>();
  return ports.flatMap((value, index) => {
    const port = asJsonObject(value);
    const path = `spec.ports[${index}]`;
    const name = asText(port['name']);
    const errors: FieldError[] = [];
    if (name === undefined && ports.length > 1) errors.push(fieldError.required(`${path}.name`));
    if (name !== undefined && names.has(name)) errors.push(fieldError.duplicate(`${path}.name`, name));
    if (name !== undefined) names.add(name);
    errors.push(...portErrors(port['port'] ?? 0, `${path}.port`));
    if (port['targetPort'] !== undefined)
      errors.push(...portOrNameErrors(port['targetPort'], `${path}.targetPort`));
    errors.push(...nodePortErrors(port['nodePort'] ?? 0, `${path}.nodePort`));
    const endpoint = `${String(port['protocol'])} ${String(port['port'])}`;
    if (endpoints.has(endpoint)) {
      errors.push(fieldError.duplicate(path, { protocol: port['protocol'], port: port['port'] }));
    }
    endpoints.add(endpoint);
    return errors;
  });
}

function nodePortErrors(value: unknown, path: string): FieldError[] {
  if (value === 0 || (typeof value === 'number' && value >= 30000 && value <= 32767)) return [];
  const detail = 'provided port is not in the valid range. The range of valid ports is 30000-32767';
  return [fieldError.invalid(path, value, detail)];
}

function addressErrors(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const address = asText(spec['clusterIP']);
  const oldAddress = asText(oldSpec?.['clusterIP']);
  if (address === undefined || spec['type'] === 'ExternalName') return [];
  if (oldAddress !== undefined && oldSpec?.['type'] !== 'ExternalName' && oldAddress !== address) {
    return [fieldError.invalid('spec.clusterIPs[0]', [address], 'may not change once set')];
  }
  if (address === 'None' || isIP(address) !== 0) return [];
  const detail = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
  return [fieldError.invalid('spec.clusterIPs[0]', address, detail)];
}
