import { type FieldError, fieldError } from '../../../kube/index.ts';
import {
  groupVersionOf,
  type KubeObject,
  type ResourceType,
  type ScalePaths,
} from '../../resources/index.ts';
import { validateMetadata } from '../../schema/index.ts';
import { compileRules } from '../rules/compile-rules.ts';
import { validateRules } from '../rules/validate-rules.ts';
import type { JsonSchema } from '../structural/json-schema.ts';
import { hasEmbedded } from '../structural/walk-embedded.ts';
import { validateEmbedded } from './validate-embedded.ts';
import { validateLists } from './validate-lists.ts';
import { validateScale } from './validate-scale.ts';
import { validateValue } from './validate-value.ts';

type Validate = (object: KubeObject, old: KubeObject | undefined) => readonly FieldError[];

/**
 * All rules for the objects of a version.
 * Source: apiextensions-apiserver/pkg/registry/customresource/{strategy,validator}.go.
 */
export function customValidator(
  type: ResourceType,
  schema: JsonSchema,
  scale: ScalePaths | undefined,
): Validate {
  const embeds = hasEmbedded(schema);
  const rules = compileRules(schema, true);
  return (object, old) => {
    const wrongKind = kindErrors(type, object);
    if (wrongKind.length > 0) return wrongKind;
    // A list that was wrong before the rule came may stay so.
    const listErrors =
      old === undefined || validateLists(schema, old).length === 0 ? validateLists(schema, object) : [];
    const errors = [
      ...validateMetadata(type, object, old),
      ...valueErrors(schema, object, old),
      ...(scale === undefined ? [] : validateScale(scale, object, 'all')),
      ...(embeds ? validateEmbedded(schema, object) : []),
      ...listErrors,
    ];
    if (rules === undefined) return errors;
    return errors.some(isBlocking)
      ? [...errors, fieldError.invalid('<nil>', 'null', unchecked)]
      : [...errors, ...validateRules(rules, object, old)];
  };
}

const unchecked =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** Rules count on values that are what their schema says. */
function isBlocking({ type }: FieldError): boolean {
  return [
    'FieldValueNotSupported',
    'FieldValueRequired',
    'FieldValueTooLong',
    'FieldValueTooMany',
    'FieldValueTypeInvalid',
  ].includes(type);
}

/** Comparing costs, so it is only done for what is not in order. */
function valueErrors(
  schema: JsonSchema,
  object: KubeObject,
  old: KubeObject | undefined,
): readonly FieldError[] {
  const place = { path: '', root: '' };
  const { errors } = validateValue(schema, object, place);
  return errors.length === 0 || old === undefined ? errors : validateValue(schema, object, place, old).errors;
}

function kindErrors(type: ResourceType, { kind, apiVersion }: KubeObject): FieldError[] {
  const groupVersion = groupVersionOf(type);
  return [
    ...(kind === type.kind ? [] : [fieldError.invalid('kind', kind, `must be ${type.kind}`)]),
    ...(apiVersion === groupVersion
      ? []
      : [fieldError.invalid('apiVersion', apiVersion, `must be ${groupVersion}`)]),
  ];
}
