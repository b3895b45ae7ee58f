import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { fieldErrorsText } from '../kube/index.ts';
import { asList, asObject, decodePolicyObject, type Path, ShapeError } from './decode.ts';
import { isPolicyKind, type PolicyObject, RBAC_API_VERSION, RBAC_GROUP } from './model.ts';
import { validatePolicyObject } from './validate.ts';

/** A policy file that cannot be taken as it is; the message says where and what was expected. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;

  constructor(file: string, line: number, column: number, problem: string) {
    super(`${file}:${line}:${column}: ${problem}`);
    this.file = file;
    this.line = line;
    this.column = column;
  }
}

/** An object, and where it begins: file, line and column (from 1). */
export interface LocatedObject {
  readonly object: PolicyObject;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a text holds: the good objects, and the first problem of every bad one. */
export interface ManifestScan {
  readonly objects: readonly LocatedObject[];
  readonly problems: readonly ManifestError[];
  /** The kinds of the objects that were passed over, one entry an object. */
  readonly otherKinds: readonly string[];
}

export interface ManifestOptions {
  /** What to do with objects of other API groups: refuse them (the default), or pass over them. */
  readonly otherKinds?: 'refuse' | 'skip';
}

/**
 * Reads RBAC objects from YAML or JSON: several documents, and List objects (List, RoleList, …). Everything is
 * validated as kube-apiserver would; unknown fields are errors. One bad object does not hide the problems of the next.
 * @param fileName for messages only
 */
export function scanManifests(text: string, fileName: string, options: ManifestOptions = {}): ManifestScan {
  const lines = new LineCounter();
  const objects: LocatedObject[] = [];
  const problems: ManifestError[] = [];
  const otherKinds: string[] = [];
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const fail = (offset: number, problem: string): void => {
    const { line, column } = placeOf(offset);
    problems.push(new ManifestError(fileName, line, column, problem));
  };
  const attempt = (document: Document, read: () => void): void => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      fail(offsetOf(document, error.path), error.message);
    }
  };
  for (const document of parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true })) {
    const [broken] = document.errors;
    if (broken !== undefined) {
      fail(broken.pos[0], broken.message);
      continue;
    }
    attempt(document, () => {
      for (const { value, path, implied } of itemsOf(unfold(document))) {
        const other = options.otherKinds === 'skip' ? otherKind(value, implied) : undefined;
        if (other !== undefined) {
          otherKinds.push(other);
          continue;
        }
        attempt(document, () => {
          const object = decodeValid(value, path, implied);
          objects.push({ object, file: fileName, ...placeOf(offsetOf(document, path)) });
        });
      }
    });
  }
  return { objects, problems, otherKinds };
}

function unfold(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // Aliases that lead nowhere, or that would unfold without end.
    throw new ShapeError(
      [],
      error instanceof Error ? error.message : 'expected YAML without runaway aliases',
    );
  }
}

interface Item {
  readonly value: unknown;
  readonly path: Path;
  /** What a surrounding list says of it. */
  readonly implied: Readonly<Record<string, unknown>>;
}

function itemsOf(value: unknown): Item[] {
  if (value === undefined || value === null) {
    return [];
  }
  const fields = asObject(value, []);
  const implied = impliedByList(fields);
  if (implied === undefined) {
    return [{ value, path: [], implied: {} }];
  }
  return asList(fields['items'], ['items'], (item, path) => ({ value: item, path, implied }));
}

/** The kind of an object that has nothing to do with RBAC; undefined for one that has, or that was meant to have. */
function otherKind(value: unknown, implied: Item['implied']): string | undefined {
  const { apiVersion, kind } = { ...implied, ...(value as { apiVersion?: unknown; kind?: unknown } | null) };
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || isPolicyKind(kind)) {
    return undefined;
  }
  return apiVersion.startsWith(`${RBAC_GROUP}/`) ? undefined : kind;
}

/** What a List says of its items: nothing (`List`), or kind and version (`RoleList`). undefined when it is none. */
function impliedByList({ kind, apiVersion }: Readonly<Record<string, unknown>>) {
  if (kind === 'List' && apiVersion === 'v1') {
    return {};
  }
  const item = typeof kind === 'string' && kind.endsWith('List') ? kind.slice(0, -'List'.length) : '';
  return isPolicyKind(item) && apiVersion === RBAC_API_VERSION ? { kind: item, apiVersion } : undefined;
}

function decodeValid(value: unknown, path: Path, implied: Readonly<Record<string, unknown>>): PolicyObject {
  const object = decodePolicyObject(value, path, implied);
  const [first] = validatePolicyObject(object);
  if (first !== undefined) {
    throw new ShapeError([...path, ...pathOf(first.field)], fieldErrorsText([first]));
  }
  return object;
}

function pathOf(field: string): Path {
  return (field.match(/[^.[\]]+/g) ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** Where the path's value (or, if that is absent, the nearest thing around it) begins in the text. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? document.range?.[0] ?? 0;
  for (const part of path) {
    const next = isMap(node)
      ? node.items.find(
          (pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(part),
        )
      : undefined;
    offset = startOf(next?.key) ?? offset;
    node = next?.value ?? (isSeq(node) && typeof part === 'number' ? node.items[part] : undefined);
    offset = next === undefined ? (startOf(node) ?? offset) : offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  const [start] = Array.isArray(range) ? (range as unknown[]) : [];
  return typeof start === 'number' ? start : undefined;
}
