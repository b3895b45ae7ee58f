import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/** What packing reads. */
const SOURCES = [
  'bin',
  'build',
  'config',
  'docs',
  'src',
  'views',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'package.json',
];

/**
 * Packs the package and puts it where `npm install` puts it, below `node_modules` in `place`; its dependencies are links to
 * ours. For tests and measurements of what people run.
 * @returns the package's folder, an absolute path
 */
export function installPackage(place: string): string {
  const packages = join(place, 'node_modules');
  mkdirSync(packages, { recursive: true });
  execFileSync('tar', ['-xzf', pack(place), '-C', packages]);
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (!name.startsWith('.') && name !== 'sallyport')
      symlinkSync(join(ROOT, 'node_modules', name), join(packages, name));
  renameSync(join(packages, 'package'), join(packages, 'sallyport'));
  linkPrograms(packages);
  return join(packages, 'sallyport');
}

/** In a copy, as packing puts files beside the sources for a while. @returns the path of the tarball */
function pack(place: string): string {
  const copy = join(place, 'copy');
  for (const name of SOURCES) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const PATH = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`;
  const options = { cwd: copy, env: { ...process.env, PATH } };
  execFileSync('npm', ['pack', '--silent', '--pack-destination', place], options);
  const [tarball = ''] = globSync('*.tgz', { cwd: place });
  return join(place, tarball);
}

/** As npm does. */
function linkPrograms(packages: string): void {
  const manifest = JSON.parse(readFileSync(join(packages, 'sallyport/package.json'), 'utf8'));
  mkdirSync(join(packages, '.bin'));
  for (const [name, file] of Object.entries<string>(manifest.bin)) {
    chmodSync(join(packages, 'sallyport', file), 0o755);
    symlinkSync(join('../sallyport', file), join(packages, '.bin', name));
  }
}
