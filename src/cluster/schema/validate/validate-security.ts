import { type FieldError, fieldError } from '../../../kube/index.ts';
import { goInternal } from '../go-internal.ts';
import { asJsonArray, asJsonObject, asText, isJsonObject } from '../json-object.ts';
import { oneOf } from './rules.ts';
import { relativePathErrors } from './validate-path.ts';

type Json = Record<string, unknown>;

/** Source: ValidateSecurityContext. */
export function securityErrors(context: Json, path: string): FieldError[] {
  const errors = [
    ...idErrors(context, ['runAsUser', 'runAsGroup'], path),
    ...procMount(context, path),
    ...seccompErrors(context, path),
  ];
  if (context['allowPrivilegeEscalation'] !== false) return errors;
  if (context['privileged'] === true) {
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
    errors.push(fieldError.invalid(path, context, detail));
  }
  if (asJsonArray(asJsonObject(context['capabilities'])['add']).includes('CAP_SYS_ADMIN')) {
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN';
    errors.push(fieldError.invalid(path, context, detail));
  }
  return errors;
}

/** The pod's own. Source: validatePodSpecSecurityContext. */
export function podSecurityErrors(value: unknown, path: string): FieldError[] {
  const context = asJsonObject(value);
  const groups = asJsonArray(context['supplementalGroups']);
  return [
    ...idErrors(context, ['runAsUser', 'runAsGroup', 'fsGroup'], path),
    ...groups.flatMap((group, index) =>
      idErrors({ [`[${index}]`]: group }, [`[${index}]`], `${path}.supplementalGroups`),
    ),
    ...sysctlErrors(asJsonArray(context['sysctls']), `${path}.sysctls`),
    ...changePolicy(context, path),
    ...groupsPolicy(context, path),
    ...seccompErrors(context, path),
  ];
}

const procMount = oneOf('procMount', ['Default', 'Unmasked']);
const changePolicy = oneOf('fsGroupChangePolicy', ['Always', 'OnRootMismatch']);
const groupsPolicy = oneOf('supplementalGroupsPolicy', ['Merge', 'Strict']);

/** Source: validateSysctls. */
function sysctlErrors(sysctls: readonly unknown[], path: string): FieldError[] {
  const names = sysctls.map((each) => asText(asJsonObject(each)['name']) ?? '');
  return names.flatMap((name, index) => {
    const at = `${path}[${index}].name`;
    if (name === '') return [fieldError.required(at)];
    if (name.length > 253 || !sysctlName.test(name)) {
      const detail = `must have at most 253 characters and match regex ${sysctlPattern}`;
      return [fieldError.invalid(at, name, detail)];
    }
    return names.indexOf(name) < index ? [fieldError.duplicate(at, name)] : [];
  });
}

const sysctlName = /^[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?(?:[./][a-z0-9](?:[-_a-z0-9]*[a-z0-9])?)*$/;
const sysctlPattern = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const largestId = 2_147_483_647;

function idErrors(context: Json, fields: readonly string[], path: string): FieldError[] {
  return fields.flatMap((field) => {
    const id = context[field];
    if (typeof id !== 'number' || (id >= 0 && id <= largestId)) return [];
    const at = field.startsWith('[') ? `${path}${field}` : `${path}.${field}`;
    return [fieldError.invalid(at, id, `must be between 0 and ${largestId}, inclusive`)];
  });
}

const schema = 'io.k8s.api.core.v1.SeccompProfile';
const seccompTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];

/** Source: validateSeccompProfileField. */
function seccompErrors({ seccompProfile }: Json, path: string): FieldError[] {
  if (!isJsonObject(seccompProfile)) return [];
  const { type = '', localhostProfile } = seccompProfile;
  const [ofType, ofProfile] = [`${path}.seccompProfile.type`, `${path}.seccompProfile.localhostProfile`];
  const errors: FieldError[] = [];
  if (type === '') errors.push(fieldError.required(ofType, 'type is required when seccompProfile is set'));
  else if (!seccompTypes.includes(String(type)))
    errors.push(fieldError.notSupported(ofType, type, seccompTypes));
  if (type !== 'Localhost') {
    if (localhostProfile === undefined) return errors;
    const detail = 'can only be set when seccomp type is Localhost';
    return [...errors, fieldError.invalid(ofProfile, goInternal(schema, seccompProfile), detail)];
  }
  if (localhostProfile === undefined)
    return [fieldError.required(ofProfile, 'must be set when seccomp type is Localhost')];
  return relativePathErrors(String(localhostProfile), ofProfile);
}
