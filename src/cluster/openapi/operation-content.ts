import { type ApiOperation, kindOf } from './api-paths.ts';
import { commonSchemas, schemaOfKind } from './component-schemas.ts';

/** What a request carries. */
export interface RequestContent {
  /** The name of its schema. */
  readonly schema: string;
  readonly mediaTypes: readonly string[];
  readonly isRequired: boolean;
}

/** How a request is answered that has succeeded. */
export interface AnswerContent {
  readonly codes: readonly (keyof typeof reasons)[];
  readonly mediaTypes: readonly string[];
  /** The name of its schema; undefined for text. */
  readonly schema: string | undefined;
}

export const reasons = { '200': 'OK', '201': 'Created', '202': 'Accepted' } as const;

export const objectMedia: readonly string[] = ['application/json', 'application/yaml'];
/** What a kind takes that another module brings. */
const plainPatches = ['application/json-patch+json', 'application/merge-patch+json'];
const patches = ['application/apply-patch+yaml', ...plainPatches];
/** Of a kind whose lists are merged by what its Go types say. kubectl applies by it where it is offered. */
const strategicPatch = 'application/strategic-merge-patch+json';

/** Source: apiserver/pkg/endpoints/installer.go. Undefined for operations that carry nothing. */
export function requestContent(operation: ApiOperation): RequestContent | undefined {
  switch (operation.action) {
    case 'post':
    case 'put':
      return { schema: objectSchema(operation), mediaTypes: objectMedia, isRequired: true };
    case 'patch': {
      return { schema: commonSchemas.patch, mediaTypes: patchMedia(operation.type), isRequired: true };
    }
    case 'delete':
    case 'deletecollection':
      return { schema: commonSchemas.deleteOptions, mediaTypes: objectMedia, isRequired: false };
    default:
      return undefined;
  }
}

function patchMedia({ own, custom }: ApiOperation['type']): readonly string[] {
  if (custom !== undefined) return patches;
  return own === undefined ? [...patches, strategicPatch] : plainPatches;
}

const codes: Readonly<Record<ApiOperation['action'], AnswerContent['codes']>> = {
  list: ['200'],
  post: ['200', '201', '202'],
  deletecollection: ['200'],
  get: ['200'],
  put: ['200', '201'],
  patch: ['200', '201'],
  delete: ['200', '202'],
  connect: ['200'],
};

export function answerContent(operation: ApiOperation): AnswerContent {
  const { action, subresource } = operation;
  const isText = action === 'connect' || subresource?.name === 'log';
  return {
    codes: codes[action],
    mediaTypes:
      action === 'connect'
        ? ['*/*']
        : action === 'list'
          ? [...objectMedia, 'application/json;stream=watch']
          : objectMedia,
    schema: isText ? undefined : answerSchema(operation),
  };
}

function answerSchema(operation: ApiOperation): string {
  const { action, type } = operation;
  if (action === 'delete' || action === 'deletecollection') return commonSchemas.status;
  if (action !== 'list') return objectSchema(operation);
  const { custom, schema, kind } = type;
  return custom === undefined ? `${schema}List` : `${schema.slice(0, -kind.length)}${custom.listKind}`;
}

/** The name of the schema of what an operation reads or writes. */
function objectSchema(operation: ApiOperation): string {
  const { type, subresource } = operation;
  // A status is the whole object.
  if (subresource === undefined || subresource.kind === type.kind) return type.schema;
  return schemaOfKind(kindOf(operation)) ?? type.schema;
}
