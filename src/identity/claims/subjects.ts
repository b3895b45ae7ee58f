/** What `sub` is: the account's id, or that as Dex writes it. */
export type SubjectEncoding = 'plain' | 'dex';

/** Between accounts and the `sub` of their tokens. */
export interface Subjects {
  subjectOf(accountId: string): string;
  /** @returns undefined for a text that is nobody's subject */
  accountOf(subject: string): string | undefined;
}

/** The one source of accounts, by Dex's id for it. */
export const localConnector = 'local';

const plain: Subjects = { subjectOf: (id) => id, accountOf: (subject) => subject };

/**
 * Dex's subject: base64url of a protobuf message of two texts, the user's id and the connector's.
 * Source: dexidp/dex server/internal/types.proto (IDTokenSubject), server/tokens/claims.go (GenSubject).
 */
const dex: Subjects = {
  subjectOf: (id) => Buffer.concat([textField(1, id), textField(2, localConnector)]).toString('base64url'),
  accountOf(subject) {
    const bytes = Buffer.from(subject, 'base64url');
    const length = readLength(bytes, 1);
    const id = length && bytes.subarray(length.end, length.end + length.value).toString();
    // Only the one spelling that is written: whatever else decodes to the same is not it.
    return id !== undefined && dex.subjectOf(id) === subject ? id : undefined;
  },
};

export function createSubjects(encoding: SubjectEncoding): Subjects {
  return encoding === 'dex' ? dex : plain;
}

/** A field of wire type 2: tag, length, bytes. Empty texts are left out, as proto3 has it. */
function textField(field: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length === 0) return bytes;
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** The length that stands at an offset; undefined where the bytes end first. */
function readLength(
  bytes: Buffer,
  start: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let index = start, shift = 0; index < bytes.length && shift < 28; index++, shift += 7) {
    const byte = bytes[index] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value, end: index + 1 };
  }
  return undefined;
}
