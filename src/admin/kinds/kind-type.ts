import type {
  Cell,
  ColumnDefinition,
  KubeObject,
  OpenapiSchema,
  ResourceType,
  SubresourceType,
} from '../../cluster/index.ts';
import { ADMIN_GROUP, ADMIN_VERSION } from '../group.ts';

type Properties = Readonly<Record<string, OpenapiSchema>>;

export interface KindDescription {
  readonly kind: string;
  readonly resource: string;
  readonly description: string;
  readonly verbs: readonly string[];
  /** Default: false. */
  readonly namespaced?: true;
  readonly shortNames?: readonly string[];
  readonly subresources?: readonly SubresourceType[];
  readonly spec: Properties;
  readonly required?: readonly string[];
  readonly status: Properties;
  readonly columns?: readonly Column[];
  readonly selectableFields?: readonly string[];
}

export interface Column {
  readonly name: string;
  readonly description: string;
  /** Only with `-o wide`. */
  readonly wide?: true;
  readonly type?: 'string' | 'boolean';
  cell(object: KubeObject, now: number): Cell;
}

const metadata: OpenapiSchema = {
  description:
    "Standard object's metadata. Labels and annotations are not kept, but for what kubectl apply remembers by.",
  allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }],
};
const listMetadata: OpenapiSchema = {
  allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta' }],
};
const text: OpenapiSchema = { type: 'string' };

/** A kind of the group, with its schemas and its Table. */
export function kindType(description: KindDescription): ResourceType {
  const { kind, resource, verbs, shortNames = [], subresources = [], columns = [] } = description;
  return {
    group: ADMIN_GROUP,
    version: ADMIN_VERSION,
    resource,
    singular: kind.toLowerCase(),
    kind,
    namespaced: description.namespaced === true,
    shortNames,
    categories: [],
    verbs,
    subresources,
    hasGeneration: false,
    hasStatus: true,
    createOnUpdate: false,
    schema: schemaName(kind),
    own: {
      schemas: schemasOf(description),
      columns: columns.map(toDefinition),
      cells: (object, now) => columns.map((column) => column.cell(object, now)),
      selectableFields: description.selectableFields ?? [],
    },
  };
}

/** What is done to an object by POST. */
export function createdSubresource(name: string, kind: string): SubresourceType {
  return { name, kind, group: '', version: '', verbs: ['create'] };
}

function schemaName(kind: string): string {
  return `dev.sallyport.${ADMIN_VERSION}.${kind}`;
}

function reference(kind: string): OpenapiSchema {
  return { $ref: `#/components/schemas/${schemaName(kind)}` };
}

function schemasOf({ kind, description, spec, required = [], status }: KindDescription) {
  const gvk = (name: string) => [{ group: ADMIN_GROUP, version: ADMIN_VERSION, kind: name }];
  const typed = { apiVersion: text, kind: text };
  return {
    [schemaName(kind)]: {
      description,
      type: 'object',
      properties: {
        ...typed,
        metadata,
        spec: { description: 'What is wanted.', allOf: [reference(`${kind}Spec`)] },
        status: { description: 'What is so; written by the server.', allOf: [reference(`${kind}Status`)] },
      },
      'x-kubernetes-group-version-kind': gvk(kind),
    },
    [schemaName(`${kind}Spec`)]: { type: 'object', properties: spec, required },
    [schemaName(`${kind}Status`)]: { type: 'object', properties: status },
    [schemaName(`${kind}List`)]: {
      type: 'object',
      properties: { ...typed, metadata: listMetadata, items: { type: 'array', items: reference(kind) } },
      'x-kubernetes-group-version-kind': gvk(`${kind}List`),
    },
  } satisfies Readonly<Record<string, OpenapiSchema>>;
}

function toDefinition({ name, description, wide, type = 'string' }: Column): ColumnDefinition {
  return { name, type, format: name === 'Name' ? 'name' : '', description, priority: wide === true ? 1 : 0 };
}
