import { type FieldError, fieldError } from '../../../kube/index.ts';
import {
  groupVersionOf,
  type KubeObject,
  type ResourceType,
  type ScalePaths,
} from '../../resources/index.ts';
import { validateMetadata } from '../../schema/index.ts';
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
  return (object, old) => {
    const wrongKind = kindErrors(type, object);
    if (wrongKind.length > 0) return wrongKind;
    // A list that was wrong before the rule came may stay so.
    const listErrors =
      old === undefined || validateLists(schema, old).length === 0 ? validateLists(schema, object) : [];
    return [
      ...validateMetadata(type, object, old),
      ...validateValue(schema, object, { path: '', root: '' }).errors,
      ...(scale === undefined ? [] : validateScale(scale, object, 'all')),
      ...(embeds ? validateEmbedded(schema, object) : []),
      ...listErrors,
    ];
  };
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
