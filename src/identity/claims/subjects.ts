/** What `sub` is: the account's id, or that as Dex writes it. */
export type SubjectEncoding = 'plain' | 'dex';

/** Between accounts and the `sub` of their tokens. */
export interface Subjects {
  subjectOf(accountId: string): string;
  /** @returns undefined for a text that is nobody's subject */
  accountOf(subject: string): string | undefined;
}

/** The accounts of this product, by Dex's id for them. */
export const localConnector = 'local';

const plain: Subjects = { subjectOf: (id) => id, accountOf: (subject) => subject };

/** Whom a connector means: its own id of them is of use beside the connector's only. */
export interface UpstreamId {
  readonly connector: string;
  readonly userId: string;
}

/**
 * Dex's subject: base64url of a protobuf message of two texts, the user's id and the connector's.
 * Source: dexidp/dex server/internal/types.proto (IDTokenSubject), server/tokens/claims.go (GenSubject).
 */
function writeSubject({ userId, connector }: UpstreamId): string {
  return Buffer.concat([textField(1, userId), textField(2, connector)]).toString('base64url');
}

/** Only of the one spelling that is written: whatever else decodes to the same is not it. */
function readSubject(subject: string): UpstreamId | undefined {
  const bytes = Buffer.from(subject, 'base64url');
  const [userId, end] = readText(bytes, 1, 0);
  const [connector] = readText(bytes, 2, end);
  return writeSubject({ userId, connector }) === subject ? { userId, connector } : undefined;
}

/** What somebody's account is called whom a connector knows: no account of our own is called so. It is their `sub`, too. */
export const accountOfUpstream: (id: UpstreamId) => string = writeSubject;

/** @returns undefined for an account that is kept here */
export function upstreamOf(accountId: string): UpstreamId | undefined {
  const id = readSubject(accountId);
  return id === undefined || id.connector === '' || id.connector === localConnector ? undefined : id;
}

const dex: Subjects = {
  subjectOf: (id) =>
    upstreamOf(id) === undefined ? writeSubject({ userId: id, connector: localConnector }) : id,
  accountOf(subject) {
    const id = readSubject(subject);
    if (id?.connector !== localConnector) return id && upstreamOf(subject) && subject;
    return id.userId !== '' && upstreamOf(id.userId) === undefined ? id.userId : undefined;
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

/** A field's text and where it ends; nothing where another one stands. */
function readText(bytes: Buffer, field: number, start: number): readonly [text: string, end: number] {
  if (bytes[start] !== ((field << 3) | 2)) return ['', start];
  const length = readLength(bytes, start + 1);
  if (length === undefined) return ['', start];
  const end = length.end + length.value;
  return [bytes.subarray(length.end, end).toString(), end];
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
