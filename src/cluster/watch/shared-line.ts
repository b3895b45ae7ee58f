interface Line {
  readonly second: number;
  readonly bytes: WeakRef<Buffer>;
}

/** Weak at both ends: a line lives as long as it waits for some client, not as long as the history. */
const lines = new WeakMap<object, Map<string, Line>>();

/**
 * The bytes of an event in one representation, made once for all watches that tell it at the same time.
 * @param source what the line is made of; stores hand the same object to every watch
 * @param variant tells apart the lines of one source
 * @param second the time that the line shows, to the second; 0 when it shows none
 */
export function sharedLine(source: object, variant: string, second: number, make: () => string): Buffer {
  const variants = lines.get(source) ?? new Map<string, Line>();
  lines.set(source, variants);
  const known = variants.get(variant);
  const shared = known?.second === second ? known.bytes.deref() : undefined;
  if (shared !== undefined) return shared;
  const bytes = Buffer.from(make());
  variants.set(variant, { second, bytes: new WeakRef(bytes) });
  return bytes;
}
