export const ENCRYPTION_KEY_EXPECTED =
  'expected 32 bytes in base64 or hex, as `openssl rand -base64 32` makes them';

/** The key in a text; undefined when it is not exactly 32 bytes, however they are written. */
export function readEncryptionKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (!/^[\w+/-]{43}=?$/.test(trimmed)) return undefined;
  return Buffer.from(trimmed.replaceAll('-', '+').replaceAll('_', '/'), 'base64');
}
