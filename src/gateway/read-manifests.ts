import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type PolicyObject, parseManifests } from '../rbac/index.ts';

const MANIFEST = /\.(?:ya?ml|json)$/;

/**
 * Reads RBAC manifests from files and directories (not their sub-directories), in name order as kubectl does.
 * @throws Error that names the path when one can't be read; ManifestError with line and column when one is wrong
 */
export async function readManifests(paths: readonly string[]): Promise<PolicyObject[]> {
  const objects: PolicyObject[] = [];
  for (const path of paths) {
    for (const file of await manifestFiles(path)) {
      objects.push(...parseManifests(await readFile(file, 'utf8'), file));
    }
  }
  return objects;
}

async function manifestFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => MANIFEST.test(name)).sort();
  return names.map((name) => join(path, name));
}
