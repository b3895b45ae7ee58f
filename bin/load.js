import { existsSync } from 'node:fs';

/**
 * Imports a program of this package: its source, or what packing has made of it. Node.js takes the types out of TypeScript by
 * itself, but not below node_modules, and a packed package has no sources.
 */
export function load(name, source) {
  const own = new URL(`../${source}`, import.meta.url);
  return import(existsSync(own) ? own.href : `../dist/${name}.js`);
}
