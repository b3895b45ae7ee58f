/**
 * `import { startCluster } from 'sallyport/testing'`: plain JavaScript, since Node.js takes the types out of TypeScript by
 * itself, but not below node_modules. A packed package has JavaScript in its place; in any other copy this entry does it. Its types
 * are in entry.d.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { enableCompileCache, registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

const [major] = process.versions.node.split('.');
if (Number(major) < 24) {
  throw new Error(`sallyport/testing needs Node.js 24 or newer, this is ${process.version}`);
}

const PACKAGE = new URL('../../', import.meta.url);

const isPacked = !existsSync(new URL('./start-test-cluster.ts', import.meta.url));

if (!isPacked && PACKAGE.pathname.includes('/node_modules/')) {
  registerHooks({
    load(url, context, next) {
      const own = url.startsWith(PACKAGE.href) && !url.slice(PACKAGE.href.length).startsWith('node_modules/');
      if (!own || !url.endsWith('.ts')) return next(url, context);
      const source = stripTypeScriptTypes(readFileSync(new URL(url), 'utf8'));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

// Where a project's packages are, their caches are too. Without one, a start takes some tenths of a second longer.
const packages = [new URL('../', PACKAGE), new URL('node_modules/', PACKAGE)].find(
  (url) => url.pathname.endsWith('/node_modules/') && existsSync(url),
);
if (packages !== undefined) enableCompileCache(fileURLToPath(new URL('.cache/sallyport', packages)));

const { startTestCluster } = await import(isPacked ? '../../dist/testing.js' : './start-test-cluster.ts');

export { startTestCluster as startCluster };
