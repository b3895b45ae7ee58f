/**
 * Protocol Buffers messages out of JSON values, as far as Swagger documents need them.
 * Source: https://protobuf.dev/programming-guides/encoding.
 */
export interface Codec {
  readonly wireType: 0 | 1 | 2;
  /** The value without its tag; undefined for a value that proto3 leaves out, being the type's zero. */
  encode(value: unknown): Buffer | undefined;
}

export const text: Codec = {
  wireType: 2,
  encode: (value) => (value === '' ? undefined : Buffer.from(String(value), 'utf8')),
};

export const flag: Codec = {
  wireType: 0,
  encode: (value) => (value === true ? Buffer.from([1]) : undefined),
};

/** Lengths and counts, which are not negative. */
export const int64: Codec = {
  wireType: 0,
  encode: (value) => (value === 0 ? undefined : varint(Number(value))),
};

export const double: Codec = {
  wireType: 1,
  encode(value) {
    if (value === 0) return undefined;
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(Number(value));
    return bytes;
  },
};

/** A field of a message: its number and how its value is written; `each` value of a list, or every `entry` of an object. */
export type Field = readonly [number: number, codec: Codec, many?: 'each' | 'entry'];

/**
 * A message.
 * @param fields by the names of the JSON members; members without a field are left out
 * @param extensions the field of the members that begin with `x-`
 */
export function message(fields: Readonly<Record<string, Field>>, extensions?: Field): Codec {
  return {
    wireType: 2,
    encode(value) {
      const parts: Buffer[] = [];
      const extended: Record<string, unknown> = {};
      for (const [name, member] of Object.entries(value as object)) {
        if (Object.hasOwn(fields, name)) append(parts, fields[name] as Field, member);
        else if (name.startsWith('x-')) extended[name] = member;
      }
      if (extensions !== undefined) append(parts, extensions, extended);
      return Buffer.concat(parts);
    },
  };
}

/** A message with one field that holds the value itself, as those that stand for maps, lists and choices do. */
export function holder(...field: Field): Codec {
  return {
    wireType: 2,
    encode(value) {
      const parts: Buffer[] = [];
      append(parts, field, value);
      return Buffer.concat(parts);
    },
  };
}

/** For messages that contain themselves. */
export function later(codec: () => Codec): Codec {
  return { wireType: 2, encode: (value) => codec().encode(value) };
}

function append(parts: Buffer[], [number, codec, many]: Field, value: unknown): void {
  if (value === undefined) return;
  if (many === 'each') {
    for (const each of value as readonly unknown[]) appendOne(parts, number, codec, each, true);
  } else if (many === 'entry') {
    for (const entry of Object.entries(value as object)) appendOne(parts, number, named(codec), entry, true);
  } else appendOne(parts, number, codec, value, false);
}

function appendOne(parts: Buffer[], number: number, codec: Codec, value: unknown, isRepeated: boolean): void {
  // In a list a zero has its place.
  const encoded =
    codec.encode(value) ?? (isRepeated ? Buffer.alloc(codec.wireType === 0 ? 1 : 0) : undefined);
  if (encoded === undefined) return;
  parts.push(varint(number * 8 + codec.wireType));
  if (codec.wireType === 2) parts.push(varint(encoded.length));
  parts.push(encoded);
}

/** How maps are written: a name and a value. */
function named(codec: Codec): Codec {
  return {
    wireType: 2,
    encode(entry) {
      const [name, value] = entry as readonly [string, unknown];
      const parts: Buffer[] = [];
      appendOne(parts, 1, text, name, false);
      appendOne(parts, 2, codec, value, false);
      return Buffer.concat(parts);
    },
  };
}

/** Tags and lengths are mostly small. */
const oneByte = Array.from({ length: 0x80 }, (_, value) => Buffer.from([value]));

/** @param value a whole number of at most 53 bits, not negative */
function varint(value: number): Buffer {
  const known = oneByte[value];
  if (known !== undefined) return known;
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  bytes.push(left);
  return Buffer.from(bytes);
}
