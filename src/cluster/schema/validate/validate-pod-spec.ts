import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
} from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { nonNegativeErrors, portErrors, portNameErrors } from './validate-numbers.ts';
import { validateResources } from './validate-resources.ts';

/** The rules of a pod's spec, in a pod or in a template. Source: Kubernetes pkg/apis/core/validation/validation.go. */
export function validatePodSpec(value: unknown, path: string): FieldError[] {
  const spec = asJsonObject(value);
  const { errors, names } = volumeErrors(asJsonArray(spec['volumes']), `${path}.volumes`);
  const containers = asJsonArray(spec['containers']);
  if (containers.length === 0) errors.push(fieldError.required(`${path}.containers`));
  const seen = new Set<string>();
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const [index, container] of asJsonArray(spec[list]).entries()) {
      errors.push(...containerErrors(asJsonObject(container), `${path}.${list}[${index}]`, names, seen));
    }
  }
  const account = asText(spec['serviceAccountName']);
  if (account !== undefined) {
    const details = dns1123SubdomainErrors(account);
    errors.push(
      ...details.map((detail) => fieldError.invalid(`${path}.serviceAccountName`, account, detail)),
    );
  }
  errors.push(...nonNegativeErrors(spec, 'terminationGracePeriodSeconds', path));
  return errors;
}

function volumeErrors(
  volumes: readonly unknown[],
  path: string,
): { errors: FieldError[]; names: ReadonlySet<string> } {
  const names = new Set<string>();
  const errors = volumes.flatMap((volume, index) => {
    const at = `${path}[${index}]`;
    const sources = Object.keys(asJsonObject(volume)).filter((field) => field !== 'name');
    const tooMany = sources
      .slice(1)
      .map((source) => fieldError.forbidden(`${at}.${source}`, 'may not specify more than 1 volume type'));
    return [...tooMany, ...labelNameErrors(asJsonObject(volume)['name'], `${at}.name`, names)];
  });
  return { errors, names };
}

/** A DNS label that is unique among `seen`; an absent one is reported by the schema. */
function labelNameErrors(value: unknown, path: string, seen: Set<string>): FieldError[] {
  const name = asText(value);
  if (name === undefined) return [];
  if (seen.has(name)) return [fieldError.duplicate(path, name)];
  seen.add(name);
  return dns1123LabelErrors(name).map((detail) => fieldError.invalid(path, name, detail));
}

type Json = Record<string, unknown>;

function containerErrors(
  container: Json,
  path: string,
  volumes: ReadonlySet<string>,
  seen: Set<string>,
): FieldError[] {
  return [
    ...labelNameErrors(container['name'], `${path}.name`, seen),
    ...imageErrors(container['image'], `${path}.image`),
    ...containerPortErrors(asJsonArray(container['ports']), `${path}.ports`),
    ...asJsonArray(container['env']).flatMap((each, index) =>
      envErrors(asJsonObject(each), `${path}.env[${index}]`),
    ),
    ...mountErrors(asJsonArray(container['volumeMounts']), `${path}.volumeMounts`, volumes),
    ...validateResources(container['resources'], `${path}.resources`),
  ];
}

function imageErrors(value: unknown, path: string): FieldError[] {
  const image = asText(value);
  if (image === undefined) return [fieldError.required(path)];
  const isTrimmed = image.trim() === image;
  return isTrimmed ? [] : [fieldError.invalid(path, image, 'must not have leading or trailing whitespace')];
}

function containerPortErrors(ports: readonly unknown[], path: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((value, index) => {
    const port = asJsonObject(value);
    const at = `${path}[${index}]`;
    const name = asText(port['name']);
    const errors = name === undefined ? [] : portNameErrors(name, `${at}.name`);
    if (name !== undefined && names.has(name)) errors.push(fieldError.duplicate(`${at}.name`, name));
    if (name !== undefined) names.add(name);
    const number = port['containerPort'] ?? 0;
    if (number === 0) errors.push(fieldError.required(`${at}.containerPort`));
    else errors.push(...portErrors(number, `${at}.containerPort`));
    if ((port['hostPort'] ?? 0) !== 0) errors.push(...portErrors(port['hostPort'], `${at}.hostPort`));
    return errors;
  });
}

function envErrors(variable: Json, path: string): FieldError[] {
  const isDouble = asText(variable['value']) !== undefined && variable['valueFrom'] !== undefined;
  if (!isDouble) return [];
  return [fieldError.invalid(`${path}.valueFrom`, '', 'may not be specified when `value` is not empty')];
}

function mountErrors(mounts: readonly unknown[], path: string, volumes: ReadonlySet<string>): FieldError[] {
  const paths = new Set<string>();
  return mounts.flatMap((value, index) => {
    const mount = asJsonObject(value);
    const at = `${path}[${index}]`;
    const errors: FieldError[] = [];
    const name = asText(mount['name']);
    const mountPath = asText(mount['mountPath']);
    if (name !== undefined && !volumes.has(name)) errors.push(fieldError.notFound(`${at}.name`, name));
    if (mountPath === undefined) return errors;
    if (paths.has(mountPath)) errors.push(fieldError.invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    return errors;
  });
}
