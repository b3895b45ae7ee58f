import { existsSync } from 'node:fs';

/**
 * Imports a module of this package, by its path from the root without an ending. Node.js takes the types out of TypeScript
 * by itself, but not below node_modules: a packed package has JavaScript in its place.
 */
export function load(module) {
  const packed = new URL(`../${module}.js`, import.meta.url);
  return import(existsSync(packed) ? packed.href : `../${module}.ts`);
}
