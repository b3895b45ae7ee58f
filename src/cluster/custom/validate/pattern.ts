import { RE2JS } from 're2js';

/** Definitions are few and so are their patterns; those of definitions that have gone make room. */
const mostPatterns = 500;
const patterns = new Map<string, RE2JS | undefined>();

/** The pattern, or undefined when it is none. RE2's syntax, as in Go, and its linear time. */
function compiled(pattern: string): RE2JS | undefined {
  if (patterns.has(pattern)) return patterns.get(pattern);
  if (patterns.size >= mostPatterns) patterns.clear();
  const made = compile(pattern);
  patterns.set(pattern, made);
  return made;
}

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}

export function isPattern(pattern: string): boolean {
  return compiled(pattern) !== undefined;
}

/** Whether the pattern is found in the text; never for one that is no pattern. */
export function matchesPattern(pattern: string, text: string): boolean {
  return compiled(pattern)?.matcher(text).find() === true;
}
