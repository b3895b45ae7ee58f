import type { ServedGroupVersion } from '../../resources/index.ts';
import { type ApiOperation, apiPaths, kindOf, parameterType } from '../api-paths.ts';
import { commonSchemas } from '../component-schemas.ts';
import {
  type AnswerContent,
  answerContent,
  objectMedia,
  type RequestContent,
  reasons,
  requestContent,
} from '../operation-content.ts';
import { groupVersionName, operationId, operationTag } from './operation-id.ts';
import { definitionReference } from './swagger-schema.ts';

type PathItem = Readonly<Record<string, unknown>>;

/** The paths of a group version's served resources, with what is sent and what is answered. */
export function swaggerPaths(served: ServedGroupVersion): Readonly<Record<string, PathItem>> {
  const items = apiPaths(served).map(({ path, inPath, operations }) => {
    const byMethod = operations.map((operation) => [operation.method, operationObject(operation)]);
    const parameters = [...inPath.map(pathParameter), queryParameter('pretty')];
    return [path, { ...Object.fromEntries(byMethod), parameters }];
  });
  return { [`/${served.path}/`]: { get: resourceList(served) }, ...Object.fromEntries(items) };
}

function resourceList(served: ServedGroupVersion): object {
  return {
    tags: [operationTag(served)],
    operationId: `get${groupVersionName(served)}APIResources`,
    consumes: objectMedia,
    produces: objectMedia,
    schemes: ['https'],
    responses: responses({ codes: ['200'], mediaTypes: objectMedia, schema: commonSchemas.resources }),
  };
}

function operationObject(operation: ApiOperation): object {
  const { action, type } = operation;
  const sent = requestContent(operation);
  const answer = answerContent(operation);
  return {
    tags: [operationTag(type)],
    operationId: operationId(operation),
    consumes: sent?.mediaTypes ?? (action === 'connect' ? ['*/*'] : objectMedia),
    produces: answer.mediaTypes,
    schemes: ['https'],
    parameters: [
      ...(sent === undefined ? [] : [bodyParameter(sent)]),
      ...operation.parameters.map(queryParameter),
    ],
    responses: responses(answer),
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kindOf(operation),
  };
}

function responses({ codes, schema }: AnswerContent): object {
  const content = schema === undefined ? { type: 'string' } : reference(schema);
  const all = codes.map((code) => [code, { description: reasons[code], schema: content }]);
  return Object.fromEntries([...all, ['401', { description: 'Unauthorized' }]]);
}

function bodyParameter({ schema, isRequired }: RequestContent): object {
  return { name: 'body', in: 'body', ...(isRequired ? { required: true } : {}), schema: reference(schema) };
}

function queryParameter(name: string): object {
  return { name, in: 'query', type: parameterType(name), uniqueItems: true };
}

function pathParameter(name: string): object {
  return { name, in: 'path', required: true, type: 'string', uniqueItems: true };
}

function reference(name: string): object {
  return { $ref: definitionReference(name) };
}
