/** One member of an archive. */
export interface TarMember {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'other';
  readonly size: number;
  readonly mode: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export const blockLength = 512;

/** How many bytes a content is filled up with. */
export function paddingOf(size: number): number {
  return (blockLength - (size % blockLength)) % blockLength;
}

/** The sum of a header's bytes, its own eight counted as blanks. */
export function checksumOf(header: Buffer): number {
  return header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
}
