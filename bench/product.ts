import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackage } from '../build/install-package.ts';

let folder: string | undefined;

/** The folder of what is measured: the package as people have it, packed and installed once for all measurements. */
export function product(): string {
  if (folder !== undefined) return folder;
  const place = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  process.once('exit', () => rmSync(place, { recursive: true, force: true }));
  folder = installPackage(place);
  return folder;
}
