/**
 * `npm pack` has this made: `dist/`, which the package has in place of its sources. Each program is a file, and what it
 * loads only when it needs it is one more; a start reads some forty files instead of seven hundred. Other packages stay
 * packages, so that what is audited and updated is what runs.
 */
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = resolve(import.meta.dirname, '..');

/** What is started, by its name in `dist/`. */
const PROGRAMS = {
  main: 'src/main.ts',
  plugin: 'src/plugin/main.ts',
  testing: 'src/testing/start-test-cluster.ts',
};

/** Names of packages, but that of the bundler's own helpers, which it brings along. */
const PACKAGE_NAME = /^(?!@oxc-project\/)[@a-z]/;

const bundle = await rolldown({
  cwd: ROOT,
  input: PROGRAMS,
  platform: 'node',
  external: PACKAGE_NAME,
  // As Node.js runs the sources: nothing is made of their syntax but that types go.
  transform: { target: 'esnext' },
});
// All in one folder: what asks for the package's own folder is one below it here, too.
await bundle.write({
  dir: join(ROOT, 'dist'),
  format: 'esm',
  chunkFileNames: '[name]-[hash].js',
  cleanDir: true,
});
await bundle.close();
