import { jsonElements, jsonMembers, skipSpace } from '../list/index.ts';

/** The label by which one sees, in a list of several clusters, where an object is. */
export const CLUSTER_LABEL = 'sallyport.dev/cluster';

/** A piece of text to put in the place of another. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Labels the objects of a list with their cluster; a label of that key that they have already goes, so that it can be
 * believed. Everything else stays byte for byte.
 * @param items what stands between the brackets of the list
 * @param itemsName in Tables (`rows`), the objects are those of the rows; rows without one stay as they are
 * @throws SyntaxError when these are no objects
 */
export function labelItems(items: Buffer, itemsName: 'items' | 'rows', cluster: string): Buffer {
  const edits: Edit[] = [];
  for (const [start] of jsonElements(items, 0, items.length)) {
    if (itemsName === 'items') labelObject(items, start, cluster, edits);
    else labelRow(items, start, cluster, edits);
  }
  return applyEdits(items, edits);
}

function labelRow(text: Buffer, start: number, cluster: string, edits: Edit[]): void {
  for (const { name, valueStart } of jsonMembers(text, start)) {
    if (name === 'object' && text[valueStart] === OPEN_OBJECT) labelObject(text, valueStart, cluster, edits);
  }
}

function labelObject(text: Buffer, start: number, cluster: string, edits: Edit[]): void {
  const labels = `{${memberOf(cluster)}}`;
  setMember(text, start, 'metadata', `{"labels":${labels}}`, edits, (metadata) =>
    setMember(text, metadata, 'labels', labels, edits, (at) =>
      setMember(text, at, CLUSTER_LABEL, JSON.stringify(cluster), edits),
    ),
  );
}

function memberOf(cluster: string): string {
  return `${JSON.stringify(CLUSTER_LABEL)}:${JSON.stringify(cluster)}`;
}

/**
 * Gives an object a member, wherever it has it already.
 * @param within edits what is there, when that is an object; undefined: it is replaced
 */
function setMember(
  text: Buffer,
  start: number,
  wanted: string,
  value: string,
  edits: Edit[],
  within?: (valueStart: number) => void,
): void {
  let isEmpty = true;
  let isThere = false;
  for (const { name, valueStart, end } of jsonMembers(text, start)) {
    isEmpty = false;
    if (name !== wanted) continue;
    isThere = true;
    if (within !== undefined && text[valueStart] === OPEN_OBJECT) within(valueStart);
    else edits.push({ start: valueStart, end, text: value });
  }
  if (isThere) return;
  const at = skipSpace(text, start) + 1;
  edits.push({ start: at, end: at, text: `${JSON.stringify(wanted)}:${value}${isEmpty ? '' : ','}` });
}

/** @param edits in the order of the text */
function applyEdits(text: Buffer, edits: readonly Edit[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const edit of edits) {
    pieces.push(text.subarray(at, edit.start), Buffer.from(edit.text));
    at = edit.end;
  }
  pieces.push(text.subarray(at));
  return Buffer.concat(pieces);
}

const OPEN_OBJECT = 0x7b;
