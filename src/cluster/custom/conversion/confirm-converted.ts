import { isDeepStrictEqual } from 'node:util';
import { fieldErrorsText, isDeeperThan } from '../../../kube/index.ts';
import type { KubeObject, ObjectMeta } from '../../resources/index.ts';
import { annotationErrors, asJsonObject, asText, isJsonObject, labelErrors } from '../../schema/index.ts';
import { maxDepth } from '../kind/max-depth.ts';
import { ConversionError } from './conversion-error.ts';

/** What kube-apiserver calls the object whose problem it tells. */
export interface Named {
  /** Of its type: `object at index 0`, or in a list `converted object at index 2`. */
  readonly typed: string;
  /** Of what must not change: `object`, or in a list as before. */
  readonly object: string;
  /** `metadata`, or in a list `metadata in object at index 2`. */
  readonly metadata: string;
}

/**
 * What a webhook has made of an object, with the metadata that the object had before: a webhook may change labels and
 * annotations and nothing else of it. Throws ConversionError, `invalid object: …`.
 * Source: apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go validateConvertedObject, restoreObjectMeta.
 * @param desired the apiVersion that was asked for
 */
export function confirmConverted(
  original: KubeObject,
  converted: unknown,
  desired: string,
  named: Named,
): KubeObject {
  const problem = typeProblem(original, converted, desired);
  if (problem !== undefined) throw new ConversionError(`invalid ${named.typed}: ${problem}`);
  const object = converted as KubeObject;
  const change = changeOf(original.metadata, asJsonObject(object.metadata));
  if (change !== undefined) throw new ConversionError(`invalid ${named.object}: ${change}`);
  return { ...object, metadata: restoredMetadata(original.metadata, object.metadata, named) };
}

function typeProblem(original: KubeObject, converted: unknown, desired: string): string | undefined {
  const { apiVersion, kind } = asJsonObject(converted);
  if (asText(kind) === undefined) {
    return `Object 'Kind' is missing in '${JSON.stringify(converted).slice(0, longestQuote)}'`;
  }
  if (isDeeperThan(converted, maxDepth)) return 'json: exceeded max depth';
  if (apiVersion !== desired) {
    return `invalid groupVersion (expected ${desired}, received ${asText(apiVersion) ?? ''})`;
  }
  return kind === original.kind
    ? undefined
    : `invalid kind (expected ${original.kind}, received ${String(kind)})`;
}

/** An answer need not be as long as what is wrong with it. */
const longestQuote = 1000;

function changeOf(original: ObjectMeta, converted: Record<string, unknown>): string | undefined {
  for (const [field, name] of sameFields) {
    const [before, after] = [original[field] ?? '', asText(converted[field]) ?? ''];
    if (before !== after) return `must have the same ${name}: ${before} != ${after}`;
  }
  return undefined;
}

const sameFields = [
  ['name', 'name'],
  ['namespace', 'namespace'],
  ['uid', 'UID'],
] as const;

function restoredMetadata(original: ObjectMeta, converted: unknown, named: Named): ObjectMeta {
  const refuse = (problem: string) => new ConversionError(`invalid ${named.metadata}: ${problem}`);
  if (converted === undefined) throw refuse('missing metadata in converted object');
  if (!isJsonObject(converted)) {
    throw refuse(`invalid metadata of type ${goType(converted)} in converted object`);
  }
  const restored = { ...original };
  for (const field of ['labels', 'annotations'] as const) {
    const texts = converted[field] ?? undefined;
    if (texts === undefined) {
      delete restored[field];
      continue;
    }
    if (!isJsonObject(texts)) {
      throw refuse(`invalid metadata.${field} of type ${goType(texts)} in converted object`);
    }
    const [key, value] = Object.entries(texts).find(([, text]) => typeof text !== 'string') ?? [];
    if (key !== undefined) {
      throw refuse(`metadata.${field}[${key}] must be a string, but is ${goType(value)} in converted object`);
    }
    const validate = field === 'labels' ? labelErrors : annotationErrors;
    const errors = isDeepStrictEqual(texts, original[field]) ? [] : validate(texts, `metadata.${field}`);
    if (errors.length > 0) throw refuse(fieldErrorsText(errors));
    restored[field] = texts as Record<string, string>;
  }
  return restored;
}

function goType(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
