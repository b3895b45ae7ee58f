/**
 * The tokens of a JSON pointer (RFC 6901), or undefined when it is none. `__proto__` is refused: assigning it would
 * reach the prototype of every object.
 */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  const tokens = pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  return tokens.includes('__proto__') ? undefined : tokens;
}
