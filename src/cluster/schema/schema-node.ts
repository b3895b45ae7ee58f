import type { OpenapiSchema } from '../resources/index.ts';
import { type GoFields, goFields } from './go-fields.ts';
import { openapiSchemas, referencedSchema } from './openapi-schemas.ts';

export type SchemaForm =
  | 'struct'
  | 'map'
  | 'list'
  | 'string'
  | 'bytes'
  | 'time'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'quantity'
  | 'intOrString'
  | 'opaque';

/** A schema with its references followed: the shape of one value, and how patches merge it. */
export interface SchemaNode {
  readonly form: SchemaForm;
  /** The Go type as encoding/json prints it, for example v1.PodSpec, []string, int32. */
  readonly goType: string;
  readonly enum: readonly string[];
  readonly required: ReadonlySet<string>;
  /** A struct that takes members which it does not declare. */
  readonly isOpen: boolean;
  /** A struct in whose place there may be true or false. */
  readonly takesBoolean: boolean;
  /** x-kubernetes-patch-strategy, split: merge, replace, retainKeys. */
  readonly patchStrategies: readonly string[];
  readonly patchMergeKey: string | undefined;
  readonly listType: string | undefined;
  readonly listMapKeys: readonly string[];
  readonly mapType: string | undefined;
  /** What an absent value means; `{}` for a struct that Go holds by value, so that it is never absent. */
  readonly default: unknown;
  /** What Go's struct says of its fields; undefined for what is not Kubernetes' own, and for any other form. */
  readonly go: GoFields | undefined;
  /** Fields of a struct; empty for any other form. Built at the first call, since types may be recursive. */
  fields(): ReadonlyMap<string, SchemaNode>;
  /** The node of a list's or a map's elements; undefined for any other form. */
  elements(): SchemaNode | undefined;
}

type Schemas = Readonly<Record<string, OpenapiSchema>>;
type Nodes = Map<string, SchemaNode>;

const ofData: Nodes = new Map();
/** Two modules, or two states of a definition, may give a name to different schemas. */
const ofOwn = new WeakMap<Schemas, Nodes>();

/**
 * The node of a component schema; throws for a name that is not in the data.
 * @param own schemas beside the data
 */
export function namedNode(name: string, own: Schemas = {}): SchemaNode {
  const isOwn = Object.hasOwn(own, name);
  const nodes = isOwn ? nodesOf(own) : ofData;
  const known = nodes.get(name);
  if (known !== undefined) return known;
  const schemas = isOwn ? own : openapiSchemas();
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (schema === undefined) throw new Error(`no OpenAPI schema ${name}`);
  const node = createNode(schema, own, name);
  nodes.set(name, node);
  return node;
}

function nodesOf(own: Schemas): Nodes {
  const nodes = ofOwn.get(own) ?? new Map<string, SchemaNode>();
  ofOwn.set(own, nodes);
  return nodes;
}

function createNode(schema: OpenapiSchema, own: Schemas, name?: string): SchemaNode {
  const target = referencedSchema(schema) ?? unionMember(name);
  const base = target === undefined ? ownShape(schema, own, name) : namedNode(target, own);
  const isUnion = name?.endsWith(orBoolean) === true;
  return { ...base, ...patchKeys(schema, base), takesBoolean: isUnion || base.takesBoolean };
}

const orBoolean = '.JSONSchemaPropsOrBool';

/** What OpenAPI has no word for: a schema in the place of a list of schemas, or of a boolean. */
function unionMember(name: string | undefined): string | undefined {
  const [, member] = /^(.*\.JSONSchemaProps)Or(?:Bool|Array)$/.exec(name ?? '') ?? [];
  return member;
}

/** A property's own keys win over those of the schema that it refers to. */
function patchKeys(schema: OpenapiSchema, base: Partial<SchemaNode>) {
  const strategy = schema['x-kubernetes-patch-strategy'];
  return {
    patchStrategies: strategy === undefined ? (base.patchStrategies ?? []) : strategy.split(','),
    patchMergeKey: schema['x-kubernetes-patch-merge-key'] ?? base.patchMergeKey,
    listType: schema['x-kubernetes-list-type'] ?? base.listType,
    listMapKeys: schema['x-kubernetes-list-map-keys'] ?? base.listMapKeys ?? [],
    mapType: schema['x-kubernetes-map-type'] ?? base.mapType,
    default: schema.default,
  };
}

type OwnShape = Omit<SchemaNode, keyof ReturnType<typeof patchKeys>>;

function ownShape(schema: OpenapiSchema, own: Schemas, name: string | undefined): OwnShape {
  const form = formOf(schema, name);
  const go = form === 'struct' && name !== undefined && isKubernetes(name) ? goFields(name) : undefined;
  const elements = once(() => {
    const element = schema.items ?? schema.additionalProperties;
    return typeof element === 'object' ? createNode(element, own) : undefined;
  });
  return {
    form,
    goType: goTypeOf(form, schema, name, elements),
    enum: (schema.enum ?? []).filter((value) => typeof value === 'string'),
    required: new Set(schema.required),
    isOpen: schema['x-kubernetes-preserve-unknown-fields'] === true,
    takesBoolean: false,
    go,
    fields: once(
      () =>
        new Map(
          Object.entries(schema.properties ?? {}).map(([key, property]) => [
            key,
            withGoType(createNode(property, own), go?.types.get(key)),
          ]),
        ),
    ),
    elements,
  };
}

/** Names of schemas that the data describes; those that other modules bring have other hosts. */
function isKubernetes(name: string): boolean {
  return name.startsWith('io.k8s.');
}

/** The node of a field that Go has a type of its own for, as has, perhaps, each of its elements. */
function withGoType(node: SchemaNode, goType: string | undefined): SchemaNode {
  if (goType === undefined) return node;
  const ofElements = /^(?:\[\]|map\[[^\]]*\])(.*)$/.exec(goType)?.[1];
  const elements = () => {
    const each = node.elements();
    return each === undefined ? undefined : withGoType(each, ofElements);
  };
  return { ...node, goType, elements: ofElements === undefined ? node.elements : once(elements) };
}

function formOf(schema: OpenapiSchema, name: string | undefined): SchemaForm {
  if (name?.endsWith('.Quantity') === true) return 'quantity';
  if (schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true)
    return 'intOrString';
  switch (schema.type) {
    case 'object':
      if (schema.properties !== undefined) return 'struct';
      return schema.additionalProperties === undefined ? 'opaque' : 'map';
    case 'array':
      return 'list';
    case 'integer':
    case 'number':
    case 'boolean':
      return schema.type;
    case 'string':
      if (schema.format === 'byte') return 'bytes';
      return schema.format === 'date-time' ? 'time' : 'string';
    default:
      return 'opaque';
  }
}

function goTypeOf(
  form: SchemaForm,
  schema: OpenapiSchema,
  name: string | undefined,
  elements: () => SchemaNode | undefined,
): string {
  if (name !== undefined) return name.split('.').slice(-2).join('.');
  switch (form) {
    case 'list':
      return `[]${elements()?.goType ?? 'interface {}'}`;
    case 'map':
      return `map[string]${elements()?.goType ?? 'interface {}'}`;
    case 'integer':
      return schema.format ?? 'int64';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'bytes':
      return '[]uint8';
    case 'opaque':
      return 'interface {}';
    default:
      return 'string';
  }
}

function once<T>(build: () => T): () => T {
  let built: { readonly value: T } | undefined;
  return () => {
    built ??= { value: build() };
    return built.value;
  };
}
