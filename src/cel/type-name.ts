const names: Readonly<Record<string, string>> = {
  any: 'google.protobuf.Any',
  duration: 'google.protobuf.Duration',
  optional: 'optional_type',
  timestamp: 'google.protobuf.Timestamp',
};

/** A type's name as cel-go knows it at run time. */
export function typeName(kind: string): string {
  return Object.hasOwn(names, kind) ? (names[kind] ?? kind) : kind;
}
