import {
  dns1035LabelErrors,
  type FieldError,
  fieldError,
  labelKeyErrors,
  labelValueErrors,
  pathSegmentNameErrors,
} from '../../../kube/index.ts';
import { asJsonObject, asText } from '../../schema/index.ts';
import type { JsonSchema } from '../structural/json-schema.ts';
import { type Embedded, embeddedIn } from '../structural/walk-embedded.ts';

/**
 * What is wrong with apiVersion, kind and metadata of embedded objects.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/objectmeta/validation.go.
 */
export function validateEmbedded(schema: JsonSchema, value: unknown, path = ''): FieldError[] {
  return [...embeddedIn(value, schema, path)].flatMap(embeddedErrors);
}

function embeddedErrors({ value, path }: Embedded): FieldError[] {
  const field = (name: string) => (path === '' ? name : `${path}.${name}`);
  return [
    ...textErrors(value['apiVersion'], field('apiVersion'), apiVersionErrors),
    ...textErrors(value['kind'], field('kind'), kindErrors),
    ...metadataErrors(asJsonObject(value['metadata']), field('metadata')),
  ];
}

function textErrors(
  value: unknown,
  field: string,
  problemsOf: (text: string) => readonly string[],
): FieldError[] {
  if (value === undefined) return [fieldError.required(field)];
  if (typeof value !== 'string') return [fieldError.invalid(field, value, 'must be a string')];
  if (value === '') return [fieldError.invalid(field, value, 'must not be empty')];
  return problemsOf(value).map((problem) => fieldError.invalid(field, value, problem));
}

function apiVersionErrors(text: string): readonly string[] {
  return text.split('/').length > 2 ? [`unexpected GroupVersion string: ${text}`] : [];
}

function kindErrors(kind: string): readonly string[] {
  const problems = dns1035LabelErrors(kind.toLowerCase());
  if (problems.length === 0) return [];
  return [`may have mixed case, but should otherwise match: ${problems.join(',')}`];
}

function metadataErrors(metadata: Readonly<Record<string, unknown>>, path: string): FieldError[] {
  const name = asText(metadata['name']);
  const nameErrors = name === undefined ? [] : pathSegmentNameErrors(name);
  const annotations = Object.keys(asJsonObject(metadata['annotations']));
  return [
    ...nameErrors.map((detail) => fieldError.invalid(`${path}.name`, name, detail)),
    ...Object.entries(asJsonObject(metadata['labels'])).flatMap(([key, value]) => [
      ...labelKeyErrors(key).map((detail) => fieldError.invalid(`${path}.labels`, key, detail)),
      ...labelValueErrors(String(value)).map((detail) => fieldError.invalid(`${path}.labels`, value, detail)),
    ]),
    ...annotations.flatMap((key) =>
      labelKeyErrors(key.toLowerCase()).map((detail) =>
        fieldError.invalid(`${path}.annotations`, key, detail),
      ),
    ),
  ];
}
