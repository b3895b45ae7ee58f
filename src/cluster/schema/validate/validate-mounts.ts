import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { oneOf } from './rules.ts';
import { relativePathErrors } from './validate-path.ts';
import type { Volumes } from './validate-volume.ts';

type Json = Record<string, unknown>;

/** Where a container sees the pod's volumes. Source: ValidateVolumeMounts, ValidateVolumeDevices. */
export function mountErrors(container: Json, path: string, volumes: Volumes): FieldError[] {
  const mounts = asJsonArray(container['volumeMounts']).map(asJsonObject);
  const devices = asJsonArray(container['volumeDevices']).map(asJsonObject);
  return [
    ...eachErrors(mounts, devices, 'Mount', path, volumes),
    ...eachErrors(devices, mounts, 'Device', path, volumes),
    ...mounts.flatMap((mount) => [
      ...subPathErrors(mount, `${path}.volumeMounts`),
      ...propagationErrors(mount, container, `${path}.volumeMounts`),
    ]),
  ];
}

function eachErrors(
  own: readonly Json[],
  others: readonly Json[],
  as: 'Mount' | 'Device',
  path: string,
  volumes: Volumes,
): FieldError[] {
  const [field, otherField] = as === 'Mount' ? ['mountPath', 'devicePath'] : ['devicePath', 'mountPath'];
  const otherList = as === 'Mount' ? 'volumeDevices' : 'volumeMounts';
  const paths = new Set<string>();
  return own.flatMap((each, index) => {
    const at = `${path}.volume${as}s[${index}]`;
    const [name, where] = [asText(each['name']), asText(each[field])];
    const errors: FieldError[] = [];
    if (name === undefined) errors.push(fieldError.required(`${at}.name`));
    if (!volumes.has(name ?? '')) errors.push(fieldError.notFound(`${at}.name`, name ?? ''));
    if (where === undefined) errors.push(fieldError.required(`${at}.${field}`));
    if (name !== undefined && as === 'Device' && volumes.has(name) && !isBlock(volumes.get(name) ?? {})) {
      const detail = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(fieldError.invalid(`${at}.name`, name, detail));
    }
    if (where !== undefined && paths.has(where))
      errors.push(fieldError.invalid(`${at}.${field}`, where, 'must be unique'));
    if (where !== undefined) paths.add(where);
    if (name !== undefined && others.some((other) => other['name'] === name))
      errors.push(fieldError.invalid(`${at}.name`, name, `must not already exist in ${otherList}`));
    if (where !== undefined && others.some((other) => other[otherField] === where)) {
      const detail = `must not already exist as a path in ${otherList}`;
      errors.push(fieldError.invalid(`${at}.${field}`, where, detail));
    }
    return errors;
  });
}

function isBlock(volume: Json): boolean {
  return volume['persistentVolumeClaim'] !== undefined || volume['ephemeral'] !== undefined;
}

/** Kubernetes leaves the index out of these paths. */
function subPathErrors(mount: Json, path: string): FieldError[] {
  const [subPath, expression] = [asText(mount['subPath']), asText(mount['subPathExpr'])];
  return [
    ...(subPath === undefined ? [] : relativePathErrors(subPath, `${path}.subPath`)),
    ...(subPath === undefined || expression === undefined
      ? []
      : [
          fieldError.invalid(
            `${path}.subPathExpr`,
            expression,
            'subPathExpr and subPath are mutually exclusive',
          ),
        ]),
    ...(expression === undefined ? [] : relativePathErrors(expression, `${path}.subPathExpr`)),
  ];
}

const propagation = oneOf('mountPropagation', ['Bidirectional', 'HostToContainer', 'None']);

/** Source: validateMountPropagation. */
function propagationErrors(mount: Json, container: Json, path: string): FieldError[] {
  const isPrivileged = asJsonObject(container['securityContext'])['privileged'] === true;
  if (mount['mountPropagation'] !== 'Bidirectional' || isPrivileged) return propagation(mount, path);
  const detail = 'Bidirectional mount propagation is available only to privileged containers';
  return [fieldError.forbidden(`${path}.mountPropagation`, detail)];
}
