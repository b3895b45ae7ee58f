import { type JsonSchema, propertyOf, valuesOf } from '../structural/json-schema.ts';

/**
 * A rule's fieldPath as errors write it after the path of its value: `spec.hosts[a.example]`. Undefined for one that leads
 * nowhere. Source: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go ValidFieldPath.
 */
export function normalFieldPath(schema: JsonSchema, fieldPath: string): string | undefined {
  const step = /\.([^.[\]']+)|\['((?:\\.|[^'\\])*)'\]/y;
  let [at, path]: [JsonSchema | undefined, string] = [schema, ''];
  while (step.lastIndex < fieldPath.length) {
    const match = step.exec(fieldPath);
    if (match === null || at === undefined) return undefined;
    const name = match[1] ?? (match[2] ?? '').replaceAll(/\\(.)/g, '$1');
    if (at.properties !== undefined) {
      path += path === '' ? name : `.${name}`;
      at = propertyOf(at, name);
    } else {
      path += `[${name}]`;
      at = valuesOf(at);
    }
    if (at === undefined) return undefined;
  }
  return path;
}
