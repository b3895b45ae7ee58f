import type { ApiClient } from '../../kubeconfig/index.ts';
import { createPolicy, type ObjectName, type Policy, type PolicyObject } from '../../rbac/index.ts';
import type { ResourceType } from './resource-type.ts';

/** An RBAC object, where it comes from, and its place when that is a file. */
export interface SourcedObject {
  readonly object: PolicyObject;
  /** `manifests`, `defaults` (Kubernetes' own), `cluster` or `gateway` (the manifests of the gateway in front of it). */
  readonly source: string;
  readonly place?: Place;
}

/** Line and column from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where a question's policy comes from: manifests, a server, or both together. Close it when the answer is there. */
export interface PolicySource {
  /** The server, when it is asked; undefined when everything is offline. */
  readonly server: ApiClient | undefined;
  /** Where questions go that name no namespace: the context's, else `default`. */
  readonly namespace: string;
  /** In discovery order; what names on the command line can mean. */
  resourceTypes(): Promise<readonly ResourceType[]>;
  /**
   * All RBAC objects of the source.
   * @throws UsageError with everything that is wrong in manifests; CommandError when the server does not give its own
   */
  objects(): Promise<readonly SourcedObject[]>;
  close(): Promise<void>;
}

/** Compiles the objects into a policy that can be asked. */
export function compilePolicy(objects: Iterable<SourcedObject>): Policy {
  const policy = createPolicy();
  for (const { source, object } of objects) policy.put(source, object);
  return policy;
}

/** One text per (kind, namespace, name). */
export function keyOf({ kind, metadata }: PolicyObject): string {
  return JSON.stringify([kind, metadata.namespace ?? '', metadata.name ?? '']);
}

/** The same for an object of one source, as answers name it. */
export function placeKey({ source, kind, namespace, name }: ObjectName): string {
  return JSON.stringify([source, kind, namespace, name]);
}
