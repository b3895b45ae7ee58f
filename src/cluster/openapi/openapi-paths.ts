import type { ServedGroupVersion } from '../resources/index.ts';
import { type ApiOperation, apiPaths, kindOf, parameterType } from './api-paths.ts';

/** What kubectl reads of a path: the kind behind it and which query parameters its operations take. */
type PathItem = Readonly<Record<string, unknown>>;

const ok = { '200': { description: 'OK' } };

/** The paths of a group version's served resources. */
export function openapiPaths(served: ServedGroupVersion): Readonly<Record<string, PathItem>> {
  const items = apiPaths(served).map(({ path, inPath, operations }) => {
    const byMethod = operations.map((operation) => [operation.method, operationObject(operation)]);
    const parameters = [...inPath.map(pathParameter), queryParameter('pretty')];
    return [path, { ...Object.fromEntries(byMethod), parameters }];
  });
  return { [`/${served.path}/`]: { get: { responses: ok } }, ...Object.fromEntries(items) };
}

function operationObject(operation: ApiOperation): object {
  return {
    parameters: operation.parameters.map(queryParameter),
    responses: ok,
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': kindOf(operation),
  };
}

function queryParameter(name: string): object {
  return { name, in: 'query', schema: { type: parameterType(name), uniqueItems: true } };
}

function pathParameter(name: string): object {
  return { name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } };
}
