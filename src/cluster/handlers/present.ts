import type { KubeObject, ResourceType } from '../resources/index.ts';
import { groupVersionOf } from '../resources/index.ts';
import { inKeyOrder } from '../schema/index.ts';
import { renderTable } from '../table/index.ts';
import type { Representation } from './negotiate.ts';

/** How much of each object a Table's row carries. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface ListMetadata {
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface View {
  readonly as: Representation;
  readonly includeObject: IncludeObject;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
}

/** One object in the shape that the client asked for. */
export function presentObject(type: ResourceType, object: KubeObject, view: View): unknown {
  if (view.as === 'object') return type.custom === undefined ? object : asMap(object);
  if (view.as === 'PartialObjectMetadata') return partialMetadata(object);
  const { resourceVersion } = object.metadata;
  return table(type, [object], view, resourceVersion === undefined ? {} : { resourceVersion }, true);
}

export function presentList(
  type: ResourceType,
  objects: readonly KubeObject[],
  metadata: ListMetadata,
  view: View,
): unknown {
  if (view.as === 'Table') return table(type, objects, view, metadata, true);
  if (view.as === 'PartialObjectMetadata') {
    const items = objects.map(partialMetadata);
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items };
  }
  if (type.custom !== undefined) {
    return listAsMap(groupVersionOf(type), type.custom.listKind, objects, metadata);
  }
  // Items of a built-in list carry no kind and apiVersion: the list's say it.
  const items = objects.map(({ kind: _, apiVersion: __, ...rest }) => rest);
  return { kind: `${type.kind}List`, apiVersion: groupVersionOf(type), metadata, items };
}

/** An object of a watch event; only the first Table of a watch defines the columns. */
export function presentEvent(
  type: ResourceType,
  object: KubeObject,
  view: View,
  columnDefinitions: boolean,
): unknown {
  if (view.as !== 'Table') return presentObject(type, object, view);
  return table(
    type,
    [object],
    view,
    { resourceVersion: object.metadata.resourceVersion ?? '' },
    columnDefinitions,
  );
}

/** What has been put in order already: an object is shown as long as it stays as it is. */
const maps = new WeakMap<KubeObject, KubeObject>();

/** An object of a kind that Go has no type for, and so writes as a map. */
function asMap(object: KubeObject): KubeObject {
  const map = maps.get(object) ?? inKeyOrder(object);
  maps.set(object, map);
  return map;
}

/** Whether there is more is said in any case. Source: apimachinery/pkg/apis/meta/v1/unstructured UnstructuredList. */
function listAsMap(
  apiVersion: string,
  kind: string,
  objects: readonly KubeObject[],
  metadata: ListMetadata,
): object {
  return { apiVersion, items: objects.map(asMap), kind, metadata: inKeyOrder({ continue: '', ...metadata }) };
}

function partialMetadata(object: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function table(
  type: ResourceType,
  objects: readonly KubeObject[],
  view: View,
  listMeta: object,
  columnDefinitions: boolean,
): unknown {
  const { includeObject, now } = view;
  return renderTable(type, objects, { includeObject, listMeta, now, columnDefinitions });
}
