/**
 * Server-side printing: objects as meta.k8s.io/v1 Tables with kubectl's columns.
 * It does not negotiate content types and keeps no state of a watch.
 */
export { columnsOf } from './column-definitions.ts';
export { humanDuration, timeSince } from './human-duration.ts';
export { renderTable, type TableOptions } from './render-table.ts';
