import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '../schema/index.ts';
import { parsePointer } from './json-pointer.ts';
import { PatchFailure } from './patch-failure.ts';

/** Kubernetes refuses longer patches, since each operation may touch the whole document. */
export const maxJsonPatchOperations = 10_000;

/** `copy` can double a document at each step; Kubernetes bounds what a patch copies by its body limit. */
const maxCopiedCharacters = 3 * 1024 * 1024;

type Operation = Readonly<Record<string, unknown>>;

/**
 * JSON Patch (RFC 6902) on a copy of the document. Throws PatchFailure when an operation does not apply: then nothing
 * was changed. The operations must be objects.
 */
export function jsonPatch(document: unknown, operations: readonly Operation[]): unknown {
  // The holder makes the whole document addressable as one member, so the empty pointer needs no special case.
  const holder: Record<string, unknown> = { document: structuredClone(document) };
  let copied = 0;
  for (const operation of operations) {
    if (operation['op'] === 'copy') copied += sizeOf(member(holder, pointer(operation, 'from')));
    if (copied > maxCopiedCharacters) throw new PatchFailure('the patch copies too much');
    applyOne(holder, operation);
  }
  return holder['document'];
}

function applyOne(holder: object, operation: Operation): void {
  try {
    apply(holder, operation);
  } catch (error) {
    if (error instanceof PatchFailure) error.operation = operation;
    throw error;
  }
}

function apply(holder: object, operation: Operation): void {
  const run = operators.get(operation['op']);
  if (run === undefined) throw new PatchFailure('unknown operation');
  run(holder, pointer(operation, 'path'), operation);
}

type Operator = (holder: object, path: readonly string[], operation: Operation) => void;

const operators: ReadonlyMap<unknown, Operator> = new Map<unknown, Operator>([
  ['add', (holder, path, operation) => add(holder, path, operand(operation))],
  ['remove', remove],
  ['replace', replace],
  ['move', (holder, path, operation) => move(holder, pointer(operation, 'from'), path)],
  [
    'copy',
    (holder, path, operation) =>
      add(holder, path, structuredClone(member(holder, pointer(operation, 'from')))),
  ],
  ['test', (holder, path, operation) => test(holder, path, operation['value'])],
]);

/** As Kubernetes' library does it, against RFC 6902 §4.3: a member that is not there is added. */
function replace(holder: object, path: readonly string[], operation: Operation): void {
  member(holder, path);
  set(holder, path, operand(operation));
}

function move(holder: object, from: readonly string[], path: readonly string[]): void {
  if (from.length < path.length && from.every((token, index) => token === path[index])) {
    throw new PatchFailure('a value cannot move into itself');
  }
  add(holder, path, remove(holder, from));
}

function test(holder: object, path: readonly string[], expected: unknown): void {
  if (!isDeepStrictEqual(member(holder, path), expected ?? null)) throw new PatchFailure('test failed');
}

/** What is there; as in Kubernetes' library, a member that an object does not have is null. */
function member(holder: object, path: readonly string[]): unknown {
  const { parent, token } = resolve(holder, path);
  if (Array.isArray(parent)) return step(parent, token);
  return Object.hasOwn(parent, token) ? parent[token] : null;
}

function add(holder: object, path: readonly string[], value: unknown): void {
  const { parent, token } = resolve(holder, path);
  if (Array.isArray(parent))
    parent.splice(token === '-' ? parent.length : index(token, parent.length), 0, value);
  else parent[token] = value;
}

function set(holder: object, path: readonly string[], value: unknown): void {
  const { parent, token } = resolve(holder, path);
  if (Array.isArray(parent)) parent[index(token, parent.length - 1)] = value;
  else parent[token] = value;
}

function remove(holder: object, path: readonly string[]): unknown {
  const { parent, token } = resolve(holder, path);
  const removed = step(parent, token);
  if (Array.isArray(parent)) parent.splice(index(token, parent.length - 1), 1);
  else delete parent[token];
  return removed;
}

type Container = unknown[] | Record<string, unknown>;

function resolve(holder: object, path: readonly string[]): { parent: Container; token: string } {
  const tokens = ['document', ...path];
  const token = tokens.pop() ?? 'document';
  let parent: unknown = holder;
  for (const each of tokens) parent = step(parent, each);
  if (!Array.isArray(parent) && !isJsonObject(parent))
    throw new PatchFailure('the path leads through a scalar');
  return { parent, token };
}

function step(container: unknown, token: string): unknown {
  if (Array.isArray(container)) return container[index(token, container.length - 1)];
  if (!isJsonObject(container) || !Object.hasOwn(container, token)) throw new PatchFailure('no such member');
  return container[token];
}

function index(token: string, last: number): number {
  const position = /^(?:0|[1-9]\d{0,9})$/.test(token) ? Number(token) : -1;
  if (position < 0 || position > last) throw new PatchFailure('no such index');
  return position;
}

function pointer(operation: Operation, field: 'path' | 'from'): readonly string[] {
  const text = operation[field];
  const tokens = typeof text === 'string' ? parsePointer(text) : undefined;
  if (tokens === undefined) throw new PatchFailure(`no pointer in ${field}`);
  return tokens;
}

/** One that is left out is null, as in Kubernetes' library. */
function operand(operation: Operation): unknown {
  return structuredClone(operation['value'] ?? null);
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}
