import { type Document, isMap, isScalar, isSeq, parseDocument, YAMLMap, YAMLSeq } from 'yaml';

/** Members of an entry's object that are set; the others, and comments, stay. `undefined` takes one away. */
export type Members = Readonly<Record<string, unknown>>;

/** One entry of a list, by its name: the list's own word is the key of its object (`clusters` has `cluster`). */
export interface EntryEdit {
  readonly list: 'clusters' | 'users' | 'contexts';
  readonly name: string;
  readonly members: Members;
}

export interface KubeconfigEdit {
  readonly entries: readonly EntryEdit[];
  readonly currentContext?: string;
}

/** kubectl writes the dashes of a list below its name; who indents them finds them indented. */
const indentsLists = /^(?:clusters|users|contexts):[^\n]*\n(?: *#[^\n]*\n)* +- /m;

/**
 * The text of a kubeconfig file with the entries set: new ones at the end of their list, known ones member by member.
 * Everything else, comments and unknown fields too, stays; only blanks may be set anew. Throws Error when the text is not one YAML document.
 */
export function editKubeconfig(text: string, { entries, currentContext }: KubeconfigEdit): string {
  // kubectl reads YAML 1.1, where an unquoted `yes` or `1:30` is not a name.
  const document = parseDocument(text, { version: '1.1' });
  const [problem] = document.errors;
  if (problem !== undefined) throw problem;
  if (document.contents === null) {
    document.contents = document.createNode({
      apiVersion: 'v1',
      kind: 'Config',
    }) as unknown as typeof document.contents;
  }
  if (!isMap(document.contents)) throw new Error('it is not an object');
  for (const entry of entries) setEntry(document, document.contents, entry);
  if (currentContext !== undefined) document.set('current-context', currentContext);
  return document.toString({ lineWidth: 0, indentSeq: indentsLists.test(text) });
}

function setEntry(document: Document, root: YAMLMap, { list, name, members }: EntryEdit): void {
  const known: unknown = root.get(list, true);
  const items: YAMLSeq = isSeq(known) ? known : new YAMLSeq();
  if (items !== known) root.set(list, items);
  if (items.items.length === 0) items.flow = false;
  const found = items.items.find((item): item is YAMLMap => isMap(item) && item.get('name') === name);
  const object = list.slice(0, -1);
  if (found === undefined) {
    items.add(document.createNode({ name, [object]: defined(members) }));
    return;
  }
  const value: unknown = found.get(object, true);
  const target = isMap(value) ? value : new YAMLMap();
  if (target !== value) found.set(object, target);
  for (const [member, wanted] of Object.entries(members)) {
    if (wanted === undefined) target.delete(member);
    else setMember(document, target, member, wanted);
  }
}

/** The comment beside a plain value stays. */
function setMember(document: Document, target: YAMLMap, member: string, wanted: unknown): void {
  const known: unknown = target.get(member, true);
  if (isScalar(known) && (typeof wanted !== 'object' || wanted === null)) known.value = wanted;
  else target.set(member, document.createNode(wanted));
}

function defined(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
