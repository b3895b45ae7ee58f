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

/** A table. In a narrow window its rows stand one below the other, each cell with the name of its column. */
export function table({ label, columns, rows, english }: TableView): Html {
  const lang = (part: TableView['english']) => english === part && html` lang="en"`;
  const row = ([head, ...cells]: readonly Content[]) =>
    html`<tr><th scope="row">${head}</th>${cells.map((cell, at) => html`<td data-label="${columns[at + 1]}">${cell}</td>`)}</tr>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${label}"><table>
<thead><tr>${columns.map((column) => html`<th scope="col"${lang('columns')}>${column}</th>`)}</tr></thead>
<tbody${lang('rows')}>${rows.map(row)}</tbody></table></div>`;
}
