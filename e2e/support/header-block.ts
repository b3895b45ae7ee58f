import type { Field } from './http2-frames.ts';

/** Names of RFC 7541 Appendix A that an answer may have, and the values that stand there with `:status`. */
const STATIC_NAMES: Readonly<Record<number, string>> = {
  8: ':status',
  22: 'allow',
  24: 'cache-control',
  28: 'content-length',
  31: 'content-type',
  33: 'date',
  46: 'location',
  53: 'retry-after',
  55: 'set-cookie',
  59: 'vary',
  61: 'www-authenticate',
};
const STATUSES = ['200', '204', '206', '304', '400', '404', '500'];

/**
 * The fields of a header block that needs no state, for its client has taken the table away.
 * Source: RFC 7541 §5, §6. @throws Error for what such a block cannot have
 */
export function fieldsOf(block: Buffer): Field[] {
  const fields: Field[] = [];
  const cursor = { at: 0 };
  while (cursor.at < block.length) {
    const first = block[cursor.at] ?? 0;
    if (first >= 0x80) {
      fields.push(indexedField(integer(block, cursor, 7)));
    } else if (first >= 0x20 && first < 0x40) {
      // The table's size, which changes nothing here.
      integer(block, cursor, 5);
    } else {
      const index = integer(block, cursor, first >= 0x40 ? 6 : 4);
      const name = index === 0 ? text(block, cursor) : nameAt(index);
      fields.push([name, text(block, cursor)]);
    }
  }
  return fields;
}

function indexedField(index: number): Field {
  return [nameAt(index), STATUSES[index - 8] ?? ''];
}

function nameAt(index: number): string {
  const name = STATIC_NAMES[index] ?? (index >= 8 && index <= 14 ? ':status' : undefined);
  if (name === undefined) throw new Error(`no answer is expected to have the field ${index}`);
  return name;
}

function integer(block: Buffer, cursor: { at: number }, prefix: number): number {
  const most = 2 ** prefix - 1;
  let value = (block[cursor.at++] ?? 0) & most;
  if (value < most) return value;
  for (let shift = 0; ; shift += 7) {
    const byte = block[cursor.at++] ?? 0;
    value += (byte & 127) << shift;
    if (byte < 128) return value;
  }
}

function text(block: Buffer, cursor: { at: number }): string {
  const isCoded = ((block[cursor.at] ?? 0) & 0x80) !== 0;
  const length = integer(block, cursor, 7);
  const bytes = block.subarray(cursor.at, cursor.at + length);
  cursor.at += length;
  return isCoded ? huffmanText(bytes) : bytes.toString('latin1');
}

/** The characters by the length of their code, in order: within a length, each code is the last one plus one. */
const CHARACTERS: Readonly<Record<number, string>> = {
  5: '012aceiost',
  6: ' %-./3456789=A_bdfghlmnpru',
  7: ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz',
  8: '&*,;XZ',
  10: '!"()?',
  11: "'+|",
  12: '#>',
  13: '\0$@[]~',
  14: '^}',
  15: '<`{',
};
const CODES = codes();

/** RFC 7541 Appendix B, as far as an answer's fields need it. */
function codes(): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  let [next, last] = [0, 0];
  for (const [key, characters] of Object.entries(CHARACTERS)) {
    const length = Number(key);
    next <<= length - last;
    last = length;
    for (const character of characters) known.set((next++).toString(2).padStart(length, '0'), character);
  }
  return known;
}

function huffmanText(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let [decoded, code] = ['', ''];
  for (const bit of bits) {
    code += bit;
    const character = CODES.get(code);
    if (character === undefined) continue;
    decoded += character;
    code = '';
  }
  // What is left is the padding of the last byte.
  if (!/^1{0,7}$/.test(code)) throw new Error(`no character has the code ${code}`);
  return decoded;
}
