import fc from 'fast-check';

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;

/**
 * Any code point that is no surrogate. fast-check's own unit `binary` draws the same, but has each worker make a table of all
 * of Unicode first.
 */
const anyCharacter = fc
  .nat(0x10ffff - SURROGATES)
  .map((place) => String.fromCodePoint(place < FIRST_SURROGATE ? place : place + SURROGATES), placeOf);

function placeOf(character: unknown): number {
  const codePoint =
    typeof character === 'string' && character.isWellFormed() ? character.codePointAt(0) : undefined;
  if (codePoint === undefined || String.fromCodePoint(codePoint) !== character)
    throw new Error('not one character');
  return codePoint < FIRST_SURROGATE ? codePoint : codePoint - SURROGATES;
}

/** Any text at all, well-formed: with control characters, unassigned code points, and names that JavaScript knows. */
export const anyText = (
  length: Pick<fc.StringConstraints, 'minLength' | 'maxLength'> = {},
): fc.Arbitrary<string> => fc.string({ ...length, unit: anyCharacter });
