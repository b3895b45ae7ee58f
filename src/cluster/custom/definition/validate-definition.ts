import { isDeepStrictEqual } from 'node:util';
import { dns1123SubdomainErrors, type FieldError, fieldError } from '../../../kube/index.ts';
import { isDefinitions } from '../../objects/behaviour.ts';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { type Definition, isTrue } from './definition.ts';
import { protectedGroupErrors } from './protected-group.ts';
import { validateConversion } from './validate-conversion.ts';
import { requiredNames, validateNames } from './validate-names.ts';
import { validateVersions } from './validate-versions.ts';

export function isDefinition(type: ResourceType): boolean {
  return isDefinitions(type);
}

/**
 * What is wrong with a definition, beside its metadata. A spec that does not change is not looked at again.
 * Source: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go.
 */
export function validateDefinition(object: KubeObject, old: KubeObject | undefined): FieldError[] {
  const definition = object as Definition;
  const before = old as Definition | undefined;
  if (before !== undefined && isDeepStrictEqual(definition.spec, before.spec))
    return storedErrors(definition);
  return [
    ...(before === undefined ? nameErrors(definition) : []),
    ...specErrors(definition, before),
    ...(before === undefined ? [] : changeErrors(definition, before)),
    ...storedErrors(definition),
    ...protectedGroupErrors(definition, before),
  ];
}

function nameErrors({ metadata, spec }: Definition): FieldError[] {
  const { name = '' } = metadata;
  if (name === `${spec.names?.plural}.${spec.group}`) return [];
  return [fieldError.invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')];
}

function specErrors({ spec }: Definition, before: Definition | undefined): FieldError[] {
  return [
    ...groupErrors(spec.group ?? ''),
    ...scopeErrors(spec.scope ?? ''),
    ...validateVersions(spec.versions ?? []),
    ...requiredNames(spec.names ?? {}, 'spec.names'),
    ...validateNames(spec.names ?? {}, 'spec.names'),
    ...preservingErrors(spec),
    ...validateConversion(spec.conversion, before?.spec.conversion),
    ...preserveErrors(spec.preserveUnknownFields, before),
  ];
}

function groupErrors(group: string): FieldError[] {
  if (group === '') return [fieldError.required('spec.group')];
  const problems = dns1123SubdomainErrors(group);
  if (problems.length > 0) return [fieldError.invalid('spec.group', group, problems.join(','))];
  if (group.includes('.')) return [];
  return [fieldError.invalid('spec.group', group, 'should be a domain with at least one dot')];
}

const scopes = ['Cluster', 'Namespaced'];

function scopeErrors(scope: string): FieldError[] {
  if (scope === '') return [fieldError.required('spec.scope')];
  return scopes.includes(scope) ? [] : [fieldError.notSupported('spec.scope', scope, scopes)];
}

/** Without a schema that says what an object is, none can be sent anywhere. */
function preservingErrors({ conversion, preserveUnknownFields }: Definition['spec']): FieldError[] {
  const { strategy = 'None' } = conversion ?? {};
  if (preserveUnknownFields !== true || strategy === 'None') return [];
  const detail = 'must be None if spec.preserveUnknownFields is true';
  return [fieldError.invalid('spec.conversion.strategy', strategy, detail)];
}

function preserveErrors(preserves: boolean | undefined, before: Definition | undefined): FieldError[] {
  if (preserves !== true || before?.spec.preserveUnknownFields === true) return [];
  const detail =
    'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  return [fieldError.invalid('spec.preserveUnknownFields', true, detail)];
}

/** What decides where objects are kept. */
function changeErrors({ spec }: Definition, before: Definition): FieldError[] {
  const established = isTrue(before, 'Established');
  return [
    ...(established ? immutable('spec.scope', spec.scope, before.spec.scope) : []),
    ...(established ? immutable('spec.names.kind', spec.names.kind, before.spec.names.kind) : []),
    ...immutable('spec.group', spec.group, before.spec.group),
    ...immutable('spec.names.plural', spec.names.plural, before.spec.names.plural),
  ];
}

function immutable(field: string, value: unknown, before: unknown): FieldError[] {
  return value === before ? [] : [fieldError.invalid(field, value, 'field is immutable')];
}

/** A version that objects may still be kept in must not go. */
function storedErrors({ spec, status }: Definition): FieldError[] {
  const field = 'status.storedVersions';
  const stored = status?.storedVersions ?? [];
  if (stored.length === 0)
    return [fieldError.invalid(field, stored, 'must have at least one stored version')];
  const names = new Set((spec.versions ?? []).map(({ name }) => name));
  return [
    ...(spec.versions ?? [])
      .filter(({ name, storage }) => storage && !stored.includes(name))
      .map(({ name }) => fieldError.invalid(field, stored, `must have the storage version ${name}`)),
    ...stored.flatMap((name, index) =>
      names.has(name)
        ? []
        : [
            fieldError.invalid(
              `${field}[${index}]`,
              name,
              `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
            ),
          ],
    ),
  ];
}
