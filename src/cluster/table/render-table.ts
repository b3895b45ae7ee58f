import { type Cell, groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { inKeyOrder } from '../schema/index.ts';
import { nameAndCreatedAtCells } from './cells/core-cells.ts';
import { columnsOf } from './column-definitions.ts';
import { inPrintedOrder } from './printed-order.ts';
import { rowPrinters } from './row-printers.ts';

export interface TableOptions {
  /** What each row carries beside its cells; Metadata is the API's default. */
  readonly includeObject: 'None' | 'Metadata' | 'Object';
  /** The list's metadata: resourceVersion, continue, remainingItemCount. */
  readonly listMeta: object;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
  /** False in a watch after its first event. */
  readonly columnDefinitions: boolean;
}

type RowCells = (object: KubeObject, now: number) => readonly Cell[];

/** A meta.k8s.io/v1 Table of objects of one type. Source: apiserver/pkg/registry/rest/table.go. */
export function renderTable(
  type: ResourceType,
  objects: readonly KubeObject[],
  options: TableOptions,
): object {
  const cellsOf: RowCells =
    type.own?.cells ??
    rowPrinters.get(`${type.kept?.group ?? type.group}/${type.resource}`) ??
    nameAndCreatedAtCells;
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.listMeta,
    columnDefinitions: options.columnDefinitions ? columnsOf(type) : null,
    rows: inPrintedOrder(type, objects).map((object) => ({
      cells: cellsOf(type.kept?.toStored(object) ?? object, options.now),
      object: rowObject(type, object, options.includeObject),
    })),
  };
}

function rowObject(
  type: ResourceType,
  object: KubeObject,
  include: TableOptions['includeObject'],
): object | null {
  switch (include) {
    case 'None':
      return null;
    case 'Metadata':
      return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
    case 'Object': {
      const whole = { ...object, kind: type.kind, apiVersion: groupVersionOf(type) };
      return type.custom === undefined ? whole : inKeyOrder(whole);
    }
  }
}
