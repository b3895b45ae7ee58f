/**
 * Orders strings as Go does: by their UTF-8 bytes. JavaScript's own order differs for characters beyond U+FFFF.
 */
export function goOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
