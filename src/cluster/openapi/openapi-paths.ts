import type { ServedGroupVersion } from '../resources/index.ts';
import { type ApiOperation, apiPaths, kindOf, parameterType } from './api-paths.ts';
import { answerContent, reasons, requestContent } from './operation-content.ts';

type PathItem = Readonly<Record<string, unknown>>;

/**
 * The paths of a group version's served resources. kubectl reads of them the kind behind a path, which query parameters
 * its operations take, and which patches.
 */
export function openapiPaths(served: ServedGroupVersion): Readonly<Record<string, PathItem>> {
  const items = apiPaths(served).map(({ path, inPath, operations }) => {
    const byMethod = operations.map((operation) => [operation.method, operationObject(operation)]);
    const parameters = [...inPath.map(pathParameter), queryParameter('pretty')];
    return [path, { ...Object.fromEntries(byMethod), parameters }];
  });
  const list = { get: { responses: { '200': { description: reasons['200'] } } } };
  return { [`/${served.path}/`]: list, ...Object.fromEntries(items) };
}

function operationObject(operation: ApiOperation): object {
  return {
    parameters: operation.parameters.map(queryParameter),
    ...requestBody(operation),
    responses: responses(operation),
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': kindOf(operation),
  };
}

function requestBody(operation: ApiOperation): object {
  const content = requestContent(operation);
  if (content === undefined) return {};
  const { schema, mediaTypes, isRequired } = content;
  return {
    requestBody: { content: contents(mediaTypes, reference(schema)), ...(isRequired && { required: true }) },
  };
}

function responses(operation: ApiOperation): object {
  const { codes, mediaTypes, schema } = answerContent(operation);
  const content = contents(mediaTypes, schema === undefined ? { type: 'string' } : reference(schema));
  return Object.fromEntries(codes.map((code) => [code, { description: reasons[code], content }]));
}

function contents(mediaTypes: readonly string[], schema: object): object {
  return Object.fromEntries(mediaTypes.map((type) => [type, { schema }]));
}

function reference(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

function queryParameter(name: string): object {
  return { name, in: 'query', schema: { type: parameterType(name), uniqueItems: true } };
}

function pathParameter(name: string): object {
  return { name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } };
}
