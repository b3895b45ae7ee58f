import type { UserInfo } from '../../kube/index.ts';

/** A user as two header values. */
export interface IdentityText {
  readonly user: string;
  /** All groups in one line; '' when there are none. */
  readonly groups: string;
}

/**
 * Writes names into headers so that no name can pass for another, or one group for two: everything that is not visible
 * ASCII, `%` and the separator are percent-encoded as UTF-8. Names made of letters, digits and `.-_:@` stay as they are.
 * @param separator one character that stands between groups
 */
export function createIdentityText(separator: string): (user: UserInfo) => IdentityText {
  const encode = (name: string) =>
    /^[!-$&-~]*$/.test(name) && !name.includes(separator) ? name : percentEncode(name, separator);
  return ({ username, groups }) => ({
    user: encode(username),
    groups: groups
      .filter((group) => group !== '')
      .map(encode)
      .join(separator),
  });
}

function percentEncode(name: string, separator: string): string {
  let encoded = '';
  for (const byte of Buffer.from(name, 'utf8')) {
    const character = String.fromCharCode(byte);
    const plain = byte > 0x20 && byte < 0x7f && character !== '%' && character !== separator;
    encoded += plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
