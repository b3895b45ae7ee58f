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
