import { printable } from './printable.ts';

export interface Column {
  readonly header: string;
  /** Shown with `-o wide` only. */
  readonly wide?: true;
}

export interface Table {
  readonly columns: readonly Column[];
  /** A cell for each column; '' shows as `<none>`. */
  readonly rows: readonly (readonly string[])[];
}

export interface TableOptions {
  readonly wide: boolean;
  readonly headers: boolean;
}

const GAP = '   ';

/** Columns as kubectl prints them: aligned, three spaces apart, no spaces at the end of a line. */
export function renderTable({ columns, rows }: Table, { wide, headers }: TableOptions): string {
  const shown = [...columns.keys()].filter((index) => wide || columns[index]?.wide !== true);
  const lines = [
    ...(headers ? [shown.map((index) => columns[index]?.header ?? '')] : []),
    ...rows.map((row) => shown.map((index) => cellText(row[index] ?? ''))),
  ];
  const widths = shown.map((_, column) => Math.max(0, ...lines.map((line) => widthOf(line[column] ?? ''))));
  return lines.map((line) => `${renderLine(line, widths)}\n`).join('');
}

function renderLine(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)));
  return padded.join(GAP).trimEnd();
}

function cellText(cell: string): string {
  return cell === '' ? '<none>' : printable(cell);
}

/** In characters, not in UTF-16 units. */
function widthOf(text: string): number {
  return [...text].length;
}
