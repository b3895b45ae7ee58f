import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';

/** One way in which a right is held. */
export interface GraphEdge {
  readonly subject: string;
  readonly binding: string;
  readonly role: string;
}

const BOX = { width: 250, height: 34, across: 345, down: 46 };
const LETTERS = 33;
const COLUMNS = ['subject', 'binding', 'role'] as const;

/** Above it a picture is no help. */
const MOST_EDGES = 40;

interface Node {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** A column's nodes, top down; as far down as the columns' highest is tall, so that few stand beside many. */
function column(edges: readonly GraphEdge[], index: number, tallest: number): Map<string, Node> {
  const key = COLUMNS[index] ?? 'role';
  const names = [...new Set(edges.map((edge) => edge[key]))];
  const first = ((tallest - names.length) * BOX.down) / 2;
  return new Map(names.map((text, at) => [text, { text, x: index * BOX.across, y: first + at * BOX.down }]));
}

function shortened(text: string): string {
  return text.length <= LETTERS ? text : `${text.slice(0, LETTERS - 1)}…`;
}

function box({ text, x, y }: Node, kind: string): Html {
  return html`<g class="${kind}"><title>${text}</title><rect x="${x + 1}" y="${y + 1}" width="${BOX.width}" height="${BOX.height}" rx="8"/><text x="${x + 13}" y="${y + 22}">${shortened(text)}</text></g>`;
}

function line(from: Node | undefined, to: Node | undefined): Html | false {
  if (from === undefined || to === undefined) return false;
  const [x1, y1] = [from.x + BOX.width + 1, from.y + BOX.height / 2 + 1];
  const [x2, y2] = [to.x + 1, to.y + BOX.height / 2 + 1];
  const middle = (x1 + x2) / 2;
  return html`<path d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}"/>`;
}

/** Who holds which role through which binding, as a picture; the same stands in the table beside it. */
export function rightsGraph({ locale: { t } }: Page, all: readonly GraphEdge[]): Html {
  const edges = all.slice(0, MOST_EDGES);
  const tallest = Math.max(...COLUMNS.map((key) => new Set(edges.map((edge) => edge[key])).size), 1);
  const [subjects, bindings, roles] = [0, 1, 2].map((index) => column(edges, index, tallest));
  const width = 2 * BOX.across + BOX.width + 2;
  const height = tallest * BOX.down - (BOX.down - BOX.height) + 2;
  const lines = new Map(
    edges.flatMap(({ subject, binding, role }) => [
      [`s ${subject} ${binding}`, line(subjects?.get(subject), bindings?.get(binding))],
      [`r ${binding} ${role}`, line(bindings?.get(binding), roles?.get(role))],
    ]),
  );
  const boxes = [subjects, bindings, roles].map((nodes, index) =>
    [...(nodes?.values() ?? [])].map((node) => box(node, COLUMNS[index] ?? '')),
  );
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${t.rightsPicture}"><svg class="graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${t.rightsPictureText}">${[...lines.values()]}${boxes}</svg></div>
${all.length > MOST_EDGES && html`<p class="small">${t.rightsPictureMore}</p>`}`;
}
