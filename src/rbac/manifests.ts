import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { fieldErrorsText } from '../kube/index.ts';
import { asList, asObject, decodePolicyObject, type Path, ShapeError } from './decode.ts';
import { isPolicyKind, type PolicyObject, RBAC_API_VERSION } from './model.ts';
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

/**
 * Reads RBAC objects from YAML or JSON: several documents, and List objects (List, RoleList, …). Everything is
 * validated as kube-apiserver would; other kinds and unknown fields are errors.
 * @param fileName for messages only
 * @throws ManifestError for the first problem
 */
export function parseManifests(text: string, fileName: string): PolicyObject[] {
  const lines = new LineCounter();
  const fail = (offset: number, problem: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new ManifestError(fileName, Math.max(line, 1), Math.max(col, 1), problem);
  };
  const documents: Document[] = [
    ...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true }),
  ];
  return documents.flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) {
      return fail(problem.pos[0], problem.message);
    }
    try {
      return decodeDocument(unfold(document));
    } catch (error) {
      if (error instanceof ShapeError) {
        return fail(offsetOf(document, error.path), error.message);
      }
      throw error;
    }
  });
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

function decodeDocument(value: unknown): PolicyObject[] {
  if (value === undefined || value === null) {
    return [];
  }
  const fields = asObject(value, []);
  const implied = impliedByList(fields);
  if (implied === undefined) {
    return [decodeValid(value, [], {})];
  }
  return asList(fields['items'], ['items'], (item, path) => decodeValid(item, path, implied));
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
