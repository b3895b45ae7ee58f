import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type LocatedObject,
  type ManifestError,
  type ManifestOptions,
  type ManifestScan,
  type PolicyObject,
  scanManifests,
} from '../rbac/index.ts';

const MANIFEST = /\.(?:ya?ml|json)$/;

/** Manifests that can't be taken as they are: every bad object, a line each, with file, line and column. */
export class ManifestsError extends Error {
  override readonly name = 'ManifestsError';
  readonly code = 'SP_RBAC_MANIFESTS';
  readonly problems: readonly ManifestError[];

  constructor(problems: readonly ManifestError[]) {
    super(problems.map(({ message }) => message).join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads RBAC manifests from files and directories (not their sub-directories), in name order as kubectl does. All or
 * nothing: a policy with a hole in it is another policy.
 * @throws Error that names the path when one can't be read; ManifestsError for everything that is wrong in them
 */
export async function readManifests(paths: readonly string[]): Promise<PolicyObject[]> {
  const { objects, problems } = await scanManifestFiles(paths);
  if (problems.length > 0) throw new ManifestsError(problems);
  return objects.map(({ object }) => object);
}

export interface ManifestFilesOptions extends ManifestOptions {
  /** Whether to go down into sub-directories. */
  readonly recursive?: boolean;
}

/**
 * The same, with the place of every object, and leaving it to the caller what to make of the problems.
 * @throws Error that names the path when one can't be read
 */
export async function scanManifestFiles(
  paths: readonly string[],
  options: ManifestFilesOptions = {},
): Promise<ManifestScan> {
  const objects: LocatedObject[] = [];
  const problems: ManifestError[] = [];
  const otherKinds: string[] = [];
  for (const path of paths) {
    for (const file of await manifestFiles(path, options.recursive === true)) {
      const scan = scanManifests(await readFile(file, 'utf8'), file, options);
      objects.push(...scan.objects);
      problems.push(...scan.problems);
      otherKinds.push(...scan.otherKinds);
    }
  }
  return { objects, problems, otherKinds };
}

/** The manifest files of a path, in name order; the path itself when it is a file. */
export async function manifestFiles(path: string, recursive: boolean): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path, { recursive })).filter((name) => MANIFEST.test(name)).sort();
  return names.map((name) => join(path, name));
}
