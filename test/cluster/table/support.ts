import type { KubeObject } from '../../../src/cluster/resources/index.ts';
import { renderTable } from '../../../src/cluster/table/index.ts';
import { typeOf } from '../type-of.ts';

const now = Date.parse('2026-11-24T01:00:00Z');
export const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString().replace('.000', '');

interface Table {
  kind: string;
  metadata: object;
  columnDefinitions: { name: string }[] | null;
  rows: { cells: unknown[]; object: object | null }[];
}

export function table(path: string, object: KubeObject | Record<string, unknown>, options = {}): Table {
  const defaults = {
    includeObject: 'Metadata',
    listMeta: { resourceVersion: '7' },
    now,
    columnDefinitions: true,
  } as const;
  return renderTable(typeOf(path), [object as KubeObject], { ...defaults, ...options }) as Table;
}

/** One row by column name. */
export function row(path: string, object: Record<string, unknown>): Record<string, unknown> {
  const { columnDefinitions, rows: shown } = table(path, object);
  return Object.fromEntries(
    (columnDefinitions ?? []).map(({ name }, index) => [name, shown[0]?.cells[index]]),
  );
}

/** Of an object that is so many seconds old. */
export const meta = (name: string, seconds: number, more = {}) => ({
  name,
  creationTimestamp: ago(seconds),
  ...more,
});
