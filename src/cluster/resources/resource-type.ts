import type { FieldError } from '../../kube/index.ts';

/** One served resource: what discovery says of it and what the handlers need to know. A kind costs an entry, not a file. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  /** Plural, as in the URL. */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Kubernetes verbs of the main resource, sorted as discovery lists them. */
  readonly verbs: readonly string[];
  readonly subresources: readonly SubresourceType[];
  /** metadata.generation starts at 1 and grows when anything but metadata and status changes. */
  readonly hasGeneration: boolean;
  /** The main path ignores `status`; `/status` writes only it. */
  readonly hasStatus: boolean;
  /** PUT to an absent name creates it (after an extra `create` check). */
  readonly createOnUpdate: boolean;
  /** Name of the schema in the OpenAPI data, for example io.k8s.api.core.v1.Pod. */
  readonly schema: string;
  /** Of a kind that is not in this module's data: what the data says of all others. */
  readonly own?: OwnKind;
  /** Of a kind that a custom resource definition describes. */
  readonly custom?: CustomKind;
  /** Of a built-in kind whose objects are kept otherwise than this version shows them. */
  readonly kept?: KeptForm;
}

/** How a version's objects are kept, and back. */
export interface KeptForm {
  /** The group under which they are kept; the type's own when absent. */
  readonly group?: string;
  /** The version in which they are kept; the type's own when absent. */
  readonly version?: string;
  /** An object in this version, as it is kept. */
  toStored(object: KubeObject): KubeObject;
  /** An object as it is kept, in this version. Both may share parts. */
  fromStored(object: KubeObject): KubeObject;
}

/** How objects are treated whose kind a custom resource definition describes: by its schema, and in several versions. */
export interface CustomKind extends KeptForm {
  /** The first value that no object may have, in the words of a failed decoding, or undefined. */
  typeProblem(object: unknown): string | undefined;
  /** The paths of the fields that the schema does not specify, sorted. */
  unknownFields(object: unknown): readonly string[];
  /** A fresh object without these, with defaults. It has passed typeProblem. */
  decode(object: KubeObject): KubeObject;
  /** What is wrong with an object that is to be created or to replace another; empty when nothing is. */
  validate(object: KubeObject, old: KubeObject | undefined): readonly FieldError[];
  readonly listKind: string;
  /** What every client of this version is told. */
  readonly warnings: readonly string[];
  /** Why nothing is created any more; undefined while it may be. */
  readonly closed?: string;
  /** Where /scale finds its numbers, as members from the object down. */
  readonly scale?: ScalePaths;
  /** Aborted when the definition has changed or gone: whoever follows the objects has to begin anew. */
  readonly retired: AbortSignal;
  /** Whether an object that is kept so would be kept otherwise if it were written now. */
  isOutdated(kept: KubeObject): boolean;
  /** Of versions that a webhook converts into each other: toStored and fromStored cannot be used then. */
  readonly conversion?: WebhookConversion;
}

/** Objects in other versions. Each call may ask the webhook, and throws StatusError 500 when that fails. */
export interface WebhookConversion {
  /** Objects as they are kept, each in some version, in this one. */
  fromStored(kept: readonly KubeObject[]): Promise<readonly KubeObject[]>;
  /** An object in this version, as it is kept. */
  toStored(object: KubeObject): Promise<KubeObject>;
  /** An object in any version of the kind, in another one. */
  convert(object: KubeObject, apiVersion: string): Promise<KubeObject>;
  /** The kind in another version, served or not; undefined when there is none. */
  typeOf(apiVersion: string): ResourceType | undefined;
}

/** Source: apiextensions v1 CustomResourceSubresourceScale. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  readonly labelSelector?: readonly string[];
}

/** A kind that another module brings: how its objects look, how they are shown, and by what they are selected. */
export interface OwnKind {
  /** The schemas of the kind, its list and its subresources' kinds, by name. */
  readonly schemas: Readonly<Record<string, OpenapiSchema>>;
  readonly columns: readonly ColumnDefinition[];
  /** One cell a column. @param now milliseconds since the epoch */
  cells(object: KubeObject, now: number): readonly Cell[];
  /** By what its objects can be selected besides name and namespace, as paths of members: `spec.email`. */
  readonly selectableFields: readonly string[];
}

export type Cell = string | number | boolean | null;

/** Source: apimachinery/pkg/apis/meta/v1 TableColumnDefinition. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** 0 is shown always, 1 with `-o wide`. */
  readonly priority: number;
}

/** An OpenAPI v3 schema as Kubernetes publishes it. */
export interface OpenapiSchema {
  readonly $ref?: string;
  readonly allOf?: readonly OpenapiSchema[];
  readonly oneOf?: readonly OpenapiSchema[];
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, OpenapiSchema>>;
  readonly items?: OpenapiSchema;
  readonly additionalProperties?: OpenapiSchema | boolean;
  readonly default?: unknown;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

export interface SubresourceType {
  readonly name: string;
  readonly kind: string;
  /** '' when the kind lives in the parent's group and version. */
  readonly group: string;
  readonly version: string;
  readonly verbs: readonly string[];
}

/** A Kubernetes object as JSON. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

export interface ObjectMeta {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string | null;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string> | null;
  annotations?: Record<string, string> | null;
  finalizers?: string[];
  ownerReferences?: Record<string, unknown>[];
  [field: string]: unknown;
}
