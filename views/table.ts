import { type Content, type Html, html } from './html.ts';

export interface TableView {
  /** What it is a table of, for who hears it. */
  readonly label: string;
  readonly columns: readonly string[];
  /** Cells in the order of the columns; the first names the row. */
  readonly rows: readonly (readonly Content[])[];
  /** What of it has the API's own words, whatever the language of the page is (WCAG 3.1.2). */
  readonly english?: 'columns' | 'rows';
}

/** Text has its own direction: `<none>` and ids are read from left to right on any page. */
function apart(cell: Content): Content {
  return typeof cell === 'string' && cell !== '' ? html`<bdi>${cell}</bdi>` : cell;
}

/** A table. In a narrow window its rows stand one below the other, each cell with the name of its column. */
export function table({ label, columns, rows, english }: TableView): Html {
  const lang = (part: TableView['english']) => english === part && html` lang="en"`;
  const row = ([head, ...cells]: readonly Content[]) =>
    html`<tr><th scope="row">${apart(head)}</th>${cells.map((cell, at) => html`<td data-label="${columns[at + 1]}">${apart(cell)}</td>`)}</tr>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${label}"><table>
<thead><tr>${columns.map((column) => html`<th scope="col"${lang('columns')}>${column}</th>`)}</tr></thead>
<tbody${lang('rows')}>${rows.map(row)}</tbody></table></div>`;
}
