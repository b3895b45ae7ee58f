import { compilePathPattern } from './path-pattern.ts';

/** Path patterns as Go's path.Match reads them; at most one of the two lists has entries. */
export interface PathLists {
  /** When not empty: the only paths that there are. */
  readonly allowPaths: readonly string[];
  /** Paths that are open to everybody. */
  readonly ignorePaths: readonly string[];
}

/** `ignored`: nobody is asked who they are. `missing`: there is no such path. */
export type PathVerdict = 'checked' | 'ignored' | 'missing';

/**
 * Sorts requests by their path as it is written, still percent-encoded and without its query: another spelling of an open
 * path is not open.
 * @returns a function of a target that checkRequestTarget has nothing against
 */
export function createPathRules({ allowPaths, ignorePaths }: PathLists): (target: string) => PathVerdict {
  if (allowPaths.length > 0) {
    const isAllowed = anyOf(allowPaths);
    return (target) => (isAllowed(pathOf(target)) ? 'checked' : 'missing');
  }
  if (ignorePaths.length === 0) return () => 'checked';
  const isIgnored = anyOf(ignorePaths);
  return (target) => (isIgnored(pathOf(target)) ? 'ignored' : 'checked');
}

function anyOf(patterns: readonly string[]): (path: string) => boolean {
  const compiled = patterns.map(compilePathPattern);
  return (path) => compiled.some((matches) => matches(path));
}

function pathOf(target: string): string {
  const queryStart = target.indexOf('?');
  return queryStart < 0 ? target : target.slice(0, queryStart);
}
