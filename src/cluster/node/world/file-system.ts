import { posix } from 'node:path';
import type { StorageBudget } from './storage-budget.ts';

/** A file or directory of a container: it exists in this process' memory only. */
export interface Entry {
  readonly kind: 'file' | 'directory';
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** An operation that failed, in the words of the C library. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

const noSuchFile = 'No such file or directory';

export interface FileSystem {
  stat(path: string): Entry | undefined;
  /** Names in a directory, sorted. Throws FileError. */
  list(path: string): string[];
  /** The file's pieces. Throws FileError. */
  read(path: string): readonly Buffer[];
  /** Makes the file or empties it (or, for `append`, leaves it) and returns how to add to it. Throws FileError. */
  write(path: string, options?: WriteOptions): (data: Buffer) => void;
  /** Throws FileError. */
  makeDirectory(path: string, options?: { parents?: boolean; mode?: number }): void;
  /** Also a directory with all that is in it. Throws FileError. */
  remove(path: string): void;
  /** Gives all storage back. */
  dispose(): void;
}

export interface WriteOptions {
  readonly append?: boolean;
  readonly mode?: number;
  readonly modifiedAt?: number;
}

type Node = DirectoryNode | FileNode;

interface DirectoryNode {
  readonly kind: 'directory';
  mode: number;
  modifiedAt: number;
  readonly children: Map<string, Node>;
}

interface FileNode {
  readonly kind: 'file';
  mode: number;
  modifiedAt: number;
  chunks: Buffer[];
  size: number;
}

/** What a name costs besides its content. */
const entryCost = 256;
const maxDepth = 64;

/**
 * An in-memory tree. Nothing in it is a file of the machine, and no path leads out of it.
 * @param now milliseconds since the epoch
 * @param budget what all its bytes are taken from
 */
export function createFileSystem(now: () => number, budget: StorageBudget): FileSystem {
  const root: DirectoryNode = { kind: 'directory', mode: 0o755, modifiedAt: now(), children: new Map() };

  function find(path: string): Node | undefined {
    let node: Node | undefined = root;
    for (const part of partsOf(path)) {
      node = node?.kind === 'directory' ? node.children.get(part) : undefined;
    }
    return node;
  }

  function parentOf(path: string): { parent: DirectoryNode; name: string } {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) throw new FileError('Is a directory');
    const parent = find(parts.join('/'));
    if (parent === undefined) throw new FileError(noSuchFile);
    if (parent.kind !== 'directory') throw new FileError('Not a directory');
    return { parent, name };
  }

  function take(bytes: number): void {
    if (!budget.take(bytes)) throw new FileError('No space left on device');
  }

  function costOf(node: Node): number {
    if (node.kind === 'file') return entryCost + node.size;
    return [...node.children.values()].reduce((sum, child) => sum + costOf(child), entryCost);
  }

  function add(parent: DirectoryNode, name: string, node: Node): void {
    take(entryCost);
    parent.children.set(name, node);
    parent.modifiedAt = now();
  }

  function empty(file: FileNode): void {
    budget.give(file.size);
    file.chunks = [];
    file.size = 0;
  }

  return {
    stat(path) {
      const node = find(path);
      if (node === undefined) return undefined;
      const size = node.kind === 'file' ? node.size : 4096;
      return { kind: node.kind, size, mode: node.mode, modifiedAt: node.modifiedAt };
    },

    list(path) {
      const node = find(path);
      if (node === undefined) throw new FileError(noSuchFile);
      if (node.kind !== 'directory') throw new FileError('Not a directory');
      return [...node.children.keys()].toSorted();
    },

    read(path) {
      const node = find(path);
      if (node === undefined) throw new FileError(noSuchFile);
      if (node.kind !== 'file') throw new FileError('Is a directory');
      return node.chunks;
    },

    write(path, { append = false, mode = 0o644, modifiedAt } = {}) {
      const { parent, name } = parentOf(path);
      const existing = parent.children.get(name);
      if (existing?.kind === 'directory') throw new FileError('Is a directory');
      const file: FileNode = existing ?? { kind: 'file', mode, modifiedAt: now(), chunks: [], size: 0 };
      if (existing === undefined) add(parent, name, file);
      else if (!append) empty(file);
      file.modifiedAt = modifiedAt ?? now();
      return (data) => {
        if (data.length === 0) return;
        take(data.length);
        // A copy: the piece may be part of something larger, which it would keep.
        file.chunks.push(Buffer.from(data));
        file.size += data.length;
      };
    },

    makeDirectory(path, { parents = false, mode = 0o755 } = {}) {
      const parts = partsOf(path);
      if (parts.length > maxDepth) throw new FileError('File name too long');
      const first = parents ? 1 : Math.max(1, parts.length);
      if (parts.length === 0 && !parents) throw new FileError('File exists');
      for (let length = first; length <= parts.length; length++) {
        const { parent, name } = parentOf(parts.slice(0, length).join('/'));
        const existing = parent.children.get(name);
        if (existing?.kind === 'directory' && parents) continue;
        if (existing !== undefined) throw new FileError('File exists');
        add(parent, name, { kind: 'directory', mode, modifiedAt: now(), children: new Map() });
      }
    },

    remove(path) {
      const { parent, name } = parentOf(path);
      const node = parent.children.get(name);
      if (node === undefined) throw new FileError(noSuchFile);
      parent.children.delete(name);
      budget.give(costOf(node));
    },

    dispose() {
      budget.give(costOf(root) - entryCost);
      root.children.clear();
    },
  };
}

/** The absolute path of one that may be relative to a directory. */
export function resolvePath(directory: string, path: string): string {
  return posix.resolve('/', directory, path);
}

function partsOf(path: string): string[] {
  return posix
    .resolve('/', path)
    .split('/')
    .filter((part) => part !== '');
}
