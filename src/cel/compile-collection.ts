import type { ASTNode } from '@marcbachmann/cel-js';
import { type CelType, type as celType, dyn, printType } from './cel-type.ts';
import { CelError, spend } from './cel-value.ts';
import { type Compiled, type Compiler, offsetOf, type Scope } from './compile-scope.ts';

/** The literal of a list. */
export function compileList(compiler: Compiler, node: ASTNode & { op: 'list' }, scope: Scope): Compiled {
  const nodes = node.args;
  const items = nodes.map((part) => compiler.compile(part, scope));
  const element = items[0]?.type ?? dyn;
  const mixed = compiler.mixed.has(node);
  if (!mixed) {
    for (const [index, item] of items.entries()) expectSame(compiler, element, item.type, nodes[index]);
  }
  return { type: celType('list', mixed ? dyn : element), run: (e) => items.map(({ run }) => run(e)) };
}

/** The literal of a map. */
export function compileMap(compiler: Compiler, node: ASTNode & { op: 'map' }, scope: Scope): Compiled {
  const nodes = node.args;
  const entries = nodes.map(
    ([key, value]) => [compiler.compile(key, scope), compiler.compile(value, scope)] as const,
  );
  const types = compiler.mixed.has(node) ? [] : entries[0]?.map((part) => part.type);
  const [key = dyn, value = dyn] = types ?? [];
  for (const [index, entry] of entries.entries()) {
    expectSame(compiler, key, entry[0].type, nodes[index]?.[0]);
    expectSame(compiler, value, entry[1].type, nodes[index]?.[1]);
  }
  return {
    type: celType('map', key, value),
    run: (e) => {
      spend(e, 5 + entries.length);
      const map = new Map<unknown, unknown>();
      for (const [of, is] of entries) {
        const name = of.run(e);
        if (map.has(name)) throw new CelError(`Failed with repeated key`);
        map.set(name, is.run(e));
      }
      return map;
    },
  };
}

/** Kubernetes wants the literals of lists and maps to be of one type. */
function expectSame(compiler: Compiler, wanted: CelType, found: CelType, node: ASTNode | undefined): void {
  const loose = (given: CelType): boolean => given.name === 'dyn' || given.name === 'error';
  if ((node?.op === 'list' || node?.op === 'map') && node.args.length === 0) return;
  if (node === undefined || loose(wanted) || loose(found) || printType(wanted) === printType(found)) return;
  compiler.report(offsetOf(node), `expected type '${printType(wanted)}' but found '${printType(found)}'`);
}
