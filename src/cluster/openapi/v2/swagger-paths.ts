import type { ServedGroupVersion } from '../../resources/index.ts';
import { type ApiOperation, apiPaths, kindOf, parameterType } from '../api-paths.ts';
import { commonSchemas, schemaOfKind } from '../component-schemas.ts';
import { groupVersionName, operationId, operationTag } from './operation-id.ts';
import { definitionReference } from './swagger-schema.ts';

type PathItem = Readonly<Record<string, unknown>>;

const media = ['application/json', 'application/yaml'];
const streams = ['application/json;stream=watch'];
const patches = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
];
const mergedPatches = [...patches, 'application/strategic-merge-patch+json'];

/**
 * The paths of a group version's served resources, with what is sent and what is answered.
 * Source: apiserver/pkg/endpoints/installer.go.
 */
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
    consumes: media,
    produces: media,
    schemes: ['https'],
    responses: answers(['200'], reference(commonSchemas.resources)),
  };
}

function operationObject(operation: ApiOperation): object {
  const { action, type, parameters } = operation;
  const isConnect = action === 'connect';
  return {
    tags: [operationTag(type)],
    operationId: operationId(operation),
    consumes:
      action === 'patch'
        ? type.custom === undefined
          ? mergedPatches
          : patches
        : isConnect
          ? ['*/*']
          : media,
    produces: isConnect ? ['*/*'] : action === 'list' ? [...media, ...streams] : media,
    schemes: ['https'],
    parameters: [...body(operation), ...parameters.map(queryParameter)],
    responses: answers(codes[action], answerOf(operation)),
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kindOf(operation),
  };
}

const codes: Readonly<Record<ApiOperation['action'], readonly string[]>> = {
  list: ['200'],
  post: ['200', '201', '202'],
  deletecollection: ['200'],
  get: ['200'],
  put: ['200', '201'],
  patch: ['200', '201'],
  delete: ['200', '202'],
  connect: ['200'],
};

const reasons: Readonly<Record<string, string>> = { '200': 'OK', '201': 'Created', '202': 'Accepted' };

function answers(given: readonly string[], schema: object): object {
  const all = given.map((code) => [code, { description: reasons[code] ?? '', schema }]);
  return Object.fromEntries([...all, ['401', { description: 'Unauthorized' }]]);
}

function answerOf(operation: ApiOperation): object {
  const { action, type, subresource } = operation;
  if (action === 'connect' || subresource?.name === 'log') return { type: 'string' };
  if (action === 'delete' || action === 'deletecollection') return reference(commonSchemas.status);
  if (action === 'list') return reference(listSchema(operation));
  return reference(subresource === undefined ? type.schema : objectSchema(operation));
}

/** The name of the schema of what an operation reads or writes. */
function objectSchema(operation: ApiOperation): string {
  const { type, subresource } = operation;
  const { kind } = subresource ?? type;
  // A status is the whole object.
  return kind === type.kind ? type.schema : (schemaOfKind(kindOf(operation)) ?? type.schema);
}

function listSchema({ type }: ApiOperation): string {
  const { custom, schema, kind } = type;
  return custom === undefined ? `${schema}List` : `${schema.slice(0, -kind.length)}${custom.listKind}`;
}

function body(operation: ApiOperation): object[] {
  switch (operation.action) {
    case 'post':
    case 'put':
      return [bodyParameter(objectSchema(operation), true)];
    case 'patch':
      return [bodyParameter(commonSchemas.patch, true)];
    case 'delete':
    case 'deletecollection':
      return [bodyParameter(commonSchemas.deleteOptions, false)];
    default:
      return [];
  }
}

function bodyParameter(schema: string, required: boolean): object {
  return { name: 'body', in: 'body', ...(required ? { required } : {}), schema: reference(schema) };
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
